"""Item 6 of the debate: every defensible way to ask the question, and how far the answer hangs on the choice.

`table` is [multiverse] of a study, `choices` what can be chosen in this cohort, `specification` one choice of each
turned into material, `run` all of them one after the other, kept as they are done, `told` and `curve` what is shown.
"""

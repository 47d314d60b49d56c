"""Item 5 of the debate: the same shares in each kind of delivery, and whether patients take part as much in each.

`table` is [delivery] of a study, `kinds` who was treated how, `strata` shares in each kind, `differ` the test whether
they differ, `taking_part` dropout and taking part as outcomes, `answer` the question answered in
words, `found` all of it.
"""

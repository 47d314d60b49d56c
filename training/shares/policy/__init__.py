"""Item 8 of the debate: what the fitted association says of another mix of delivery and of planned sessions.

`table` is [policy] of a study, `shifts` the mixes that are looked at, `standardised` the model averaged over the case
mix of the cohort (g-computation), `support` how far that reaches beyond what was seen, `found` all of it.
"""

"""The audit trail: one line per answer, chained by hashes, that a kill cannot tear and an erasure does not break.

`line` is the format, `chain` writes it, `trail` says what is written of an answer, `verify` and `erase` are commands.
"""

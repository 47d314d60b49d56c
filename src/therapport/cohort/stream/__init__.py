"""Cohorts that do not fit into memory: rows in batches, each held against the codebook as a whole file would be.

    rows = stream.opened(path, codebook, factors=predictor.factors)
    for piece in rows.pieces(0, 65_536):
        checked = rows.checked(piece)

`sources`, `delimited` and `database` are where rows come from, `survey` is what only all rows together can say,
`values` and `checks` hold a batch against the codebook, `rows` is all of it.
"""

from therapport.cohort.stream.checks import Checked, Checks
from therapport.cohort.stream.rows import Piece, Rows, opened

__all__ = ["Checked", "Checks", "Piece", "Rows", "opened"]

"""Answers for one or few patients as plain values: the arrays of `answer`, without a table around them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from therapport.features import FactorMatrix
from therapport.predictor.answer import answer_arrays

if TYPE_CHECKING:
    from therapport.predictor.model import Predictor

Value = str | float | None
AnswerRow = dict[str, Value]
"""Column -> value, in the order of `answer_columns`; None where a table has NaN, because JSON has no NaN."""


def answer_rows(predictor: "Predictor", ids: Sequence[str], matrix: FactorMatrix) -> list[AnswerRow]:
    """Answers for the patients of a factor matrix whose values fit the codebook; every row is checked."""
    if len(matrix) == 1:
        values = predictor.single.answer(matrix)
        if values is not None:
            return [dict(zip((predictor.codebook.id, *predictor.answer_columns), (ids[0], *values), strict=True))]
    arrays = answer_arrays(predictor, matrix, check_rows=None)
    columns: list[Sequence[Value]] = [ids]
    for each in arrays.values():
        if isinstance(each, np.ndarray):
            # NaN is the one value that differs from itself.
            columns.append([None if value != value else value for value in each.tolist()])  # noqa: PLR0124
        else:
            columns.append([each] * len(ids))
    names = (predictor.codebook.id, *arrays)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

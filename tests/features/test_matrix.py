import numpy as np
import pandas as pd

from tests import codebooks
from therapport import cohort, features


def test_factors_stand_in_the_order_asked_for_and_categories_as_the_place_of_their_level() -> None:
    frame = codebooks.frame(3, seed=1).assign(
        mode=["online", np.nan, "face"],
        trained=["yes", "no", np.nan],
        severity=[20, 10, 15],
        alliance=[3.5, np.nan, 1.25],
    )
    table = cohort.validate(frame, codebooks.mixed()).table
    matrix = features.factor_matrix(table, codebooks.mixed(), ("alliance", "mode", "trained", "severity"))
    # The codebook's levels are face (0), blended (1) and online (2).
    expected = [[3.5, 2, 1, 20], [np.nan, np.nan, 0, 10], [1.25, 0, np.nan, 15]]
    np.testing.assert_array_equal(matrix, expected)


def test_a_level_keeps_its_number_whichever_levels_the_patients_have() -> None:
    frame = codebooks.frame(4, seed=1).assign(mode="online")
    matrix = features.factor_matrix(cohort.validate(frame, codebooks.mixed()).table, codebooks.mixed(), ("mode",))
    assert matrix.tolist() == [[2.0]] * 4


def test_nobody_is_a_matrix_without_rows() -> None:
    table: pd.DataFrame = cohort.validate(codebooks.frame(2, seed=1), codebooks.mixed()).table[:0]
    assert features.factor_matrix(table, codebooks.mixed(), codebooks.FACTORS).shape == (0, 5)

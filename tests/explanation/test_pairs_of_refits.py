"""How sure refits are of what two players do together."""

import numpy as np
import pytest
from scipy.stats import t

from tests.studies import Made


def test_the_margin_of_a_matrix_is_that_of_each_cell_over_the_refits(tree_study: Made) -> None:
    model, matrix = tree_study.predictor.response, tree_study.design.targets[0].matrix[:20]
    assert model is not None
    assert model.refits is not None
    each = np.array([one.interactions(matrix)[1] for one in model.refits.explainers])
    assert len(each) == 20
    expected = t.ppf(0.975, 19) * each.std(axis=0, ddof=1)
    np.testing.assert_allclose(model.refits.interactions(matrix), expected, rtol=1e-9, atol=1e-12)


def test_in_a_sum_refits_agree_that_there_are_no_pairs(linear_study: Made) -> None:
    model, matrix = linear_study.predictor.response, linear_study.design.targets[0].matrix[:20]
    assert model is not None
    assert model.refits is not None
    margins = model.refits.interactions(matrix)
    pairs = ~np.eye(margins.shape[1], dtype=bool)
    assert np.abs(margins[:, pairs]).max() == 0
    np.testing.assert_allclose(np.diagonal(margins, axis1=1, axis2=2), model.refits.margin(matrix).contributions)


def test_the_largest_of_many_needs_a_wider_margin(linear_study: Made) -> None:
    assert linear_study.predictor.response is not None
    refits = linear_study.predictor.response.refits
    assert refits is not None
    assert refits.widened(1) == pytest.approx(1)
    # Student's t with 19 degrees of freedom, tables: 2.093 at 97.5 %, 2.861 at 99.5 %.
    assert refits.widened(5) == pytest.approx(2.861 / 2.093, abs=0.001)

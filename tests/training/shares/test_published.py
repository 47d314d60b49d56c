"""Published partitions, recomputed from their effect sizes."""

import pytest

from training.shares import published


def test_the_shares_of_improvement_are_those_that_cuijpers_published() -> None:
    source = published.read().cuijpers_2012
    assert [round(share, 1) for share in published.of_improvement(source)] == [33.3, 49.6, 17.1]
    assert [row.printed for row in source.rows] == [33.3, 49.6, 17.1]


def test_the_column_of_variances_follows_from_wampolds_effect_sizes() -> None:
    source = published.read().wampold_2015
    effects = [0.72, 0.63, 0.57, 0.56, 0.49, 0.24, 0.20, 0.14]
    assert [row.effect for row in source.rows] == effects
    printed = [row.printed for row in source.rows]
    assert printed == [11.5, 9.0, 7.5, 7.3, 5.7, 1.4, 1.0, 0.5]
    assert [round(share, 1) for share in published.of_variance(source)] == printed


def test_norcross_adds_up_to_the_whole_and_that_is_by_design() -> None:
    assert sum(row.printed for row in published.read().norcross_2004.rows) == pytest.approx(100)

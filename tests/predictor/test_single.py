"""One patient alone gets the bits of a cohort's path, and whoever a rule may hold for is left to it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from therapport.calibration import Affine
from therapport.predictor import Limits, Predictor, answer_rows, made_up
from therapport.predictor.answer import answer_arrays

PATIENTS = 40
LIMITS = (
    Limits(),
    Limits(missing=0.1),
    Limits(missing=1 / 3, beyond=0),
    Limits(beyond=1),
    Limits(wide=0.25),
    Limits(wide_points=4.0),
    Limits(missing=0.4, beyond=3, wide=0.4, wide_points=9.0),
)


def matrix(predictor: Predictor) -> np.ndarray:
    """Made-up patients, some of them with more missing and some with values far out."""
    generator = np.random.default_rng(7)
    values = predictor.matrix(made_up(predictor, patients=PATIENTS, seed=7).table)
    numbers = [place for place, name in enumerate(predictor.factors) if predictor.codebook.factors[name].range]
    highest = [predictor.codebook.factors[predictor.factors[place]].range[1] for place in numbers]  # type: ignore[index]
    for row in range(0, PATIENTS, 2):
        values[row, numbers] = np.where(generator.random(len(numbers)) < 0.2, highest, values[row, numbers])
    values[10:][generator.random(values[10:].shape) < 0.15] = np.nan
    return values


Alone = list[str | float | None] | None


def both(predictor: Predictor) -> Iterator[tuple[Alone, list[str | float | None], float]]:
    """Of every patient the answer alone, that of the arrays, and the share of factors that is missing."""
    values = matrix(predictor)
    for one in (values[row : row + 1] for row in range(PATIENTS)):
        arrays = answer_arrays(predictor, one, check_rows=None)
        flat = [each.tolist()[0] if isinstance(each, np.ndarray) else each for each in arrays.values()]
        general = [None if isinstance(each, float) and np.isnan(each) else each for each in flat]
        yield predictor.single.answer(one), general, float(np.isnan(one).mean())


@pytest.mark.parametrize("limits", LIMITS, ids=range(len(LIMITS)))
def test_alone_and_among_many_are_the_same_bits(predictor: Predictor, limits: Limits) -> None:
    scored = 0
    for alone, general, missing in both(replace(predictor, limits=limits)):
        if alone is None:
            # At a limit itself the arrays decide, which round in their own order.
            assert general[0] != "scored" or missing == pytest.approx(limits.missing)
        else:
            scored += 1
            assert repr(alone) == repr(general)  # 0.0 and -0.0 differ too
            assert general[0] == "scored"
    assert scored or limits != Limits()


def test_an_explanation_that_does_not_add_up_fails_alone_too(predictor: Predictor) -> None:
    assert predictor.response is not None
    # The explanation keeps its calibration; the model's own score gets another.
    moved = Affine(predictor.response.calibration.intercept + 0.01, predictor.response.calibration.slope)
    broken = replace(predictor, response=replace(predictor.response, calibration=moved))
    for alone, general, _ in both(broken):
        assert alone is None
        assert general[2] is None
    (row,) = answer_rows(broken, ["a"], matrix(predictor)[:1])
    assert row["status"] == "failed: the explanation does not add up"


def test_columns_without_families_are_those_that_name_none(predictor: Predictor) -> None:
    left_out = set(predictor.answer_columns) - set(predictor.columns_without_families)
    assert left_out
    assert all(any(family in column for family in predictor.families) for column in left_out)
    kept = pd.Index(predictor.columns_without_families)
    assert not kept.str.contains("contribution").any()
    assert not kept.isin([f"log_odds_{family}" for family in predictor.families]).any()

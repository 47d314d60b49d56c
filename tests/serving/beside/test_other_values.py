"""Every figure of what-if and of missing factors against predictions made another way."""

import itertools
import math
import re

import pandas as pd
import pytest

from serving import sentences
from serving.api.reader import Patients
from serving.api.what_if import plausible
from serving.beside.other_values import OtherValues, other_values
from serving.factor_views import shown
from tests.serving.conftest import example
from therapport.predictor import Predictor, answer_rows

CAUSAL = re.compile(r"\b(cause|improve|help|benefit|lead to|result in|make|increase|reduce)s?\b", re.IGNORECASE)


def asked(predictor: Predictor, **changed: float | str | None) -> OtherValues:
    matrix = predictor.matrix(example(predictor, 1, **changed).table)
    return other_values(predictor, Patients(["x"], matrix), answer_rows(predictor, ["x"], matrix)[0])


def predicted(predictor: Predictor, **changed: float | str | None) -> float:
    """By the one verb of the library, on a table that is validated anew."""
    table = example(predictor, 1, **changed).table
    answer = predictor.predict(table, allow_absent=True).iloc[0]
    return float(answer["response_probability"])


def test_each_step_is_the_prediction_for_that_value(both: Predictor) -> None:
    for change in asked(both).changes:
        factor, known = both.codebook.factors[change.name], both.profile[change.name]
        values = plausible(factor, known)
        expected = {shown(factor, value): predicted(both, **{change.name: value}) for value in values}
        told = {step.value: step.predicted for step in change.steps if not step.now}
        assert told
        for value, text in told.items():
            assert text == sentences.people(expected[value]), (change.name, value)
        figures = sorted([*expected.values(), predicted(both)])
        between = f"between {sentences.people(figures[0])} and {sentences.people(figures[-1])} of 100 people"
        assert change.heading.endswith(between)


def test_the_value_that_was_filled_in_is_marked_once_with_the_prediction_of_the_page(both: Predictor) -> None:
    now = sentences.people(predicted(both))
    for change in asked(both).changes:
        (step,) = [step for step in change.steps if step.now]
        assert step.predicted == now
        row = example(both, 1).table.iloc[0]
        assert step.value == shown(both.codebook.factors[change.name], row[change.name])


def test_only_what_treatment_could_change_is_changed_and_the_widest_comes_first(both: Predictor) -> None:
    found = asked(both)
    modifiable = {name for name in both.factors if both.codebook.factors[name].modifiable}
    assert {change.name for change in found.changes} <= modifiable
    left = [both.codebook.factors[name].label for name in modifiable - {change.name for change in found.changes}]
    assert all(label in found.hardly for label in left)
    spans = [[int(figure) for figure in re.findall(r"\b\d+\b", change.heading)[-3:-1]] for change in found.changes]
    widths = [high - low for low, high in spans]
    assert all(after <= before + 1 for before, after in itertools.pairwise(widths))


def test_a_missing_factor_is_told_with_what_it_would_change(both: Predictor) -> None:
    found = asked(both, alliance=math.nan)
    figures = [
        predicted(both, alliance=value)
        for value in plausible(both.codebook.factors["alliance"], both.profile["alliance"])
        if isinstance(value, float)
    ]
    low, high = sentences.people(min(figures)), sentences.people(max(figures))
    label = both.codebook.factors["alliance"].label
    assert found.missing == (
        f"{label}: with a usual value the prediction would lie between {low} and {high} of 100 people.",
    )
    (change,) = [change for change in found.changes if change.name == "alliance"]
    assert f"{label}, now not known:" in change.heading
    assert not any(step.now for step in change.steps)


def test_a_factor_that_the_model_does_not_use_hardly_moves_it(severity_alone: Predictor) -> None:
    found = asked(severity_alone)
    assert found.changes == ()
    assert found.hardly.endswith("the prediction would hardly move.")


def test_without_a_binary_outcome_it_is_told_in_points(score_only: Predictor) -> None:
    found = asked(score_only)
    assert found.unit == "points"
    change = found.changes[0]
    for step in change.steps:
        assert re.fullmatch(r"\d+\.\d", step.predicted)
        assert re.fullmatch(r"\d+\.\d to \d+\.\d", step.interval)
        if not step.now and change.name == "alliance":
            table = pd.DataFrame(example(score_only, 1, alliance=float(step.value)).table)
            assert float(step.predicted) == pytest.approx(
                score_only.predict(table, allow_absent=True).iloc[0]["end_score"], abs=0.1
            )


def test_nothing_here_says_what_does_what(both: Predictor) -> None:
    found = asked(both, expectancy=math.nan)
    said = [found.hardly, *found.missing, *(change.heading for change in found.changes)]
    for name in both.factors:
        said = [one.replace(both.codebook.factors[name].label, "") for one in said]
    assert not [one for one in said if CAUSAL.search(one)]

"""Single factors beside their family: what is said of the difference, against the two games."""

import re
from dataclasses import replace

import numpy as np
import pytest

from serving import breakdown, factor_views, pages, reading
from serving.patient_view import patient_view
from serving.reading import Reading
from tests.serving.conftest import example
from tests.serving.html_document import Document
from therapport.predictor import Predictor


def differences(read: Reading, made: Predictor, place: int) -> dict[str, float]:
    """Sum of the factors minus the family, on the calibrated score's own scale."""
    matrix = made.matrix(example(made, place).table)
    own = read.model.families.explain(matrix).contributions[0]
    single = dict(zip(made.factors, read.model.factors.explain(matrix).contributions[0], strict=True))
    return {
        family: float(sum(single[name] for name in members) - own[at])
        for at, (family, members) in enumerate(made.families.items())
    }


@pytest.mark.parametrize("place", [0, 1])
def test_a_difference_is_told_just_where_it_counts_and_with_its_size(interacting: Predictor, place: int) -> None:
    cohort = example(interacting, place)
    wanted = differences(reading.of_end_score(interacting), interacting, place)
    assert max(map(abs, wanted.values())) > 0.01
    least = float(np.median(np.abs(list(wanted.values()))))
    read = replace(reading.of_end_score(interacting), hardly=least)
    explained = read.model.families.explain(interacting.matrix(cohort.table))
    told = {name: one.beside for name, one in factor_views.factors(read, cohort, explained).items()}
    assert {name for name, text in told.items() if text} == {
        name for name, difference in wanted.items() if abs(difference) >= least
    }
    for name, text in told.items():
        if text:
            size, which = re.findall(r"come to ([\d.]+) points (more|less) than their family", text)[0]
            assert float(size) == pytest.approx(abs(wanted[name]), abs=0.0501)
            assert which == ("more" if wanted[name] > 0 else "less")


def test_a_difference_on_the_log_odds_is_told_in_people(interacting: Predictor) -> None:
    cohort = example(interacting, 1)
    read = replace(reading.of_response(interacting), hardly=0.0)
    explained = read.model.families.explain(interacting.matrix(cohort.table))
    told = factor_views.factors(read, cohort, explained)
    for name, difference in differences(read, interacting, 1).items():
        shown = 100 * read.part(difference, float(explained.reference[0]), float(explained.total[0]))
        assert f"come to {abs(shown):.0f} of 100 people {'more' if shown > 0 else 'less'} than" in told[name].beside


def test_in_a_linear_model_there_is_no_difference_to_tell(both: Predictor) -> None:
    for one in (breakdown.of_response, breakdown.of_end_score):
        cohort = example(both, 1)
        answer = both.answer(cohort).iloc[0]
        assert {family.beside for family in one(both, cohort, answer).families} == {""}


def test_the_difference_stands_among_the_factors_of_its_family(interacting: Predictor) -> None:
    view = patient_view(interacting, example(interacting, 1))
    assert view.end_score is not None
    first, *others = view.end_score.rests_on.families
    rests_on = replace(view.end_score.rests_on, families=(replace(first, beside="Added up, they differ."), *others))
    changed = replace(view, end_score=replace(view.end_score, rests_on=rests_on))
    document = Document(pages.patient_page(interacting, changed))
    (note,) = [one for one in document.all("li") if one.text == "Added up, they differ."]
    assert note.parents.count("details") == 2

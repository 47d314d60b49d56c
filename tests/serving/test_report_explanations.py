"""What a report says of explanations: ranks, sums of factors, how they are computed, whom they start from."""

import re
from dataclasses import replace

import pytest

from serving import family_words, patient_view, report, sentences
from tests.serving.conftest import example
from tests.serving.html_document import Document
from therapport.explanation import SplitExplainer
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison, Reference


def reading(made: Predictor) -> str:
    return Document(report.render(made)).text


def with_comparisons(made: Predictor, **update: object) -> Predictor:
    changed = tuple(one.model_copy(update=update) for one in made.evidence.comparisons)
    return replace(made, evidence=made.evidence.model_copy(update={"comparisons": changed}))


def order(made: Predictor) -> list[str]:
    document = Document(report.render(made))
    tables = [one for one in document.all("table") if one.attributes.get("class") == "order"]
    return [one.text for one in tables]


def test_each_family_stands_with_how_often_refits_put_it_where(interacting: Predictor) -> None:
    ordinals = ("first", "second", "third", "fourth", "fifth", "sixth")
    for comparison, table in zip(interacting.evidence.comparisons, order(interacting), strict=True):
        for family, spread in comparison.families.items():
            label = interacting.codebook.families[family].label
            place = spread.ranks.index(max(spread.ranks))
            assert sum(spread.ranks) == 20
            assert re.search(rf"{label}\s*{ordinals[place]} in {max(spread.ranks)} of 20 refits", table)


def test_each_family_stands_with_its_difference_to_the_sum_of_its_factors(interacting: Predictor) -> None:
    for comparison, table in zip(interacting.evidence.comparisons, order(interacting), strict=True):
        unit = "log-odds" if comparison.kind == "binary" else "points"
        assert f"Difference to the sum of its factors: mean size, in {unit}" in table
        shown = [float(figure) for figure in re.findall(r"\d\.\d{3}", table)]
        wanted = [spread.beside_factors for spread in comparison.families.values()]
        assert shown == pytest.approx(wanted, abs=0.000501)


def test_in_a_linear_model_each_family_is_said_to_be_the_sum_of_its_factors(both: Predictor) -> None:
    text = reading(both)
    assert text.count(family_words.SUMS_OF_FACTORS) == 2
    assert "Difference to the sum of its factors" not in text
    assert "of 20 refits" in text


def test_it_says_how_contributions_are_computed(both: Predictor, interacting: Predictor) -> None:
    assert "computed exactly, in closed form." in reading(both)
    assert "computed exactly, from tables of its trees." in reading(interacting)
    assert reading(interacting).count("computed exactly") == 1


def test_it_says_whom_explanations_start_from(both: Predictor) -> None:
    assert both.evidence.reference == Reference(patients=50)
    assert "Explanations start from 50 patients, drawn from the training cohort." in reading(both)


def test_it_names_the_levels_of_the_reference_patients_by_label(both: Predictor) -> None:
    only = both.evidence.model_copy(update={"reference": Reference(where={"delivery_mode": "guided"})})
    made = replace(both, evidence=only)
    label = both.codebook.factors["delivery_mode"].label
    text = reading(made)
    assert f"Explanations start from all patients of the training cohort with {label}: Guided e-health." in text
    view = patient_view.patient_view(made, example(made))
    assert view.chances is not None
    assert view.chances.rests_on.start == f"a typical person of the training cohort with {label}: Guided e-health"
    assert view.chances.rests_on.start in text


def test_a_person_who_is_explained_against_those_treated_alike_starts_from_them(alike: Predictor) -> None:
    mode = alike.codebook.factors["delivery_mode"].label
    text = reading(alike)
    assert f"50 patients, drawn from the training cohort with the same {mode} as the person" in text
    assert f"So {mode} itself explains nothing." in text
    assert alike.response is not None
    assert isinstance(alike.response.families, SplitExplainer)
    assert len(alike.response.families.levels) == 2
    for value, start in (
        ("guided", f"a typical person of the training cohort with the same {mode}"),
        (None, "a typical person of the training cohort"),
    ):
        view = patient_view.patient_view(alike, example(alike, delivery_mode=value))
        assert view.chances is not None
        assert view.chances.rests_on.start == start
        delivery = view.chances.rests_on.families[-1]
        assert (delivery.name, delivery.moved) == ("delivery", "under 1") or value is None


def test_every_kind_of_interval_is_explained(both: Predictor) -> None:
    text = reading(both)
    assert family_words.model_uncertainty(20, "therapist", 2.0930240544) in text
    assert "−/+ 2.09 standard deviations" in text
    assert sentences.END_SCORE_INTERVAL in text
    assert "95 % of 100 draws of whole groups (therapist)" in text
    assert family_words.LIMIT_OF_REFITS in text
    assert family_words.NO_MODEL_UNCERTAINTY not in text


def test_without_refits_it_says_that_nobody_knows_how_sure_the_model_is(interacting: Predictor) -> None:
    assert interacting.response is not None
    assert interacting.end_score is not None
    bare = replace(
        interacting,
        response=replace(interacting.response, refits=None),
        end_score=replace(interacting.end_score, refits=None),
    )
    text = reading(bare)
    assert text.count(family_words.NO_MODEL_UNCERTAINTY) == 2
    assert family_words.LIMIT_OF_REFITS not in text
    assert "standard deviations over these refits" not in text


def older(comparison: Comparison) -> Comparison:
    families = {
        name: one.model_copy(update={"ranks": (), "beside_factors": None}) for name, one in comparison.families.items()
    }
    return comparison.model_copy(update={"families": families, "interactions": {}})


def test_a_report_of_older_evidence_leaves_out_what_it_does_not_know(interacting: Predictor) -> None:
    comparisons = tuple(older(one) for one in interacting.evidence.comparisons)
    evidence = interacting.evidence.model_copy(update={"comparisons": comparisons, "reference": None})
    made = replace(interacting, evidence=evidence)
    text = reading(made)
    for part in ("How sure the order is", "of 20 refits", "What families do together", "Explanations start from"):
        assert part not in text
    view = patient_view.patient_view(made, example(made))
    assert view.chances is not None
    assert view.chances.rests_on.start == "a typical person of the training cohort"


def test_single_factors_are_not_said_to_add_up_where_that_is_not_known(both: Predictor) -> None:
    unknown = {name: one.model_copy(update={"beside_factors": None})
               for name, one in both.evidence.comparisons[0].families.items()}  # fmt: skip
    assert family_words.SUMS_OF_FACTORS not in reading(with_comparisons(both, families=unknown))

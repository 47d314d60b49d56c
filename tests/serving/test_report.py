import re
from dataclasses import replace

import pytest

from serving import family_words, report
from tests.serving.html_document import Document
from therapport.predictor import Predictor
from therapport.predictor.at_risk import AtRisk


def reading(predictor: Predictor) -> str:
    return Document(report.render(predictor)).text


def test_the_report_opens_with_the_title_and_the_verdicts(predictor: Predictor) -> None:
    text = reading(predictor)
    verdicts = [comparison.verdict for comparison in predictor.evidence.comparisons]
    places = [text.index(part) for part in (predictor.evidence.title, *verdicts, "Who the cohort is")]
    assert places == sorted(places)


def test_every_family_factor_candidate_and_definition_appears(predictor: Predictor) -> None:
    text = reading(predictor)
    codebook = predictor.codebook
    wanted = [codebook.families[family].label for family in predictor.families]
    wanted += [codebook.factors[name].label for name in predictor.factors]
    wanted += [one.label for comparison in predictor.evidence.comparisons for one in comparison.candidates.values()]
    wanted += [] if predictor.outcome is None else [predictor.outcome.definition]
    assert [part for part in wanted if part not in text] == []


def test_the_cohort_is_described_by_size_groups_and_base_rate(both: Predictor) -> None:
    document = Document(report.render(both))
    stats = dict(zip((one.text for one in document.all("dt")), (one.text for one in document.all("dd")), strict=True))
    assert stats["patients"] == "400"
    assert (stats["therapists"], stats["sites"]) == ("20", "4")
    base_rate = both.evidence.cohort.base_rate
    assert base_rate is not None
    assert stats["reach reliable improvement (PHQ-9 falls by 6 points or more)"] == f"{round(100 * base_rate)} of 100"


def test_the_report_says_who_was_still_in_treatment(predictor: Predictor) -> None:
    evidence = predictor.evidence
    patients = evidence.cohort.patients
    unknown = f"It is not known who was still in treatment at session 3: all {patients} patients count"
    assert unknown in reading(predictor)
    told = AtRisk(by="sessions", lost=120, unknown=None, decided=0)
    cohort = evidence.cohort.model_copy(update={"at_risk": told})
    known = replace(predictor, evidence=evidence.model_copy(update={"cohort": cohort}))
    assert (
        f"Still in treatment at session 3: {patients} patients (by the number of sessions). "
        "120 had left before and are left out. Of fewer than 10 it is not known; they are left out."
    ) in reading(known)


def test_each_figure_stands_with_its_interval(both: Predictor) -> None:
    text = reading(both)
    for comparison in both.evidence.comparisons:
        for candidate in comparison.candidates.values():
            for name in ("auc", "brier", "r2", "rmse", "calibration_slope", "calibration_intercept"):
                figure = candidate.metrics.get(name)
                if figure is not None and figure.low is not None and figure.high is not None:
                    shown = [f"{value + 0.0:.3f}" for value in (figure.value, figure.low, figure.high)]
                    value, low, high = (one.replace("-0.000", "0.000").replace("-", "−") for one in shown)
                    assert f"{value} ({low} to {high})" in text
                    assert f"{value}, {low} to {high}" in text


def test_a_figure_that_is_undefined_says_why(both: Predictor) -> None:
    text = reading(both)
    assert "none: a constant prediction has no AUC" in text
    assert "none: a constant prediction has no slope" in text


def test_families_stand_with_their_mean_size_and_spread(both: Predictor) -> None:
    document = Document(report.render(both))
    drawn = [one.attributes["aria-label"] for one in document.all("svg") if one.attributes.get("class") == "spread"]
    cells = [one.text for one in document.all("td")]
    binary = both.evidence.comparisons[0]
    for family, spread in binary.families.items():
        low, high = (f"{100 * end:.1f}".replace("-", "−") for end in (spread.quantiles[0], spread.quantiles[-1]))
        label = both.codebook.families[family].label
        assert f"{label}: 5 to 95 % from {low} to {high} people of 100" in drawn
        assert f"{100 * spread.mean_absolute:.1f}{low} to {high}" in cells


def test_a_model_of_severity_alone_says_so_in_plain_words(severity_alone: Predictor) -> None:
    text = reading(severity_alone)
    assert family_words.one_factor_only("PHQ-9 at intake") in text
    # Five of six families, for each of the two outcomes.
    assert text.count("not used by this model") >= 10
    assert "Not used by this model: " in text


def test_a_model_that_gives_everyone_the_same_says_so(same_for_all: Predictor) -> None:
    assert family_words.SAME_FOR_ALL in reading(same_for_all)


def test_factors_are_listed_from_the_largest_shap_value_down(both: Predictor) -> None:
    document = Document(report.render(both))
    said = [one.attributes["aria-label"] for one in document.all("svg") if one.attributes.get("class") == "bar plain"]
    first = [(name, value) for name, value in both.evidence.comparisons[0].factors.items() if value > 1e-9]
    expected = [f"{both.codebook.factors[name].label}: {value:.3f}" for name, value in first]
    assert said[: len(first)] == expected
    assert [value for _, value in first] == sorted((value for _, value in first), reverse=True)


def test_the_examples_are_said_to_be_nobodys_data(predictor: Predictor) -> None:
    document = Document(report.render(predictor))
    assert [one.attributes["aria-label"] for one in document.all("article")] == [
        "Typical patient",
        "Patient with a poorer outlook",
    ]
    assert "They are nobody’s data." in document.text


def test_it_says_how_it_was_made_with_the_receipt_of_the_folds(both: Predictor) -> None:
    text = reading(both)
    for part in (
        "2 folds × 1 repeat",
        "therapist: no therapist is in two folds",
        "0 (must be 0)",
        "100 draws",
        both.codebook.digest(),
        both.evidence.cohort.digest,
        both.version,
    ):
        assert part in text


def test_every_warning_of_the_study_is_told(both: Predictor) -> None:
    warned = both.evidence.model_copy(update={"warnings": ("expectancy is missing in every patient.",)})
    assert "expectancy is missing in every patient." in reading(replace(both, evidence=warned))


def test_it_says_what_it_cannot_say_and_what_to_do_next(both: Predictor) -> None:
    text = reading(both)
    for part in (
        "never a reason to deny care",
        "association, not effect",
        "against recovery",
        "therapport promote small",
        "therapport serve models:/small@champion",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("share", "told"), [(0.0, "none"), (0.02, "fewer than 10"), (0.0225, "fewer than 10"), (0.05, "5 %")]
)
def test_a_share_of_fewer_than_ten_people_is_not_told(both: Predictor, share: float, told: str) -> None:
    # Of 400 patients: none, 8, 9, 20.
    known = both.profile["expectancy"].model_copy(update={"missing": share})
    document = Document(report.render(replace(both, profile={**both.profile, "expectancy": known})))
    (row,) = [
        one for one in document.all("tr") if one.text.startswith("Expectancy of improvement") and "known at" in one.text
    ]
    assert row.text.strip().endswith(told)


def test_a_factor_that_too_few_people_have_is_not_described(both: Predictor) -> None:
    bare = both.profile["expectancy"].model_copy(
        update=dict.fromkeys(("usual_low", "quartile_1", "median", "quartile_3", "usual_high"))
    )
    assert "too few people to be shown" in reading(replace(both, profile={**both.profile, "expectancy": bare}))


def test_levels_that_are_suppressed_are_said_to_be(both: Predictor) -> None:
    assert "Levels with fewer than 10 patients are left out" in reading(both)


def test_dots_of_the_calibration_are_in_a_table_too(both: Predictor) -> None:
    document = Document(report.render(both))
    for comparison in both.evidence.comparisons:
        unit = 100 if comparison.kind == "binary" else 1
        digits = 0 if comparison.kind == "binary" else 1
        for point in comparison.curve:
            cells = [f"{unit * value:.{digits}f}" for value in (point.predicted, point.observed)]
            assert re.search(re.escape("".join(cells)), "".join(one.text for one in document.all("td")))

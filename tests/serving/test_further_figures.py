"""What stands behind the main figures: in words, on a curve and in tables, as the evidence has it."""

from dataclasses import replace

import pytest

from serving import charts, further_figures, report
from tests.serving.html_document import Document
from therapport.predictor import REASONS, Predictor
from therapport.predictor.evidence import Abstention, Coverage, DecisionPoint, Difference, Figure, Interval


def difference(low: float, high: float, corrected_low: float, corrected_high: float) -> Difference:
    return Difference(
        value=(low + high) / 2,
        low=low,
        high=high,
        corrected_low=corrected_low,
        corrected_high=corrected_high,
        p_value=0.1,
    )


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (difference(-0.03, -0.01, -0.05, -0.001), "better"),
        (difference(-0.03, -0.01, -0.05, 0.001), "better, but not surely so with models fitted anew"),
        (difference(-0.03, 0.01, -0.05, 0.001), "cannot be told from it"),
        (difference(0.01, 0.03, -0.01, 0.05), "worse, but not surely so with models fitted anew"),
        (difference(0.01, 0.03, 0.005, 0.05), "worse"),
    ],
)
def test_a_difference_is_read_by_both_of_its_intervals(one: Difference, words: str) -> None:
    assert further_figures.reads(one) == words


def point(threshold: float, model: float, everyone: float) -> DecisionPoint:
    return DecisionPoint(threshold=threshold, everyone=Figure(value=everyone), candidates={"a": Figure(value=model)})


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ((0.3, 0.2, 0.1, 0.01), "At thresholds of 20 % to 40 % the"),
        ((0.4, 0.0, 0.1, 0.0), "At thresholds of 10 % and 30 % the"),
        ((0.3, 0.1, -0.1, 0.0), "At no threshold did"),
    ],
)
def test_the_thresholds_at_which_predictions_are_worth_following(models: tuple[float, ...], said: str) -> None:
    everyone = (0.3, 0.1, -0.1, -0.3)
    points = [
        point(threshold, model, all_of)
        for threshold, model, all_of in zip((0.1, 0.2, 0.3, 0.4), models, everyone, strict=True)
    ]
    assert further_figures.useful(points, "a").startswith(said)


def test_curves_share_their_axes_and_zero_is_on_them() -> None:
    drawn = charts.curves([[(0.1, 0.4), (0.9, 0.0)], [(0.1, 0.2), (0.5, -3.0)]])
    first, everyone = drawn.lines
    # From -0.08 to 0.42: 0.4 lies 0.02 below the top of 0.5, and 0 at 0.42 of it.
    assert [*first] == [(0.0, 4.0), (100.0, 84.0)]
    assert drawn.zero == pytest.approx(84.0)
    assert [*everyone] == [(0.0, 44.0)]  # what falls far below is not drawn along the edge
    assert "0" in [tick.label for tick in drawn.up]


def test_the_report_has_the_differences_the_curve_and_the_coverage(both: Predictor) -> None:
    document = Document(report.render(both))
    rows = [one.text for one in document.all("tr")]
    response, score = both.evidence.comparisons
    for comparison in (response, score):
        for baseline, one in comparison.beside[comparison.chosen].items():
            if baseline != comparison.chosen:
                label = comparison.candidates[baseline].label
                shown = f"{one.value:.3f}".replace("-", "−")
                assert any(row.startswith(label) and shown in row and further_figures.reads(one) in row for row in rows)
    for each in response.decision:
        shown = f"{100 * each.candidates[response.chosen].value:.1f}".replace("-", "−")
        assert any(row.startswith(f"{100 * each.threshold:.0f} %{shown} (") for row in rows)
    assert sum("curves" in one.attributes.get("class", "") for one in document.all("svg")) == 1
    assert score.interval is not None
    held = score.interval.coverage[0]
    assert any(row.startswith(f"Everyone{held.patients:,}{100 * held.share:.0f} %") for row in rows)


def test_who_gets_no_prediction_is_told_with_what_it_would_have_been(both: Predictor) -> None:
    found = Abstention(
        patients=400,
        abstained=40,
        share=0.104,
        reasons={"beyond-cohort": 30, "wide": 10, "much-missing": 0},
        predicted={"auc": Figure(value=0.71, low=0.65, high=0.77)},
        left_out={},
    )
    first, *others = both.evidence.comparisons
    told = both.evidence.model_copy(update={"comparisons": (first.model_copy(update={"abstention": found}), *others)})
    text = Document(report.render(replace(both, evidence=told))).text
    assert "about 40 of 400 patients (10 %) get none." in text
    assert f"{REASONS['beyond-cohort']}: about 30" in text
    assert REASONS["much-missing"] not in text
    assert "AUC0.710 (0.650 to 0.770)too few to tell" in text
    few = found.model_copy(update={"abstained": 0, "share": None})
    bare = first.model_copy(update={"abstention": few})
    assert "fewer than 10 of 400 patients get no prediction" in further_figures.further(both, bare).left_out.sentence  # type: ignore[union-attr]


def test_too_few_groups_for_an_interval_are_told_and_old_evidence_is_silent(both: Predictor) -> None:
    score = both.evidence.comparisons[1]
    few = Interval(
        level=0.9,
        half_width=None,
        group="therapist",
        groups=4,
        coverage=(Coverage(by="left-out site", label="", patients=40, share=0.9),),
    )
    shown = further_figures.further(both, score.model_copy(update={"interval": few}))
    assert shown.interval.startswith("4 therapists are too few for an interval that holds 90 % of patients of new")
    assert shown.held[0].whom == "At a site that was left out"
    assert shown.held[0].share == "90 %"
    old = score.model_copy(update={"interval": None, "beside": {}, "decision": ()})
    assert further_figures.further(both, old) == further_figures.Further("squared error", (), None, "", (), None)

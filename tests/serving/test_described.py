"""Table 1, what is missing and the learning curve in the report."""

from dataclasses import replace

import pytest

from serving import learning_view, report
from tests.serving.html_document import Document
from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure, LearningCurve, LearningPoint

FIGURES = ((200, (0.6, 0.5, 0.7)), (400, (0.7, 0.65, 0.75)))


@pytest.fixture
def with_curve(both: Predictor) -> Predictor:
    points = tuple(
        LearningPoint(
            share=patients / 400,
            patients=patients,
            candidates={
                "severity": {"auc": Figure(value=0.6)},
                "elastic_net": {"auc": Figure(value=value, low=low, high=high)},
            },
        )
        for patients, (value, low, high) in FIGURES
    )
    gain = {"severity": Figure(value=0.0), "elastic_net": Figure(value=-0.01)}
    curve = LearningCurve(points=points, gain=gain, sentence="More patients like these would probably help.")
    first, *others = both.evidence.comparisons
    evidence = both.evidence.model_copy(update={"comparisons": (first.model_copy(update={"learning": curve}), *others)})
    return replace(both, evidence=evidence)


def test_dots_lie_where_their_figures_say(with_curve: Predictor) -> None:
    drawn = learning_view.learning(with_curve.evidence.comparisons[0])
    assert drawn is not None
    severity, net = drawn.curves
    assert (severity.chosen, net.chosen) == (False, True)
    # Across from 0 to 104 % of 400; up from .5 - .015 to .75 + .015, a length of .28.
    assert [dot.across for dot in net.dots] == pytest.approx([100 * 200 / 416, 100 * 400 / 416], abs=0.01)
    assert [dot.up for dot in net.dots] == pytest.approx([100 * 0.115 / 0.28, 100 * 0.215 / 0.28], abs=0.01)
    assert [dot.low for dot in net.dots] == pytest.approx([100 * 0.015 / 0.28, 100 * 0.165 / 0.28], abs=0.01)
    assert all(dot.low is None for dot in severity.dots)
    assert len(net.lines) == 1


def test_the_curve_stands_in_the_report_with_its_sentence_and_table(with_curve: Predictor) -> None:
    document = Document(report.render(with_curve))
    assert not document.unclosed
    (drawing,) = [one for one in document.all("svg") if one.attributes.get("class") == "learning"]
    assert drawing.text.count("Elastic net") == 1
    assert "More patients like these would probably help." in document.text
    assert "0.700 (0.650 to 0.750)" in document.text
    lines = [one for one in document.all("line") if one.attributes.get("class") == "step"]
    assert len(lines) == 2


def test_without_a_curve_the_report_says_how_to_get_one(both: Predictor) -> None:
    text = Document(report.render(both)).text
    assert "--learning-curve" in text
    assert learning_view.learning(both.evidence.comparisons[0]) is None


def test_table_one_stands_there_by_outcome(both: Predictor) -> None:
    document = Document(report.render(both))
    table_one = both.evidence.table_one
    assert table_one is not None
    heads = [one.text for one in document.all("th")]
    for column, label in zip(table_one.columns, ("All", "Outcome: yes", "Outcome: no"), strict=False):
        assert f"{label} ({column.patients:,})" in heads
    described = next(one for one in table_one.factors if one.name == "phq9_intake")
    values = described.values[1]
    assert values is not None
    assert f"{values.mean:.1f} (" in " ".join(one.text for one in document.all("td"))


def test_what_is_missing_is_told_and_how_it_is_taken(predictor: Predictor) -> None:
    document = Document(report.render(predictor))
    missing = predictor.evidence.missing
    assert missing is not None
    assert f"{100 * missing.complete:.0f} % of patients have every factor." in document.text
    for comparison in predictor.evidence.comparisons:
        assert comparison.candidates[comparison.chosen].missing in document.text


def test_a_model_of_before_has_a_report_too(both: Predictor) -> None:
    older = both.evidence.model_copy(update={"table_one": None, "missing": None, "analysis": None})
    text = Document(report.render(replace(both, evidence=older))).text
    assert "Table 1" not in text
    assert "What is missing" not in text

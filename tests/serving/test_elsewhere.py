"""What the report says of other sites, later patients, subgroups and the lost."""

from dataclasses import replace

import pytest

from serving import elsewhere, report
from tests.held_evidence import held
from tests.serving.html_document import Document
from therapport.predictor import Predictor


@pytest.fixture
def examined(both: Predictor) -> Predictor:
    evidence = both.evidence
    comparisons = tuple(held(one) for one in evidence.comparisons)
    return replace(both, evidence=evidence.model_copy(update={"comparisons": comparisons}))


def test_each_part_has_its_figures_with_intervals(examined: Predictor) -> None:
    document = Document(report.render(examined))
    assert document.unclosed == []
    text = document.text
    for part in (
        "At other sites",
        "0.620 (0.580 to 0.660)",
        "0.420 to 0.820",
        "37 %",
        "3 of the sites are too small",
        "Later in time",
        "Learned from 270 or more who started before 2024-03, tested on 110 or more who started later",
        "On both sides are 17 therapists, 8 sites",
        "In subgroups",
        "Gender: Woman/other",
        "0.123 (0.050 to 0.200) *",
        "Left out: 1 with fewer than 10 patients",
        "No model has seen these: Gender.",
        "40 or more patients (10 %) have no outcome",
        "Had all the lost ended poorly",
        "+0.34",
        "2 more would tell of fewer than 10 people",
    ):
        assert part in text, part
    assert "(must be 0)" in text
    cells = [one.text for one in document.all("td")]
    assert "220 or more" in cells


def test_what_is_not_known_is_not_shown(both: Predictor) -> None:
    assert all(elsewhere.parts(one) == () for one in both.evidence.comparisons)
    assert "Whether it holds elsewhere" not in Document(report.render(both)).text


def test_sites_that_are_all_too_small_are_judged_together(both: Predictor) -> None:
    comparison = held(both.evidence.comparisons[0])
    assert comparison.sites is not None
    small = comparison.sites.model_copy(update={"pooled": {}, "shown": (), "gain": None, "too_small": 8})
    [part, *_] = elsewhere.parts(comparison.model_copy(update={"sites": small}))
    assert part.tables == ()
    assert any("All sites together" in one and "0.610 (0.560 to 0.660)" in one for one in part.sentences)


def test_few_lost_are_not_described(both: Predictor) -> None:
    comparison = held(both.evidence.comparisons[0])
    assert comparison.completers is not None
    few = comparison.completers.model_copy(update={"lost": None, "share": None})
    *_, part = elsewhere.parts(comparison.model_copy(update={"completers": few}))
    assert part.sentences == ("Fewer than 10 patients have no outcome.",)
    assert part.tables == ()

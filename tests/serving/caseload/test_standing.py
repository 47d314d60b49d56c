"""Where people stand and what speaks against a good end, counted by hand from the answers."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from serving.caseload import Caseload
from serving.caseload.standing import STANDINGS, standings
from tests.serving.caseload.conftest import Files
from therapport.errors import CohortError, ModelError
from therapport.predictor import Predictor


def by_hand(row: Any, line: float) -> str:  # noqa: ANN401 - a row of several types
    if row["status"] != "scored":
        return "none"
    if row["response_probability_high"] < line:
        return "not"
    return "unsure" if row["response_probability_low"] < line else "on"


def test_everyone_stands_where_the_whole_range_lies_beside_the_cohort(both: Predictor, files: Files) -> None:
    known = standings(both, files.answers)
    line = both.evidence.cohort.base_rate
    assert line is not None
    told = [STANDINGS[place] for place in known.standing]
    assert told == [by_hand(row, line) for _, row in files.answers.iterrows()]
    assert {*told} == {*STANDINGS}


def test_a_family_speaks_against_where_its_whole_interval_does(both: Predictor, files: Files) -> None:
    known = standings(both, files.answers)
    for place, family in enumerate(both.families):
        value, high = (files.answers[f"contribution_{family}{end}"] for end in ("", "_high"))
        clear = (high < 0) & (value <= -0.01)
        assert known.against[:, place] == pytest.approx(np.where(clear, -value, 0.0))
    assert (known.against > 0).any()


def test_missing_factors_are_counted(both: Predictor, files: Files) -> None:
    table = pd.read_parquet(files.cohort)[list(both.factors)]
    assert standings(both, files.answers).missing.tolist() == table.isna().sum(axis=1).tolist()


def test_where_the_outcome_is_bad_news_more_of_it_is_not_on_track(both: Predictor, files: Files) -> None:
    assert both.outcome is not None
    bad = replace(both, outcome=SimpleNamespace(response=SimpleNamespace(favourable=False)))  # type: ignore[arg-type]
    usual, turned = standings(both, files.answers), standings(bad, files.answers)
    swapped = {0: 2, 1: 1, 2: 0, 3: 3}
    assert turned.standing.tolist() == [swapped[int(one)] for one in usual.standing]
    assert turned.favourable == pytest.approx(-usual.favourable, nan_ok=True)
    assert not ((turned.against > 0) & (usual.against > 0)).any()


def test_a_score_is_held_against_the_mean(score_only: Predictor, files: Files) -> None:
    answers = score_only.predict(pd.read_parquet(files.cohort))
    known, mean = standings(score_only, answers), score_only.evidence.cohort.mean_end_score
    assert mean is not None
    scored = answers["status"] == "scored"
    above = (answers["end_score"] > mean)[scored]
    assert (known.standing[scored] == STANDINGS.index("not")).tolist() == above.tolist()
    assert (known.standing[~scored] == STANDINGS.index("none")).all()


@pytest.mark.parametrize("kind", ["cohort", "scored"])
def test_both_sources_say_the_same(both: Predictor, files: Files, kind: str) -> None:
    listed = Caseload(getattr(files, kind)).listed(both)
    assert listed.answers["patient_id"].tolist() == files.answers["patient_id"].tolist()
    expected = standings(both, files.answers)
    for name in ("value", "low", "high", "standing", "against", "missing"):
        assert getattr(listed.standings, name) == pytest.approx(getattr(expected, name), nan_ok=True), name
    assert (listed.cohort is None) == (kind == "scored")


def test_a_cohort_file_is_answered_anew_by_a_new_version(both: Predictor, files: Files) -> None:
    caseload = Caseload(files.cohort)
    first = caseload.listed(both)
    assert caseload.listed(both) is first
    newer = caseload.listed(replace(both, version="new"))
    assert (newer.version, newer.cohort) == ("new", first.cohort)
    answers = Caseload(files.scored)
    assert answers.listed(replace(both, version="new")).version == both.version


def test_answers_under_another_codebook_are_refused(both: Predictor, files: Files) -> None:
    factors = {**both.codebook.factors}
    factors["alliance"] = factors["alliance"].model_copy(update={"range": (0.0, 9.0)})
    other = replace(both, codebook=both.codebook.model_copy(update={"factors": factors}))
    with pytest.raises(ModelError, match="another codebook"):
        Caseload(files.scored).listed(other)


def test_a_folder_without_answers_is_refused(both: Predictor, files: Files) -> None:
    with pytest.raises(CohortError, match="no answers"):
        Caseload(files.scored.parent).listed(both)

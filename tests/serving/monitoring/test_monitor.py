"""A model in use: nothing is told where nothing changed, and the right thing where something did."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.special import expit

from serving.monitoring import job, outcomes, page
from serving.monitoring.calibration import FEWEST, overall, periods
from tests.studies import Made
from therapport import simulator
from therapport.errors import CohortError, ModelError
from therapport.predictor import Predictor

PATIENTS = 1500


@pytest.fixture(scope="module")
def cohort() -> pd.DataFrame:
    made = simulator.simulate(patients=PATIENTS, therapists=20, sites=4, missing=0.05, seed=12).cohort
    return made.drop(columns=[name for name in made if str(name).endswith("_end")])


def scored(predictor: Predictor, cohort: pd.DataFrame, folder: Path) -> Path:
    """As `therapport score` leaves it: two parts in a folder."""
    known = cohort[[predictor.codebook.id, *predictor.factors]]
    answers = predictor.predict(known)
    parts = folder / "scores" / "scores.parquet"
    parts.mkdir(parents=True)
    answers.iloc[:700].to_parquet(parts / "part-00000.parquet")
    answers.iloc[700:].to_parquet(parts / "part-00001.parquet")
    return folder / "scores"


def became(predictor: Predictor, scores: Path, *, shift: float = 0.0) -> pd.DataFrame:
    """Outcomes drawn from the predictions themselves, off by a shift of the log-odds in the second year."""
    answers = pd.read_parquet(scores / "scores.parquet")
    generator = np.random.default_rng(4)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(generator.integers(0, 730, len(answers))), unit="D")
    log_odds = answers["log_odds"] + np.where(days.year == 2025, shift, 0.0)
    reached = generator.random(len(answers)) < expit(log_odds)
    points = answers["end_score"] + generator.normal(0, 4, len(answers))
    key = predictor.codebook.id
    told = {"date": days.strftime("%Y-%m-%d"), "outcome": reached.astype(int), "end_score": points}
    return pd.DataFrame({key: answers[key], **told})


def test_nothing_is_told_where_nothing_changed(linear_study: Made, cohort: pd.DataFrame, tmp_path: Path) -> None:
    predictor = linear_study.predictor
    scores = scored(predictor, cohort, tmp_path)
    inputs = tmp_path / "cohort.csv"
    cohort.to_csv(inputs, index=False)
    seen = job.monitor(predictor, scores, inputs=inputs, tolerance=0.2)
    assert {shift.part for shift in seen.compared.shifts} == {"prediction", "family", "input"}
    assert {shift.name for shift in seen.compared.of("input")} == set(predictor.factors)
    # Twenty other therapists: that they have other skills is true.
    assert {shift.name for shift in seen.compared.told} <= {"therapist_skill"}
    assert not any(one.moved for one in seen.compared.missing)
    assert seen.over_time is None
    html = page.page(predictor, seen)
    assert "No outcomes are known yet" in html
    assert "<script" not in html
    assert not any(f"{identifier}" in html for identifier in cohort["patient_id"])


def test_what_changed_is_told_by_factor_family_and_what_is_missing(
    linear_study: Made, cohort: pd.DataFrame, tmp_path: Path
) -> None:
    predictor = linear_study.predictor
    changed = cohort.assign(alliance=(cohort["alliance"] - 1).clip(1, 5))
    changed.loc[::3, "expectancy"] = np.nan
    inputs = tmp_path / "cohort.csv"
    changed.to_csv(inputs, index=False)
    seen = job.monitor(predictor, scored(predictor, changed, tmp_path), inputs=inputs, tolerance=0.2)
    told = {(shift.part, shift.name): shift for shift in seen.compared.told}
    assert told["input", "alliance"].verdict == "shifted"
    assert ("family", "contribution_alliance") in told
    assert ("input", "adherence") not in told
    assert [one.name for one in seen.compared.missing if one.moved] == ["expectancy"]
    assert "Working alliance" in page.page(predictor, seen)


def test_calibration_that_is_lost_in_the_second_year_sounds_the_alarm_then(
    linear_study: Made, cohort: pd.DataFrame, tmp_path: Path
) -> None:
    predictor = linear_study.predictor
    scores = scored(predictor, cohort, tmp_path)
    file = tmp_path / "outcomes.csv"
    became(predictor, scores, shift=-1.0).to_csv(file, index=False)
    assert outcomes.add(scores, file) == (PATIENTS, PATIENTS)
    seen = job.monitor(predictor, scores, by="year", tolerance=0.2).over_time
    assert seen is not None
    first, second = seen.periods
    assert first.figures["intercept"].holds(0)
    assert first.figures["slope"].holds(1)
    assert second.figures["intercept"].high < -0.5
    assert second.figures["observed_expected"].high < 1
    assert second.figures["score_error"].holds(0)
    ((direction, day),) = [(one.direction, one.day) for one in seen.sounded]
    assert direction == "fewer"
    assert "2025-01" <= day <= "2025-08"
    assert "Alarm in 2025" in page.page(predictor, job.monitor(predictor, scores, by="year", tolerance=0.2))
    # Added again it changes nothing, and a contradiction is refused.
    assert outcomes.add(scores, file) == (0, PATIENTS)


def test_calibration_that_holds_sounds_none(linear_study: Made, cohort: pd.DataFrame, tmp_path: Path) -> None:
    predictor = linear_study.predictor
    scores = scored(predictor, cohort, tmp_path)
    file = tmp_path / "outcomes.csv"
    became(predictor, scores).drop(columns="end_score").to_csv(file, index=False)
    outcomes.add(scores, file)
    seen = job.monitor(predictor, scores, tolerance=0.2).over_time
    assert seen is not None
    assert not seen.sounded
    assert len(seen.periods) == 8
    assert "score_error" not in seen.everyone.figures


def test_figures_of_a_period_are_those_of_other_hands() -> None:
    generator = np.random.default_rng(9)
    log_odds = generator.normal(0.3, 1.2, 300)
    truth = (generator.random(300) < expit(0.4 + 0.7 * log_odds)).astype(float)
    known = pd.DataFrame({"date": pd.Timestamp("2025-02-03"), "log_odds": log_odds, "outcome": truth})
    found = overall(known).figures

    def surprise(place: np.ndarray) -> float:
        margin = (place[0] + place[1] * log_odds) * (2 * truth - 1)
        return float(np.logaddexp(0, -margin).sum())

    slope = minimize(surprise, [0.0, 1.0]).x[1]
    intercept = minimize(lambda place: surprise(np.array([place[0], 1.0])), [0.0]).x[0]
    assert found["slope"].value == pytest.approx(slope, abs=1e-4)
    assert found["intercept"].value == pytest.approx(intercept, abs=1e-4)
    fitted = sm.Logit(truth, np.ones(300), offset=log_odds).fit(disp=0)
    assert (found["intercept"].low, found["intercept"].high) == pytest.approx(fitted.conf_int()[0], abs=1e-6)
    expected = expit(log_odds).sum()
    assert found["observed_expected"].value == pytest.approx(truth.sum() / expected)
    error = 1.959964 * np.sqrt((1 - truth.mean()) / truth.sum())
    assert found["observed_expected"].high == pytest.approx(truth.sum() / expected * np.exp(error))
    few = periods(known.iloc[: FEWEST - 1], "month")
    assert [(one.label, one.figures) for one in few] == [("2025-02", {})]


def test_answers_of_another_version_are_refused(
    linear_study: Made, tree_study: Made, cohort: pd.DataFrame, tmp_path: Path
) -> None:
    scores = scored(tree_study.predictor, cohort.iloc[:50], tmp_path)
    with pytest.raises(ModelError, match="Monitor each version by itself"):
        job.monitor(linear_study.predictor, scores, tolerance=0.2)
    (tmp_path / "nothing.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CohortError, match="no answers"):
        job.monitor(linear_study.predictor, tmp_path / "nothing.csv", tolerance=0.2)


def test_outcomes_that_do_not_fit_are_told_by_row_and_none_is_added(
    linear_study: Made, cohort: pd.DataFrame, tmp_path: Path
) -> None:
    scores = scored(linear_study.predictor, cohort.iloc[:50], tmp_path)
    ids = cohort["patient_id"].tolist()
    file = tmp_path / "outcomes.csv"
    rows = [f"{ids[0]},2025-01-01,1", f"{ids[0]},2025-01-01,1", "Zebrowski,2025-01-01,0", f"{ids[1]},Zebrowski,8642"]
    file.write_text("\n".join(["patient_id,date,outcome", *rows]))
    with pytest.raises(CohortError) as caught:
        outcomes.add(scores, file)
    said = str(caught.value)
    for problem in (
        "patient_id: stands in an earlier row (row 2)",
        "patient_id: is not among the scored patients (row 3)",
        "date: must be a day such as 2025-03-31 (row 4)",
        "outcome: must be 1 or 0, true or false, yes or no, ja or nee, or empty (row 4)",
    ):
        assert problem in said
    assert not any(text in said for text in ("Zebrowski", "8642", ids[0]))
    assert outcomes.known(scores) is None
    file.write_text(f"patient_id,date,outcome\n{ids[0]},2025-01-01,yes\n{ids[1]},2025-01-02,\n")
    assert outcomes.add(scores, file) == (2, 2)
    file.write_text(f"patient_id,date,outcome\n{ids[0]},2025-01-01,no\n")
    with pytest.raises(CohortError, match="contradict"):
        outcomes.add(scores, file)
    assert outcomes.add(scores, file, replace=True) == (0, 2)
    known = outcomes.known(scores)
    assert known is not None
    assert known.set_index("patient_id")["outcome"][ids[0]] == 0

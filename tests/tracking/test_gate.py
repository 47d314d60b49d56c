"""The gate: what is sound passes, and what is broken fails the check that is meant for it."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.studies import Made
from tests.tracking.judging import by_name, judged, with_figure, with_rules
from therapport.calibration import Affine
from therapport.explanation import Explainer
from therapport.models import LinearScore
from therapport.predictor import Predictor
from therapport.predictor.evidence import Difference, Figure, Recalibration
from therapport.predictor.gate import GateTable
from therapport.predictor.recalibrated import recalibrated
from therapport.registry import checks, in_subgroups
from therapport.registry.against_champion import Beside


def test_a_sound_first_version_passes(sound: Predictor) -> None:
    found = checks.judge(sound, None)
    assert not [check for check in found if check.stops]
    standings = {check.name: check.standing for check in found}
    assert standings["champion (response)"] == "not assessed"
    assert standings["subgroups"] == "not assessed", "there is no evidence, so it never passed"
    for name in ("baseline (response)", "baseline (end score)", "adds up", "answers fast", "golden rows"):
        assert standings[name] == "passed", name


def test_a_baseline_that_nothing_beats_passes(sound: Predictor) -> None:
    first, *others = sound.evidence.comparisons
    unbeaten = {name: Figure(value=0.001, low=-0.002, high=0.004) for name in first.candidates}
    severity = first.model_copy(
        update={
            "chosen": "severity",
            "best": "xgboost",
            "differences": {**unbeaten, "prevalence": Figure(value=0.02, low=0.01, high=0.03)},
            "beside": {"severity": {"prevalence": paired(-0.02, -0.03, -0.01)}},
        }
    )
    evidence = sound.evidence.model_copy(update={"comparisons": (severity, *others)})
    assert judged(replace(sound, evidence=evidence))["baseline (response)"] == "passed"


def paired(value: float, low: float, high: float) -> Difference:
    """With an interval over models fitted anew that is twice as wide."""
    wide = {"corrected_low": value - 2 * (value - low), "corrected_high": value + 2 * (high - value)}
    return Difference(value=value, low=low, high=high, p_value=0.1, **wide)


@pytest.mark.parametrize(
    ("severity", "standing", "said"),
    [
        (paired(-0.001, -0.004, 0.002), "failed", "Severity alone is simpler and not shown to be worse"),
        (
            paired(-0.03, -0.04, -0.02),
            "passed",
            "minus that of severity alone, over models fitted anew -0.050 to -0.010",
        ),
        (paired(-0.03, -0.05, -0.01), "passed", "over models fitted anew -0.070 to 0.010, which holds 0"),
        (paired(0.02, 0.01, 0.03), "failed", "loss 0.020 (0.010 to 0.030) minus that of severity alone"),
    ],
)
def test_the_chosen_one_must_be_shown_better_than_simpler_baselines_in_pairs(
    sound: Predictor, severity: Difference, standing: str, said: str
) -> None:
    first, *others = sound.evidence.comparisons
    beside = {"prevalence": paired(-0.05, -0.06, -0.04), "severity": severity}
    complex_one = first.model_copy(update={"chosen": "xgboost", "best": "xgboost", "beside": {"xgboost": beside}})
    evidence = sound.evidence.model_copy(update={"comparisons": (complex_one, *others)})
    found = by_name(checks.judge(replace(sound, evidence=evidence), None))["baseline (response)"]
    assert found.standing == standing
    assert said in found.figure


@pytest.mark.parametrize(("low", "standing"), [(-0.002, "failed"), (0.002, "passed")])
def test_evidence_without_pairs_is_judged_by_the_distance_to_the_best(
    sound: Predictor, low: float, standing: str
) -> None:
    first, *others = sound.evidence.comparisons
    away = {**first.differences, "severity": Figure(value=0.004, low=low, high=0.01)}
    away["prevalence"] = Figure(value=0.04, low=0.03, high=0.05)
    old = first.model_copy(update={"chosen": "xgboost", "best": "xgboost", "differences": away, "beside": {}})
    evidence = sound.evidence.model_copy(update={"comparisons": (old, *others)})
    found = by_name(checks.judge(replace(sound, evidence=evidence), None))["baseline (response)"]
    assert found.standing == standing


def test_a_version_from_before_baselines_is_not_assessed_and_stopped(linear_study: Made) -> None:
    own = linear_study.predictor
    alone = [
        one.model_copy(update={"candidates": {one.chosen: one.candidates[one.chosen]}, "differences": {}})
        for one in own.evidence.comparisons
    ]
    evidence = own.evidence.model_copy(update={"comparisons": tuple(alone)})
    found = by_name(checks.judge(replace(own, evidence=evidence), None))
    assert found["baseline (response)"].standing == "not assessed"
    assert found["baseline (response)"].stops


@pytest.mark.parametrize(
    ("metric", "figure", "standing"),
    [
        ("calibration_slope", Figure(value=2.4, low=2.1, high=2.8), "failed"),
        ("calibration_slope", Figure(value=0.3, low=0.1, high=0.45), "failed"),
        ("calibration_slope", Figure(value=2.4, low=1.1, high=4.8), "not assessed"),
        ("calibration_intercept", Figure(value=-0.8, low=-0.9, high=-0.7), "failed"),
        ("calibration_intercept", Figure(value=0.4, low=0.3, high=0.5), "passed"),
    ],
)
def test_a_miscalibrated_predictor_fails_there_and_only_there(
    sound: Predictor, metric: str, figure: Figure, standing: str
) -> None:
    name = {"calibration_slope": "calibration slope", "calibration_intercept": "calibration in the large"}[metric]
    before, now = judged(sound), judged(with_figure(sound, metric, figure))
    assert now[f"{name} (response)"] == standing
    assert {check for check in now if now[check] != before[check]} <= {f"{name} (response)"}


def test_a_predictor_whose_parts_do_not_belong_together_does_not_add_up(linear_study: Made) -> None:
    response = linear_study.predictor.response
    assert response is not None
    assert isinstance(response.score, LinearScore)
    broken = replace(response, score=replace(response.score, intercept=response.score.intercept + 0.5))
    now = judged(replace(linear_study.predictor, response=broken))
    assert now["adds up"] == "failed"
    assert judged(linear_study.predictor)["adds up"] == "passed"


def test_a_predictor_that_changed_its_mind_fails_its_golden_rows_alone(linear_study: Made) -> None:
    response = linear_study.predictor.response
    assert response is not None
    assert isinstance(response.families, Explainer)
    line = Affine(response.calibration.intercept + 0.01, response.calibration.slope)
    moved = replace(response, calibration=line, families=replace(response.families, calibration=line))
    now = judged(replace(linear_study.predictor, response=moved))
    assert (now["golden rows"], now["adds up"]) == ("failed", "passed")


def test_the_budget_is_in_milliseconds(sound: Predictor) -> None:
    assert judged(with_rules(sound, milliseconds=1e-3))["answers fast"] == "failed"
    assert judged(with_rules(sound, milliseconds=60_000.0))["answers fast"] == "passed"


def test_a_challenger_worse_than_the_champion_on_the_stated_measure_fails(sound: Predictor) -> None:
    brier = sound.evidence.comparisons[0].candidates[sound.evidence.comparisons[0].chosen].metrics["brier"].value
    better = replace(with_figure(sound, "brier", Figure(value=brier - 0.01)), version="another1")
    assert judged(sound, better)["champion (response)"] == "failed"
    assert judged(better, sound)["champion (response)"] == "passed"
    greedy = replace(better, evidence=better.evidence.model_copy(update={"gate": GateTable(margin=0.02)}))
    assert judged(greedy, sound)["champion (response)"] == "failed"


def test_the_same_model_again_is_no_reason_to_refuse(sound: Predictor) -> None:
    assert judged(sound, sound)["champion (response)"] == "passed"


def test_figures_of_two_cohorts_are_not_compared(sound: Predictor) -> None:
    cohort = sound.evidence.cohort.model_copy(update={"digest": "another"})
    elsewhere = replace(sound, version="another1", evidence=sound.evidence.model_copy(update={"cohort": cohort}))
    check = by_name(checks.judge(elsewhere, sound))["champion (response)"]
    assert check.standing == "not assessed"
    assert check.stops
    assert "--on STUDY" in check.figure
    figures: dict[Any, dict[str, Figure]] = {
        kind: {
            "brier": Figure(value=0.2),
            "r2": Figure(value=0.3),
            "calibration_slope": Figure(value=1.0),
            "calibration_intercept": Figure(value=0.0),
        }
        for kind in ("binary", "score")
    }
    worse = {kind: {**one, "brier": Figure(value=0.21), "r2": Figure(value=0.29)} for kind, one in figures.items()}
    level: dict[Any, Figure] = {kind: Figure(value=0.0, low=-0.1, high=0.1) for kind in figures}
    harm: dict[Any, Figure] = {kind: Figure(value=0.1, low=0.05, high=0.2) for kind in figures}
    some: dict[Any, dict[str, dict[str, Figure]]] = {kind: {} for kind in figures}
    assert (
        judged(elsewhere, sound, beside=Beside("on x", figures, worse, level, some))["champion (response)"] == "passed"
    )
    assert (
        judged(elsewhere, sound, beside=Beside("on x", worse, figures, level, some))["champion (response)"] == "failed"
    )
    assert (
        judged(elsewhere, sound, beside=Beside("on x", figures, worse, harm, some))["champion (response)"] == "failed"
    )


@pytest.mark.parametrize(
    ("measure", "women", "standing"),
    [
        ("brier", Figure(value=0.24, low=0.2, high=0.28), "passed"),
        ("brier", Figure(value=0.38, low=0.34, high=0.42), "failed"),
        ("brier", Figure(value=0.38, low=0.28, high=0.48), "not assessed"),
        ("auc", Figure(value=0.55, low=0.5, high=0.59), "failed"),
        ("auc", Figure(value=0.62, low=0.5, high=0.7), "passed"),
    ],
)
def test_the_measure_must_hold_in_every_subgroup(sound: Predictor, measure: str, women: Figure, standing: str) -> None:
    everyone = {"brier": Figure(value=0.2), "auc": Figure(value=0.7)}
    subgroups = {"Gender: women": {measure: women}, "Gender: men": everyone}
    check = in_subgroups.check(with_rules(sound, measure=measure), "binary", everyone, subgroups)
    assert check.standing == standing
    assert "worst in Gender: women" in check.figure
    assert in_subgroups.check(sound, "binary", everyone, {}).standing == "not assessed"


@dataclass(frozen=True)
class ByLevel:
    """Figures by subgroup as evidence holds them."""

    everyone: dict[str, Figure]
    by_name: dict[str, dict[str, Figure]]


@dataclass(frozen=True)
class WithSubgroups:
    """As much of a comparison as is asked for them."""

    subgroups: ByLevel | None


def test_figures_by_subgroup_in_the_evidence_are_judged_like_those_of_another_cohort(sound: Predictor) -> None:
    levels = {"Gender: women": {"brier": Figure(value=0.38, low=0.34, high=0.42)}}
    found = in_subgroups.of_evidence(WithSubgroups(ByLevel({"brier": Figure(value=0.2)}, levels)))
    assert found is not None
    check = in_subgroups.check(sound, "binary", found.everyone, found.by_name)
    assert check.standing == "failed"
    assert in_subgroups.of_evidence(WithSubgroups(None)) is None
    assert in_subgroups.of_evidence(object()) is None


@pytest.mark.parametrize(
    ("gains", "standings"),
    [
        ({"binary": (-0.02, -0.03, -0.01)}, ("passed",)),
        ({"binary": (-0.02, -0.05, 0.01)}, ("failed",)),
        ({"binary": (-0.02, -0.03, -0.01), "score": (0.1, -0.1, 0.3)}, ("passed", "not assessed")),
        ({"binary": (-0.02, -0.03, -0.01), "score": (0.2, 0.1, 0.3)}, ("passed", "failed")),
    ],
)
def test_a_recalibrated_child_must_be_shown_to_help(
    sound: Predictor, gains: dict[Any, tuple[float, float, float]], standings: tuple[str, ...]
) -> None:
    stated = Recalibration(
        kind="slope",
        parent=sound.version,
        cohort_digest="new",
        patients=100,
        gains={kind: Figure(value=one[0], low=one[1], high=one[2]) for kind, one in gains.items()},
    )
    child = recalibrated(sound, {"response": Affine(0.1, 1.0)}, stated)
    names = ("champion (response)", "champion (end score)")
    now = judged(child, sound)
    assert tuple(now[name] for name in names[: len(standings)]) == standings

"""The gate: what is sound passes, what is broken fails the check that is meant for it, and the verdict is kept."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import mlflow
import pytest

from tests.studies import CANARY, Made
from tests.tracking.conftest import log, register
from therapport.calibration import Affine
from therapport.errors import RegistryError
from therapport.explanation import Explainer
from therapport.models import LinearScore
from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure, Recalibration
from therapport.predictor.gate import GateTable
from therapport.predictor.recalibrated import recalibrated
from therapport.registry import aliases, checks, in_subgroups, keep, verdict
from therapport.registry.against_champion import Beside
from therapport.registry.check import Check
from therapport.tracking import database
from training import gate


def by_name(found: tuple[Check, ...]) -> dict[str, Check]:
    return {check.name: check for check in found}


def judged(challenger: Predictor, champion: Predictor | None = None, beside: Beside | None = None) -> dict[str, str]:
    return {name: check.standing for name, check in by_name(checks.judge(challenger, champion, beside=beside)).items()}


def with_rules(predictor: Predictor, **rules: object) -> Predictor:
    return replace(predictor, evidence=predictor.evidence.model_copy(update={"gate": GateTable.model_validate(rules)}))


def with_figure(predictor: Predictor, metric: str, figure: Figure) -> Predictor:
    """The response's chosen candidate with another figure."""
    first, *others = predictor.evidence.comparisons
    result = first.candidates[first.chosen]
    changed = result.model_copy(update={"metrics": {**result.metrics, metric: figure}})
    comparison = first.model_copy(update={"candidates": {**first.candidates, first.chosen: changed}})
    evidence = predictor.evidence.model_copy(update={"comparisons": (comparison, *others)})
    return replace(predictor, evidence=evidence)


@pytest.fixture
def sound(compared: Made) -> Predictor:
    """A predictor of all candidates, whose figures are what the gate asks."""
    slope = with_figure(compared.predictor, "calibration_slope", Figure(value=1.02, low=0.8, high=1.3))
    return with_rules(slope, calibration_slope=(0.5, 2.0), calibration_intercept=0.5, end_score_intercept=3.0)


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
        }
    )
    evidence = sound.evidence.model_copy(update={"comparisons": (severity, *others)})
    assert judged(replace(sound, evidence=evidence))["baseline (response)"] == "passed"


def test_what_a_simpler_baseline_matches_fails(sound: Predictor) -> None:
    first, *others = sound.evidence.comparisons
    complex_one = first.model_copy(
        update={
            "chosen": "xgboost",
            "best": "xgboost",
            "differences": {**first.differences, "severity": Figure(value=0.001, low=-0.002, high=0.004)},
        }
    )
    evidence = sound.evidence.model_copy(update={"comparisons": (complex_one, *others)})
    found = by_name(checks.judge(replace(sound, evidence=evidence), None))
    assert found["baseline (response)"].standing == "failed"
    assert "Severity alone is simpler" in found["baseline (response)"].figure


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


@pytest.fixture
def run(mlruns: Path) -> Callable[..., None]:
    assert mlruns.exists()
    return gate.run


def test_a_passed_challenger_becomes_champion_and_the_verdict_is_readable(
    run: Callable[..., None], compared: Made, sound: Predictor
) -> None:
    register(compared, sound)
    run("simulated")
    assert aliases.standing("simulated")["champion"] == "1"
    version = database.connect().get_model_version("simulated", "1")
    assert version.tags["gate"] == "passed"
    assert version.tags["gate_baseline_response"].startswith("passed: brier 0.")
    assert version.tags["gate_subgroups"].startswith("not assessed")
    assert "Gate: passed on" in version.description
    read = verdict.read("simulated", "1")
    assert read.word == "passed"
    assert read.champion is None
    assert read.rules == sound.evidence.gate
    assert by_name(read.checks)["golden rows"].standing == "passed"
    document = mlflow.artifacts.load_dict(f"runs:/{version.run_id}/gate/simulated-1.json")
    assert document["verdict"] == "passed"
    assert CANARY not in json.dumps(document)


def test_a_refused_challenger_stays_one_and_its_verdict_is_kept(
    run: Callable[..., None], compared: Made, sound: Predictor
) -> None:
    register(compared, sound)
    run("simulated")
    slow = with_rules(replace(sound, version="slower11"), milliseconds=1e-3)
    register(compared, slow)
    with pytest.raises(RegistryError, match="version 2 is not promoted; the verdict is kept with it") as caught:
        run("simulated")
    assert caught.value.exit_code == 7
    assert any("answers fast: failed" in problem for problem in caught.value.problems)
    assert aliases.standing("simulated") == {"champion": "1", "challenger": "2"}
    assert verdict.read("simulated", "2").word == "failed"
    assert database.connect().get_model_version("simulated", "2").tags["gate"] == "failed"
    run("simulated", force="The machine is slow today")
    assert aliases.standing("simulated")["champion"] == "2"
    tags = database.connect().get_model_version("simulated", "2").tags
    assert (tags["gate"], tags["gate_reason"]) == ("forced", "The machine is slow today")
    assert verdict.read("simulated", "2").forced == "The machine is slow today"


def test_a_champion_that_cannot_be_read_stops_the_challenger_and_not_a_reason(
    run: Callable[..., None], compared: Made, sound: Predictor, mlruns: Path
) -> None:
    register(compared, sound)
    aliases.promote("simulated")
    (stored,) = mlruns.rglob("manifest.json")
    stored.write_text("{}")
    register(compared, sound)
    with pytest.raises(RegistryError, match="not promoted") as caught:
        run("simulated")
    assert caught.value.problems == ("champion: not assessed: version 1, the champion, cannot be read",)
    run("simulated", force="The old one is of another format")
    assert aliases.standing("simulated") == {"champion": "2", "challenger": "2", "previous": "1"}


def test_the_same_model_once_more_is_nothing_to_go_back_to(
    run: Callable[..., None], compared: Made, sound: Predictor
) -> None:
    register(compared, replace(sound, version="first111"))
    run("simulated")
    for _ in range(2):
        register(compared, sound)
        run("simulated")
    assert aliases.standing("simulated") == {"champion": "3", "challenger": "3", "previous": "1"}


def test_force_needs_a_reason(run: Callable[..., None], compared: Made) -> None:
    register(compared)
    with pytest.raises(RegistryError, match="needs a reason"):
        run("simulated", force="  ")
    assert "champion" not in aliases.standing("simulated")


def test_a_version_that_nobody_judged_has_no_verdict(run: Callable[..., None], compared: Made) -> None:
    assert run is gate.run
    register(compared)
    with pytest.raises(RegistryError, match="has not been judged"):
        verdict.read("simulated", "1")


@pytest.mark.usefixtures("mlruns")
def test_rolling_back_works_twice_and_says_what_it_did(linear_study: Made, tree_study: Made) -> None:
    register(linear_study)
    aliases.promote("simulated")
    with pytest.raises(RegistryError, match="no previous champion"):
        aliases.rollback("simulated")
    register(tree_study)
    aliases.promote("simulated")
    assert aliases.rollback("simulated") == aliases.Promotion("simulated", "1", "2")
    assert aliases.standing("simulated") == {"champion": "1", "previous": "2", "challenger": "2"}
    assert aliases.rollback("simulated") == aliases.Promotion("simulated", "2", "1")
    assert aliases.standing("simulated") == {"champion": "2", "previous": "1", "challenger": "2"}
    with pytest.raises(RegistryError, match="no such registered model"):
        aliases.rollback("nobody")


@pytest.mark.usefixtures("mlruns")
def test_a_version_whose_run_was_deleted_is_said_so(linear_study: Made) -> None:
    run_id = log(linear_study)
    keep.register(linear_study.predictor, run_id, {})
    with pytest.raises(RegistryError, match="the registry has no version 9"):
        verdict.read("simulated", "9")

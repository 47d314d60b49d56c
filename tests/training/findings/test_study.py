"""Checks stop a study before anything is registered, unless somebody says why not."""

from pathlib import Path

import pandas as pd
import pytest

from tests import studies as material
from therapport import simulator
from therapport.errors import ConfigurationError, DesignError
from training import design as designs
from training import evaluation
from training import study as studies
from training.findings import CHECKS, settled
from training.findings.asked import of_figures


def written(folder: Path, cohort: pd.DataFrame, extra: str = "", **settings: object) -> Path:
    path = material.write(folder, cohort, **settings)
    head, *tail = path.read_text().partition("[outcome]")
    path.write_text("".join([head, extra, *tail]))
    return path


def test_a_planted_copy_of_the_outcome_stops_the_study(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    low, high = 1, 5  # the range of the alliance's mean of items
    copied = high - canary_cohort["phq9_end"] / 27 * (high - low)
    cohort = canary_cohort.assign(alliance=copied)
    with pytest.raises(DesignError) as stopped:
        designs.read(studies.read(written(tmp_path, cohort)))
    (problem,) = stopped.value.problems
    assert problem.endswith("[derived-from-outcome]")
    assert problem.startswith("alliance: ")
    reason = "a test of the check"
    path = written(tmp_path, cohort, f'[waive]\nderived-from-outcome = "{reason}"\n\n')
    warnings = designs.read(studies.read(path)).warnings
    assert any(one.startswith("alliance: ") and one.endswith(f"Waived: {reason}") for one in warnings)


def test_a_late_factor_needs_a_reason(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    factors = 'factors = ["phq9_intake", "alliance"]\n\n'
    with pytest.raises(ConfigurationError) as refused:
        studies.read(written(tmp_path, canary_cohort, factors, landmark="intake"))
    assert "after the study's landmark" in refused.value.problems[0]
    waived = f'{factors}[waive]\nlate-factor = "to see how much it would bring"\n\n'
    study = studies.read(written(tmp_path, canary_cohort, waived, landmark="intake"))
    assert study.factors == ("phq9_intake", "alliance")
    assert any("[late-factor] Waived: to see how much" in one for one in designs.read(study).warnings)


@pytest.mark.parametrize(("line", "message"), [('nothing = "x"', "no such check"), ('identifier = " "', "say why")])
def test_waivers_are_read_strictly(line: str, message: str, canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        studies.read(written(tmp_path, canary_cohort, f"[waive]\n{line}\n\n"))
    assert message in refused.value.problems[0]


@pytest.mark.parametrize("scenario", ["leaky", "published"])
def test_a_column_that_was_written_after_the_end_is_too_good_to_be_true(scenario: str, tmp_path: Path) -> None:
    made = simulator.simulate(scenario=scenario, patients=800, therapists=20, sites=4, missing=0.0, seed=3)
    simulator.write(made, tmp_path)
    path = tmp_path / "study.toml"
    text = path.read_text().replace("draws = 1000", "draws = 200").replace("repeats = 2", "repeats = 1")
    path.write_text(text.replace("[outcome]", 'candidates = ["severity", "elastic_net"]\n\n[outcome]', 1))
    study = studies.read(path)
    design = designs.read(study)
    evaluations = [evaluation.evaluate(study, target, done=lambda: None) for target in design.targets]
    found = list(of_figures(study, evaluations))
    assert {one.code for one in found} == ({"too-good"} if scenario == "leaky" else set())
    if scenario == "leaky":
        # One message for each outcome, whatever the number of candidates; it names the planted column and no value.
        kinds = [one.sentence.split(":")[0] for one in found]
        assert sorted(set(kinds)) == sorted(kinds)
        (planted,) = set(made.cohort.columns) - set(
            simulator.simulate(patients=10, therapists=2, sites=1).cohort.columns
        )
        for one in found:
            assert f"highest of {planted} (" in one.sentence
            assert f"without {planted} that of elastic net would read" in one.sentence
        with pytest.raises(DesignError, match="stopped by its own checks"):
            tuple(settled(of_figures(study, evaluations), {}))


def test_every_check_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "checks.md").read_text()
    for code, check in CHECKS.items():
        assert f"| `{code}` | {check.question} | {'stops' if check.stops else 'is told'} |" in page
        assert f"\n## {code}\n" in page

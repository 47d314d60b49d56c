"""The proofs of shares in docs/validity.md, on few patients."""

import json
from pathlib import Path

import numpy as np
import pytest

from training.validity.debate import coverage, delivery, path, recovery, scenarios

ROOT = Path(__file__).parents[2]


def test_shares_out_of_sample_are_near_the_closed_form() -> None:
    true = recovery.truth()
    assert sum(true.values()) == pytest.approx(0.374, abs=0.002)
    found = [recovery.recovered(4_000, 400, seed) for seed in range(1, 4)]
    for family, value in true.items():
        assert np.mean([one[family] for one in found]) == pytest.approx(value, abs=0.02), family


def test_alliance_that_works_through_resistance_has_a_share_and_nothing_of_its_own() -> None:
    seen = scenarios.seen("keijsers", "linear", 2, patients=2_000, therapists=80)
    assert scenarios.SIGNS["keijsers"].holds(seen)
    assert not scenarios.SIGNS["common_factors_only"].holds(seen)


def test_where_only_techniques_count_no_other_family_of_treatment_has_a_part_of_its_own() -> None:
    seen = scenarios.seen("techniques_only", "linear", 1, patients=1_500, therapists=80)
    assert scenarios.SIGNS["techniques_only"].holds(seen)
    assert not scenarios.SIGNS["keijsers"].holds(seen)


def test_paths_tell_scenarios_apart() -> None:
    """Each scenario by its own sign; `keijsers` by no other's, and no other by that of `keijsers`."""
    keijsers = path.seen("keijsers", 1)
    nothing = path.seen("null", 1)
    held = {name: (holds(keijsers), holds(nothing)) for name, (_, holds) in path.SIGNS.items()}
    assert held.pop("keijsers") == (True, False)
    assert held.pop("null")[1]
    assert not any(one for one, _ in held.values())


def test_where_nothing_predicts_nothing_is_recognised() -> None:
    seen = scenarios.seen("null", "linear", 1, patients=800, therapists=40)
    assert scenarios.SIGNS["null"].holds(seen)
    assert not any(pair.found for pair in seen.together if not pair.prestated)


@pytest.mark.parametrize(("place", "verdict"), [(0, "far_short"), (1, "short")])
def test_a_gap_in_taking_part_is_told_by_its_size(place: int, verdict: str) -> None:
    made = delivery.design(delivery.COHORTS[place], 1, patients=2_000, therapists=80)
    assert delivery.gaps(made)[delivery.HOMEWORK, "unguided"].verdict == verdict


def test_a_trial_that_was_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "PATIENTS", 100)
    kept = tmp_path / "kept.jsonl"
    first = coverage.study("linear", coverage.FIRST_SEED, patients=200, therapists=20)
    kept.write_text(f"{json.dumps(first)}\n")
    found = coverage.resumed("linear", kept, studies=2, done=lambda: None)
    assert found[0] == json.loads(json.dumps(first))
    assert len(kept.read_text().splitlines()) == 2
    text = "\n".join(coverage.lines("linear", found))
    assert "| `technique`, unique |" in text


def test_the_page_has_every_proof_and_every_scenario_is_recognised() -> None:
    page = (ROOT / "docs" / "validity.md").read_text()
    for heading in (
        "Shares out of sample",
        "Scenarios of the debate, recognised",
        "Coverage of the intervals of shares",
        "Paths",
        "Taking part, across delivery",
    ):
        assert f"## {heading}" in page
    for scenario in scenarios.SIGNS:
        assert f"### `{scenario}`" in page
    for scenario, (sign, _) in path.SIGNS.items():
        assert f"| `{scenario}`: {sign} |" in page
    assert "NOT ALWAYS" not in page

import json

import numpy as np
import pytest

from therapport import simulator
from therapport.simulator import Truth, files
from therapport.simulator.design import Design, design
from therapport.simulator.truth import shares


def asked(scenario: str) -> Design:
    return design(patients=10, therapists=1, sites=1, seed=1, missing=0, scenario=scenario)


def test_shares_of_the_published_scenario_are_those_of_the_table() -> None:
    found = shares.table(asked("published"))
    assert found["mediators_in"]["alliance"] == pytest.approx(0.0340, abs=0.0003)
    assert found["mediators_out"]["r2"] == pytest.approx(0.337, abs=0.001)


@pytest.mark.parametrize("scenario", ["published", "techniques_only", "keijsers", "ehealth_gap", "realistic"])
def test_shares_add_up_to_what_the_truth_explains(scenario: str) -> None:
    plan = asked(scenario)
    found = shares.shares(plan, shares.families(plan))
    made = simulator.simulate(
        scenario=scenario, patients=40_000, therapists=4_000, missing=0,
        parameters={
            "caseness": False, "measurement_error": 0.0, "drift": 0.0, "alliance_fading": 0.0, "dropout": 0.0,
            "missing_by_value": 0.0, "missing_by_severity": 0.0, "floors_and_ceilings": False,
        },
    )  # fmt: skip
    truth = Truth(made.design, made.parts[0])
    expected = truth.predictions(made.parts[0])["expected_end_score"].to_numpy()
    end = made.cohort["phq9_end"].to_numpy(np.float64)
    assert sum(found.values()) == pytest.approx(np.corrcoef(expected, end)[0, 1] ** 2, abs=0.02)


def test_where_technique_acts_behind_a_gate_it_has_a_share_of_its_own() -> None:
    plan = asked("keijsers")
    found = shares.shares(plan, shares.families(plan))
    # Two gates of .35: half of each variance is there without them, all of it where resistance is known.
    assert found["technique"] > 0.08
    assert found["alliance"] < found["technique"] / 2
    linear = shares.shares(asked("published"), shares.families(asked("published")))
    assert found["technique"] > 20 * linear["technique"]


def test_layers_add_their_variables_to_the_families() -> None:
    players = shares.families(asked("realistic"), mediators=False)
    assert "direct" in players["social_influence"]
    assert "short" in players["delivery"]
    assert "engage" not in players["active_role"]


def test_the_summary_says_what_the_truth_is() -> None:
    summary = json.loads(json.dumps(files.summary(asked("leaky"), ("patient",))))
    assert summary["scenario"] == "leaky"
    assert "progress_note" in summary["truth"]
    assert summary["parameters"]["layers"]["leak"] == 0.8
    assert summary["share_of_r2"]["mediators_in"]["r2"] == pytest.approx(0.3748, abs=0.001)

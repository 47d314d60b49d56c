from collections.abc import Mapping
from pathlib import Path

import pytest

from therapport import simulator
from therapport.errors import DesignError
from therapport.simulator.design import Design, design
from therapport.simulator.layers import DEFAULTS
from therapport.simulator.truth import Truth

ROOT = Path(__file__).parents[2]


def asked(parameters: Mapping[str, float | bool] | None = None, scenario: str = "published") -> Design:
    return design(patients=40, therapists=4, sites=2, seed=1, missing=0.05, scenario=scenario, parameters=parameters)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        # .95 of severity alone is .9025 of the variance
        ({"y.sev": 0.95}, r"explains 1\.\d+ of the variance of y, .* first of all y\.sev = 0\.95"),
        ({"resist3.alli3": -0.99}, r"of the variance of resist3, .* first of all resist3\.alli3 = -0\.99"),
        (
            {"sev.chron": 0.9, "chron.depriv": 0.9, "sev.depriv": -0.9},
            r"not positive definite\): lower (sev\.chron = 0\.9|sev\.depriv = -0\.9|chron\.depriv = 0\.9)",
        ),
        ({"technique_where_resistance_is_low": 0.9}, r"first of all technique_where_resistance_is_low = 0\.9"),
        ({"site_effect": 0.7}, r"first of all site_effect = 0\.7"),
    ],
)
def test_too_much_is_refused_with_the_figure_to_lower(parameters: dict[str, float], named: str) -> None:
    with pytest.raises(DesignError, match=named):
        simulator.from_design(asked(parameters))


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"dropout": 1.0}, "dropout: 1; it must be a share from 0 to below 1"),
        ({"dropout": float("nan")}, "dropout: nan; it must be a share"),
        ({"measurement_error": 1.5}, "measurement_error: 1.5; it must be from 0 to 1"),
        ({"drift": -11.0}, "drift: -11; it must be from -10 to 10"),
        ({"years": 0.0}, "years: 0; it must be above 0"),
        ({"face_to_face": 0.6, "blended": 0.6}, "face_to_face and blended: together"),
        ({"therapist_effect": 0.6, "site_effect": 0.6}, "therapist_effect and site_effect: together"),
        ({"caseness": 1.0}, "caseness: it must be true or false"),
        ({"dropout": True}, "dropout: it must be a number"),
        ({"y.sev": 1.0}, "y.sev: 1; it must be between -1 and 1"),
        ({"y.sve": 0.1}, "y.sve: y can have paths from sev"),
        ({"expect.y": 0.1}, "expect.y: expect can have paths from sev"),
        ({"sev.ther": 0.1}, "sev.ther: the therapist and the format are independent"),
        ({"a.b": 0.1}, "a.b: unknown path"),
        ({"alianc": 0.1}, "alianc: unknown parameter; known: therapist_effect"),
    ],
)
def test_an_impossible_parameter_is_named(parameters: dict[str, float | bool], problem: str) -> None:
    with pytest.raises(DesignError) as refused:
        asked(parameters)
    assert any(found.startswith(problem) for found in refused.value.problems), refused.value.problems


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(DesignError) as refused:
        design(
            patients=0, therapists=1, sites=1, seed=1, missing=0, scenario="other", factors=13,
            parameters={"dropout": 2.0, "y.x": 1.0},
        )  # fmt: skip
    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        "patients", "patients", "factors", "scenario", "dropout", "y.x",
    ]  # fmt: skip


def test_a_parameter_overrides_the_scenario() -> None:
    assert asked(scenario="leaky").layers.leak == 0.8
    assert asked({"leak": 0.3}, "leaky").layers.leak == 0.3
    assert asked({"resist3.alli3": -0.1}, "keijsers").paths["resist3.alli3"] == -0.1
    assert asked({"chron.sev": 0.5}).model.correlations["sev", "chron"] == 0.5


def test_every_parameter_scenario_and_column_of_the_truth_is_documented() -> None:
    page = (ROOT / "docs" / "simulator.md").read_text()
    for name in (*DEFAULTS, *simulator.SCENARIOS):
        assert f"`{name}`" in page, name
    made = simulator.from_design(asked(scenario="realistic"))
    for column in Truth(made.design, made.parts[0]).of(made.parts[0]).columns:
        general = column
        for start in ("score_contribution_", "log_odds_"):
            if column.startswith(start) and column != "log_odds_reference":
                general = f"{start}<family>"
        general = "latent_<variable>" if column.startswith("latent_") else general
        assert column == "patient_id" or f"`{general}`" in page, column


def test_the_command_offers_every_scenario() -> None:
    from training import commands

    assert tuple(simulator.SCENARIOS) == commands.SCENARIOS

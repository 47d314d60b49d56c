"""The proofs of docs/validity.md, on few patients."""

from pathlib import Path

import pytest
from sklearn.linear_model import LinearRegression

from therapport import simulator
from therapport.simulator import path_model
from training.validity import family_shares, nothing, recovery
from training.validity.page import table

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mediators", [True, False])
def test_shares_of_families_are_recovered_by_least_squares(mediators: bool) -> None:
    truth = {
        True: (0.2163, 0.0340, 0.0023, 0.0562, 0.0624, 0.0032),
        False: (0.2176, 0.0451, 0.0024, 0.061, 0.0059, 0.0049),
    }
    found = [family_shares.recovered(4_000, 400, seed, mediators=mediators) for seed in range(1, 6)]
    means = [sum(one[family] for one in found) / len(found) for family in found[0]]
    assert means == pytest.approx(list(truth[mediators]), abs=0.015)


def test_shares_of_r2_come_from_the_r2_of_fitted_linear_models() -> None:
    latent = simulator.simulate(patients=500, therapists=50, parameters={"caseness": False}).latent
    for predictors in (["sev"], ["sev", "alli3"], ["engage", "ther", "react", "format_guided"]):
        fitted = LinearRegression().fit(latent[predictors], latent["y"])
        explained = path_model.r_squared(latent.corr(), predictors)
        assert explained == pytest.approx(fitted.score(latent[predictors], latent["y"]))


def test_contributions_of_an_elastic_net_are_nearly_the_true_ones() -> None:
    made, design = recovery.learn("published", 3_000, 1)
    new = simulator.simulate(patients=500, therapists=50, seed=99, missing=0)
    for target in design.targets:
        found = recovery.recover("elastic_net", target, made, design, new)
        assert found.families == ("patient", "alliance", "technique", "social_influence", "active_role", "delivery")
        for family, (correlation, _) in zip(found.families, recovery.figures([found]), strict=True):
            if family != "technique":  # .15 points are hard to find among 3,000
                assert correlation is not None
                assert correlation > 0.95, family


def test_a_candidate_that_uses_severity_alone_contributes_nothing_elsewhere() -> None:
    made, design = recovery.learn("published", 600, 1)
    found = recovery.recover("severity", design.targets[-1], made, design, made)
    figures = dict(zip(found.families, recovery.figures([found]), strict=True))
    assert figures["patient"][0] is not None
    assert figures["alliance"][0] is None
    assert figures["alliance"][1] == pytest.approx(abs(found.true[:, 1]).mean())


def test_nothing_is_found_where_there_is_nothing() -> None:
    each = [nothing.auc("severity", seed, patients=400) for seed in range(1, 9)]
    # Standard error of one AUC at 400 patients: about .029
    assert sum(each) / len(each) == pytest.approx(0.5, abs=0.04)


def test_a_table_is_markdown() -> None:
    assert table(["a", "b"], [["x", "1"]]) == ["| a | b |", "|---|---:|", "| x | 1 |", ""]


def test_the_page_has_a_section_for_every_proof_and_nothing_is_beyond_what_is_allowed() -> None:
    page = (ROOT / "docs" / "validity.md").read_text()
    for heading in (
        "Latent correlations",
        "Base rates",
        "Families' shares",
        "Is the truth true?",
        "Nothing to predict",
    ):
        assert f"## {heading}" in page
    for scenario in recovery.SCENARIOS:
        assert f"(`{scenario}`)" in page
    assert "BEYOND" not in page
    assert "| NO |" not in page

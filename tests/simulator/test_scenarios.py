"""What each scenario says of itself holds in its patients."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from therapport import codebook, cohort, simulator
from therapport.simulator import Simulated, described
from training import study as studies


@cache
def made(scenario: str, factors: int = 12) -> Simulated:
    return simulator.simulate(scenario=scenario, patients=20_000, therapists=400, seed=2, factors=factors)


@pytest.mark.parametrize("scenario", simulator.SCENARIOS)
@pytest.mark.parametrize("factors", [12, 40])
def test_files_fit_their_own_codebook_and_study(scenario: str, factors: int, tmp_path: Path) -> None:
    small = simulator.simulate(scenario=scenario, patients=300, therapists=30, factors=factors, seed=4)
    simulator.write(small, tmp_path)
    study = studies.read(tmp_path / "study.toml")
    read = cohort.read(study.cohort_path, study.codebook)
    assert len(read.table) == 300
    assert study.name == ("simulated" if scenario == "published" else f"simulated-{scenario}")
    assert ("Flückiger" in study.codebook.source) == (scenario == "published")
    assert ("scenario" in study.codebook.source) == (scenario != "published")
    assert study.codebook.title.startswith("SIMULATED")
    assert len(study.factors) >= factors
    assert study.codebook.simulated
    if factors == 40:
        extra = {"planned_sessions": small.design.layers.short_treatments, "progress_note": small.design.layers.leak}
        assert len(study.factors) == 40 + sum(bool(size) for size in extra.values())


def test_without_the_limits_of_instruments_the_codebook_allows_what_is_there(tmp_path: Path) -> None:
    for place, switch in enumerate(("whole_numbers", "floors_and_ceilings")):
        folder = tmp_path / str(place)
        small = simulator.simulate(patients=2000, factors=40, parameters={switch: False})
        simulator.write(small, folder)
        study = studies.read(folder / "study.toml")
        cohort.read(study.cohort_path, study.codebook)
        end = small.cohort["phq9_end"].astype(float)
        assert (end.min() < 0) == (switch == "floors_and_ceilings")
        assert (end == end.round()).all() == (switch == "floors_and_ceilings")


def test_the_default_is_the_linear_core() -> None:
    assert simulator.simulate(patients=50, therapists=8).design.scenario == "published"


def test_in_null_nothing_goes_with_the_outcome() -> None:
    found = made("null").latent.corr()["y"].drop("y")
    assert found.abs().max() < 4.5 / np.sqrt(20_000)
    assert made("null").truth["expected_end_score"].std() < 1e-9
    assert made("null").design.preset.response == "recovery"


def test_technique_acts_only_where_resistance_is_low_in_keijsers() -> None:
    latent = made("keijsers").latent
    technique = latent["tech_comp"] + latent["tech_adh"]
    low = latent["resist3"] < 0
    # Competence goes with the therapist's skill (r .35), whose own path is -.195: -.195 * .35 / 2 everywhere.
    assert np.polyfit(technique[~low], latent["y"][~low], 1)[0] == pytest.approx(-0.034, abs=0.03)
    assert np.polyfit(technique[low], latent["y"][low], 1)[0] == pytest.approx(-0.384, abs=0.03)
    assert latent["alli3"].corr(latent["resist3"]) < -0.55


def test_only_technique_or_only_common_factors_contribute_where_they_say_so() -> None:
    process = ("alliance", "technique", "social_influence", "active_role")
    spread = {
        scenario: made(scenario).truth[[f"score_contribution_{family}" for family in process]].std()
        for scenario in ("techniques_only", "common_factors_only")
    }
    only, common = spread["techniques_only"], spread["common_factors_only"]
    # Where a rating is missing, other families say something of it.
    assert only["score_contribution_technique"] > 10 * only.drop("score_contribution_technique").max()
    assert common["score_contribution_technique"] < 0.1 * common.drop("score_contribution_technique").min()


def test_engagement_suffers_in_unguided_ehealth() -> None:
    def gap(scenario: str) -> float:
        latent = made(scenario).latent
        return float(latent.groupby("format_guided")["engage"].mean().diff().iloc[-1])

    assert gap("published") == pytest.approx(0.40, abs=0.06)
    assert gap("ehealth_gap") == pytest.approx(0.90, abs=0.06)
    modes = made("ehealth_gap").cohort["delivery_mode"].value_counts(normalize=True)
    assert dict(modes.round(2)) == pytest.approx(
        {"unguided": 0.5, "face_to_face": 0.25, "guided": 0.15, "blended": 0.1}, abs=0.02
    )
    left = made("ehealth_gap").cohort.groupby("delivery_mode")["dropped_out"].mean()
    assert left["unguided"] > left["face_to_face"] + 0.1


def test_the_leak_goes_with_the_outcome_and_the_truth_does_not_know_it() -> None:
    leaky = made("leaky")
    assert leaky.cohort["progress_note"].corr(leaky.latent["y"]) == pytest.approx(-0.8, abs=0.02)
    assert described.described(leaky.design).factors["progress_note"].known_at is codebook.Landmark.SESSION_3
    np.testing.assert_allclose(leaky.truth["expected_end_score"], made("published").truth["expected_end_score"])


def test_the_world_drifts() -> None:
    drifting = made("drifting")
    days = (drifting.cohort["start_date"].astype("datetime64[s]") - np.datetime64("2021-01-01")).dt.days
    years = days / 365.25
    assert years.min() >= 0
    assert 2.9 < years.max() < 3.0
    slope = np.polyfit(years, drifting.latent["y"], 1)[0] * 6.4
    assert slope == pytest.approx(1.0, abs=0.25)
    early, late = drifting.latent[years < 0.5], drifting.latent[years > 2.5]
    assert late["alli3"].corr(late["y"]) - early["alli3"].corr(early["y"]) > 0.02
    assert drifting.latent.drop(columns="y").equals(made("published").latent.drop(columns="y"))


def test_layers_leave_what_they_do_not_touch_as_it_was() -> None:
    plain, wide = made("published").cohort, made("published", 40).cohort
    assert wide[plain.columns].equals(plain)
    lost = simulator.simulate(patients=20_000, therapists=400, seed=2, parameters={"dropout": 0.2})
    columns = [name for name in plain.columns if name not in ("phq9_end", "sessions_attended")]
    assert lost.cohort[columns].equals(plain[columns])
    assert lost.latent.equals(made("published").latent)

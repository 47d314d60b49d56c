"""Cohorts of several blocks: written one after the other, the same as in memory."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from therapport import simulator
from therapport.simulator import block, simulation, world
from therapport.simulator.design import Design, design
from therapport.simulator.truth import patients as truths


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "BLOCK", 100)
    monkeypatch.setattr(truths, "REFERENCE", 40)


def asked(**parameters: float) -> Design:
    return design(
        patients=250, therapists=12, sites=3, seed=6, missing=0.1, scenario="realistic", parameters=parameters
    )


def test_files_are_the_same_whether_the_cohort_was_in_memory_or_not(tmp_path: Path) -> None:
    told: list[int] = []
    streamed = simulator.write_blocks(asked(), tmp_path / "streamed", done=told.append)
    whole = simulator.write(simulator.from_design(asked()), tmp_path / "whole")
    assert told == [100, 100, 50]
    assert [path.read_bytes() for path in streamed] == [path.read_bytes() for path in whole]
    assert parquet.ParquetFile(streamed[0]).num_row_groups == 3


def test_a_block_is_the_same_whatever_others_are_drawn() -> None:
    shared = world.world(asked())
    alone = block.block(shared, 2)
    assert alone.cohort.equals(list(simulation.drawn(asked()))[2].cohort)
    assert list(alone.cohort["patient_id"][[0, 49]]) == ["S000201", "S000250"]


def test_blocks_differ_and_share_their_therapists() -> None:
    made = simulator.from_design(asked(measurement_error=1.0))
    assert made.cohort["patient_id"].is_unique
    assert made.latent["y"].is_unique
    for column in ("site_id", "therapist_skill"):
        pairs = made.cohort[["therapist_id", column]].drop_duplicates()
        assert pairs["therapist_id"].is_unique, column
    assert len(made.truth) == 250
    assert made.sessions["episode_id"].to_pandas().nunique() == 250


def test_clusters_go_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = {"therapist_effect": 0.2, "site_effect": 0.1}
    monkeypatch.setattr(world, "BLOCK", 8_000)
    made = simulator.simulate(
        patients=20_000, therapists=200, sites=50, missing=0, parameters={**parameters, "caseness": False}
    )
    truth = simulator.Truth(made.design, made.parts[0])
    expected = pd.concat([truth.predictions(part) for part in made.parts], ignore_index=True)["expected_end_score"]
    residual = made.latent["y"] - (expected - 9.4) / 6.4
    by_therapist = residual.groupby(made.cohort["therapist_id"]).mean()
    # .2 + .1 of the variance between therapists, and what 100 patients each leave to chance
    assert np.var(by_therapist) == pytest.approx(0.30, abs=0.1)
    by_site = by_therapist.groupby(made.cohort.groupby("therapist_id")["site_id"].first()).mean()
    assert np.var(by_site) > 0.08
    assert pd.Series(made.latent["y"]).var() == pytest.approx(1, abs=0.08)


def test_every_table_says_that_it_is_simulated(tmp_path: Path) -> None:
    simulator.write_blocks(asked(), tmp_path)
    for path in tmp_path.glob("*.parquet"):
        metadata = parquet.read_schema(path).metadata
        assert metadata[b"therapport.simulated"] == b"true"
        assert metadata[b"therapport.scenario"] == b"realistic"
    assert '"simulated": true' in (tmp_path / "truth.json").read_text()
    for path in tmp_path.glob("codebook*.toml"):
        assert "simulated = true" in path.read_text()


def test_nothing_is_written_for_a_design_that_cannot_be(tmp_path: Path) -> None:
    from therapport.errors import DesignError

    with pytest.raises(DesignError):
        simulator.write_blocks(asked(alliance_by_technique=0.9), tmp_path / "new")
    assert not (tmp_path / "new").exists()

"""The long table as arrays: each measurement where it belongs, and only of measures that have a place on the path."""

from pathlib import Path

import numpy as np
import pandas as pd

from therapport import simulator
from therapport.codebook import Landmark
from training import design as designs
from training import study as studies
from training.shares.path import long
from training.shares.path.stages import stages


def test_every_measurement_stands_at_its_patient_and_session(tmp_path: Path) -> None:
    simulator.write(simulator.simulate(patients=120, therapists=12, sites=2), tmp_path / "sim")
    study = studies.read(tmp_path / "sim" / "study-sessions.toml", landmark=Landmark("session3"))
    design = designs.read(study)
    target = next(one for one in design.targets if one.kind == "score")
    found = stages(study)
    assert found is not None
    assert long.measures(design, found) == (("wai_sr",), ("homework",), "phq9")
    held = long.wide(design, target, ("wai_sr", "phq9"))
    table = pd.read_parquet(tmp_path / "sim" / "sessions.parquet")
    ids = design.cohort.table["patient_id"].to_numpy()[target.rows]
    for name, values in held.items():
        own = table[(table["measure"] == name) & table["episode_id"].astype(str).isin(ids)]
        assert np.isfinite(values).sum() == len(own)
        for _, row in own.sample(50, random_state=1).iterrows():
            place = list(ids).index(str(row["episode_id"]))
            assert values[place, row["session"]] == row["value"]

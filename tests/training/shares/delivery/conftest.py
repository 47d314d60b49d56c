"""One cohort with every kind of delivery, dropout and planned sessions."""

from pathlib import Path

import pytest

from therapport import simulator
from training import design as designs
from training import study as studies
from training.design import Design


def written(folder: Path, **changes: object) -> Path:
    """The study of a small cohort with an e-health gap; `changes` are arguments of the simulator."""
    arguments: dict[str, object] = {"scenario": "ehealth_gap", "patients": 900, "therapists": 45, "sites": 4, "seed": 4}
    made = simulator.simulate(**{**arguments, **changes})  # type: ignore[arg-type]
    simulator.write(made, folder, overwrite=True)
    study = folder / "study.toml"
    lighter = study.read_text().replace("repeats = 2", "repeats = 1").replace("draws = 1000", "draws = 100")
    study.write_text(lighter.replace("folds = 5", "folds = 3"))
    return study


@pytest.fixture(scope="session")
def gap_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study's file; not to be changed."""
    return written(tmp_path_factory.mktemp("gap"))


@pytest.fixture(scope="session")
def gap_design(gap_study: Path) -> Design:
    """Its design."""
    return designs.read(studies.read(gap_study))

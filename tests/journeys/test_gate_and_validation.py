"""Judge, promote, validate elsewhere, recalibrate, roll back: by the commands that a user types."""

import shutil
from pathlib import Path

import pytest

from tests.journeys.conftest import Run


@pytest.fixture
def own(trained: Path, tmp_path: Path) -> Path:
    """The trained folder, to be written to; its runs are told where they now are."""
    shutil.copytree(trained / "sim", tmp_path / "sim")
    (tmp_path / "mlruns").mkdir()
    return tmp_path


def test_the_whole_life_of_a_champion(therapport: Run, own: Path) -> None:
    def ok(*command: object) -> str:
        done = therapport(*command, cwd=own)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    ok("compare", "sim/study.toml")
    judged = ok("promote", "simulated")
    for check in ("baseline (response)", "calibration slope (end score)", "subgroups", "adds up", "golden rows"):
        assert check in judged
    assert "version 1 is now champion" in judged

    refused = therapport("promote", "simulated", cwd=own)
    assert refused.returncode == 7
    assert "champion already" in refused.stderr
    alone = therapport("rollback", "simulated", cwd=own)
    assert alone.returncode == 7
    assert "no previous champion" in alone.stderr

    same = therapport("validate", "models:/simulated@champion", "sim/study.toml", cwd=own)
    assert same.returncode == 5
    assert "nothing about it is external" in same.stderr
    ok("simulate", "--patients", 500, "--therapists", 25, "--sites", 4, "--seed", 8, "-o", "elsewhere")
    cohort = ("--cohort", "elsewhere/cohort.parquet")
    shown = ok("validate", "models:/simulated@champion", "sim/study.toml", *cohort, "--recalibrate", "slope")
    for words in ("frozen; 95 % intervals", "Mean over sites", "A further site", "Calibration curve", "version 2"):
        assert words in shown

    forced = ok("promote", "simulated", "--force", "The service asked for a local line")
    assert "version 2 is now champion" in forced
    assert "version 1 is champion again" in ok("rollback", "simulated")
    assert "version 2 is champion again" in ok("rollback", "simulated")

    bare = therapport("promote", "simulated", "--force", cwd=own)
    assert bare.returncode == 2
    unknown = therapport("validate", "models:/nobody@champion", "sim/study.toml", *cohort, cwd=own)
    assert unknown.returncode == 7

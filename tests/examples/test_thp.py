"""The Thinking Healthy trial by a made-up file with the original's columns: nobody in it exists."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tests.examples.conftest import Home
from therapport import codebook, cohort, examples
from therapport.errors import MissingPartError
from therapport.examples import Example, thp
from training import commands
from training import design as designs
from training import study as studies

COUNCILS = 10
DEPRESSED, OTHERS = 120, 40


def made_up() -> pd.DataFrame:
    """Mothers of 10 councils, the last 40 without a score at the start; worker 1 + place modulo 66."""
    random = np.random.default_rng(1)
    mothers = DEPRESSED + OTHERS
    place = np.arange(mothers)
    table = pd.DataFrame({column: random.integers(0, 2, mothers).astype(float) for column in thp.COLUMNS})
    table["uc"] = place % COUNCILS + 1
    table["treat"] = place % 2
    table["age_baseline"] = random.integers(18, 40, mothers)
    table["mo_ht"] = random.uniform(1.4, 1.7, mothers).round(2)
    table["mo_bmi"] = random.uniform(16, 40, mothers).round(1)
    table["gaf_baseline"] = random.integers(51, 71, mothers)
    table["mspss_baseline"] = random.integers(12, 84, mothers)
    table["ses_bl_flipped"] = random.integers(0, 5, mothers)
    table["ses_baseline"] = 5 - table["ses_bl_flipped"]
    table["hamd_baseline"] = np.where(place < DEPRESSED, random.integers(8, 24, mothers), np.nan)
    table["hamd_6m"] = np.where(place % 12 == 0, np.nan, random.integers(0, 20, mothers))
    workers = {f"lhw_{number}": (place % 66 + 1 == number).astype(float) for number in range(1, 67)}
    # By the roster that was merged later, some have no worker columns at all.
    flags = pd.DataFrame(workers).mask(pd.Series(place == 1), axis=0)
    return pd.concat([table, flags, pd.Series("é", index=table.index, name="note")], axis=1)


def content() -> bytes:
    return made_up().to_csv(index=False).encode("latin-1")


def test_mothers_without_a_score_at_the_start_are_left_out_and_the_others_numbered() -> None:
    trial = thp.reduced(content())
    assert trial.shape == (DEPRESSED, 44)
    assert trial["patient_id"].tolist() == list(range(1, DEPRESSED + 1))
    assert list(trial)[:4] == ["patient_id", "uc", "lhw_code", "treat"]


def test_the_health_worker_is_read_from_the_columns_of_zeros_and_ones() -> None:
    worker = thp.reduced(content())["lhw_code"]
    assert worker[0] == 1
    assert worker[64] == 65
    assert worker[66] == 1  # 66 modulo 66 is 0: worker 1 again
    # Column 66 says that none is known; the second row has no such columns filled.
    assert worker[worker.isna()].index.tolist() == [1, 65]


def test_columns_take_their_names_of_the_codebook_and_the_flipped_status_replaces_the_other() -> None:
    original = made_up()
    trial = thp.reduced(content())
    assert trial["ses_baseline"].tolist() == original["ses_bl_flipped"][:DEPRESSED].tolist()
    for before, after in thp.RENAMED.items():
        assert trial[after].tolist() == original[before][:DEPRESSED].tolist(), after


def test_a_downloaded_file_becomes_an_example_that_its_study_can_be_carried_out_on(
    home: Home, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.content = content()
    remote = home.remote()
    monkeypatch.setitem(examples.EXAMPLES, "thp", Example("made up", lambda: thp.load(remote), remote))
    folder = tmp_path / "thp"
    refused = CliRunner().invoke(commands.examples, ["thp", "-o", str(folder)])
    assert isinstance(refused.exception, MissingPartError)
    assert home.address in str(refused.exception)
    assert not folder.exists()

    for arguments in (["--download"], ["--overwrite", "--download"], ["--overwrite"]):
        done = CliRunner().invoke(commands.examples, ["thp", "-o", str(folder), *arguments])
        assert done.exit_code == 0, done.output
    assert len(home.asked) == 1  # what is kept is not fetched again
    assert (kept / "cohort.csv").read_bytes() == home.content

    described = codebook.read(folder / "codebook.toml")
    made = cohort.read(folder / "cohort.csv", described)
    assert made.notices == ()
    assert set(thp.reduced(home.content)) == described.columns()
    design = designs.read(studies.read(folder / "study.toml"))
    assert [target.kind for target in design.targets] == ["binary", "score"]
    for target in design.targets:
        assert len(target.rows) == DEPRESSED - 10  # every twelfth is missing
        assert len(np.unique(target.cluster)) == COUNCILS


def test_no_later_outcome_reason_of_loss_or_health_worker_is_a_factor() -> None:
    described = codebook.read(Path(thp.__file__).parent / "thp" / "codebook.toml")
    later = {"lhw_code", "uc", "lost_by_7y", "refused", "moved", "stillbirth", "childdeath", "motherdeath"}
    assert not later & set(described.factors)
    assert not [name for name in described.factors if name.endswith(("_6m", "_6m_2", "_1y", "_1y_2", "_7y"))]
    assert "lhw_code" in described.groups.values()


def test_only_what_is_not_shipped_can_be_downloaded(tmp_path: Path) -> None:
    done = CliRunner().invoke(commands.examples, ["btheb", "-o", str(tmp_path / "btheb"), "--download"])
    assert done.exit_code == 2
    assert "needs no download" in done.output
    assert not (tmp_path / "btheb").exists()


def test_the_original_is_one_file_at_one_commit_over_a_secure_connection() -> None:
    assert thp.ORIGINAL.address.startswith("https://raw.githubusercontent.com/pietrobiroli/maternalDepression/3845962")
    assert len(thp.ORIGINAL.digest) == 64

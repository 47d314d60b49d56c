"""Files and folders that are bad in themselves, through the real commands: a sentence, its exit code, nothing lost."""

import ctypes
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cohort import written_files
from tests.journeys.conftest import COMMAND, Run

COHORT, CONFIGURATION, OUTPUT = 4, 3, 9
CANARY = "Zebrowski"
ROWS = 120


def patients(**changed: object) -> pd.DataFrame:
    make = np.random.default_rng(5)
    columns = {
        "patient_id": [f"P{place}" for place in range(ROWS)],
        "age": make.integers(18, 80, ROWS),
        "mode": make.choice(["face", "online"], ROWS),
        "phq9_pre": make.integers(5, 28, ROWS),
        "phq9_post": make.integers(0, 28, ROWS),
    }
    return pd.DataFrame(columns | changed)


def drafted(therapport: Run, frame: pd.DataFrame, folder: Path) -> str:
    """What `init` says of the patients, who stand in cohort.csv from then on."""
    frame.to_csv(folder / "cohort.csv", index=False)
    done = therapport("init", "cohort.csv", "-o", "mine", cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(done: "subprocess.CompletedProcess[str]", code: int, *expected: str) -> None:
    assert done.returncode == code, done.stderr
    for text in expected:
        assert text in done.stderr
    for never in (CANARY, "Traceback", "unforeseen"):
        assert never not in done.stdout + done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_column_without_any_value_is_kept_out_or_told_of(therapport: Run, tmp_path: Path) -> None:
    drafted(therapport, patients(homework=[None] * ROWS), tmp_path)
    codebook = tmp_path / "mine" / "codebook.toml"
    assert '"homework",  # REVIEW: sure: empty: it tells nobody apart.' in codebook.read_text()
    done = therapport("check", "mine/study.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    patients(age=[None] * ROWS).to_csv(tmp_path / "cohort.csv", index=False)
    done = therapport("check", "mine/study.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "age is missing in every patient." in done.stdout
    study = tmp_path / "mine" / "study.toml"
    quick = study.read_text().replace("draws = 1000", "draws = 100").replace("repeats = 2", "repeats = 1")
    study.write_text(quick.replace("seed = 1\n", 'seed = 1\ncandidates = ["severity", "elastic_net"]\n'))
    (tmp_path / "mlruns").mkdir()
    done = therapport("compare", "mine/study.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_text_among_numbers_is_announced_by_init_and_named_by_check(therapport: Run, tmp_path: Path) -> None:
    mixed = patients().astype({"age": object, "phq9_pre": object})
    mixed.loc[4, "age"] = mixed.loc[7, "phq9_pre"] = CANARY
    said = drafted(therapport, mixed, tmp_path)
    assert "TO BE MENDED in the file: age: some values are not numbers; check names the rows." in said
    assert "TO BE MENDED in the file: phq9_pre: some values are not numbers; check names the rows." in said
    done = therapport("check", "mine/study.toml", cwd=tmp_path)
    refused(
        done, COHORT, "age: must be a number from 18 to 100: row 5", "phq9_pre: must be a number from 0 to 27: row 8"
    )
    assert CANARY not in said + "".join(path.read_text() for path in (tmp_path / "mine").iterdir())


def test_two_encodings_in_one_file_are_refused_whatever_is_said_of_them(therapport: Run, tmp_path: Path) -> None:
    lines = patients(mode="Café").to_csv(index=False).splitlines()
    encoded = [line.encode("utf-8" if number % 2 else "cp1252") for number, line in enumerate(lines)]
    (tmp_path / "cohort.csv").write_bytes(b"\n".join(encoded))
    refused(
        therapport("init", "cohort.csv", "-o", "mine", cwd=tmp_path),
        COHORT,
        "line 3 is not UTF-8",
        "--encoding cp1252",
    )
    refused(
        therapport("init", "cohort.csv", "-o", "mine", "--encoding", "cp1252", cwd=tmp_path),
        COHORT,
        "line 2 is UTF-8, not cp1252",
    )
    refused(
        therapport("init", "cohort.csv", "-o", "mine", "--encoding", "rot13", cwd=tmp_path),
        COHORT,
        "no such encoding is known",
    )
    assert not (tmp_path / "mine").exists()


def test_an_encoding_that_init_is_told_stands_in_the_study(therapport: Run, tmp_path: Path) -> None:
    text = patients(employment=["présent", "congé"] * (ROWS // 2)).to_csv(index=False)
    (tmp_path / "cohort.csv").write_bytes(text.encode("cp1252"))
    done = therapport("init", "cohort.csv", "-o", "mine", "--encoding", "cp1252", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'encoding = "cp1252"' in (tmp_path / "mine" / "study.toml").read_text()
    assert "présent" in (tmp_path / "mine" / "codebook.toml").read_text(encoding="utf-8")
    done = therapport("check", "mine/study.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_value_labels_that_contradict_the_codebook(therapport: Run, tmp_path: Path) -> None:
    frame = patients(gender=[1.0, 2.0] * (ROWS // 2)).drop(columns="mode")
    written_files.spss(frame, tmp_path / "cohort.sav", variable_value_labels={"gender": {1.0: "Female", 2.0: "Male"}})
    done = therapport("init", "cohort.sav", "-o", "mine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert therapport("check", "mine/study.toml", cwd=tmp_path).returncode == 0
    written_files.spss(frame, tmp_path / "cohort.sav", variable_value_labels={"gender": {1.0: "Male", 2.0: "Female"}})
    refused(
        therapport("check", "mine/study.toml", cwd=tmp_path),
        COHORT,
        "gender: level 1: the file's value labels call it something else than the codebook does",
        "gender: level 2: the file's value labels call it something else than the codebook does",
    )


def test_five_thousand_columns_are_drafted_and_checked(therapport: Run, tmp_path: Path) -> None:
    many = pd.DataFrame(np.arange(ROWS * 4990).reshape(ROWS, 4990) % 7, columns=[f"blurb_{n}x" for n in range(4990)])
    said = drafted(therapport, pd.concat([patients(), many], axis=1), tmp_path)
    assert said.startswith("4,995 columns: ")
    done = therapport("check", "mine/study.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_file_that_no_memory_can_hold_is_refused_before_it_is_read(therapport: Run, tmp_path: Path) -> None:
    drafted(therapport, patients(), tmp_path)
    try:
        os.truncate(tmp_path / "cohort.csv", 2**42)  # 4 TB, of which nearly all is a hole
    except OSError:
        pytest.skip("the file system makes no file of this size")
    for arguments in (("init", "cohort.csv", "-o", "new"), ("check", "mine/study.toml")):
        refused(therapport(*arguments, cwd=tmp_path), COHORT, "a file of 4,398.0 GB needs about 13,194.1 GB of memory")
    assert not (tmp_path / "new").exists()


def test_links_that_lead_to_themselves(therapport: Run, tmp_path: Path) -> None:
    for name in ("loop.csv", "loop", "study.toml"):
        (tmp_path / name).symlink_to(name)
    drafted(therapport, patients(), tmp_path)
    before = contents(tmp_path / "mine")
    refused(therapport("init", "loop.csv", "-o", "new", cwd=tmp_path), COHORT, "a link that leads to no file")
    refused(therapport("init", "cohort.csv", "-o", "loop", cwd=tmp_path), OUTPUT, "loop: cannot be written")
    refused(therapport("init", "cohort.csv", "-o", "loop/new", cwd=tmp_path), OUTPUT, "Too many levels")
    refused(therapport("check", "study.toml", cwd=tmp_path), CONFIGURATION, "Too many levels of symbolic links")
    refused(therapport("check", "mine/study.toml", "-o", "loop/a.html", cwd=tmp_path), OUTPUT, "cannot be written")
    assert contents(tmp_path / "mine") == before
    assert not (tmp_path / "new").exists()


WITHOUT_PRIVILEGE = """
import ctypes, os, sys
for capability in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: root is no exception any more
    if os.geteuid() == 0 and ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) != 0:
        sys.exit(77)
os.execv(sys.argv[1], sys.argv[1:])
"""


def as_anybody(*arguments: object, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """The command under the permissions of files, for root too."""
    command = [sys.executable, "-c", WITHOUT_PRIVILEGE, str(COMMAND), *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode == 77:
        pytest.skip("root, and the system does not let it give up its privileges")
    return done


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "prctl"), reason="privileges are given up as on Linux")
def test_folders_and_files_without_permission(therapport: Run, trained: Path, tmp_path: Path) -> None:
    drafted(therapport, patients(), tmp_path)
    (tmp_path / "secret.csv").write_text("patient_id\n1\n")
    (tmp_path / "secret.csv").chmod(0)
    (tmp_path / "closed").mkdir(mode=0o500)
    refused(as_anybody("init", "cohort.csv", "-o", "closed/mine", cwd=tmp_path), OUTPUT, "Permission denied")
    refused(
        as_anybody("check", "mine/study.toml", "-o", "closed/check.html", cwd=tmp_path), OUTPUT, "Permission denied"
    )
    scored = as_anybody(
        "score", trained / "model", trained / "sim" / "cohort.parquet", "-o", "closed/out", cwd=tmp_path
    )
    refused(scored, OUTPUT, "Permission denied")
    assert as_anybody("init", "secret.csv", "-o", "new", cwd=tmp_path).returncode == 2
    assert not any((tmp_path / "closed").iterdir())
    assert not (tmp_path / "new").exists()


def with_little_room(*arguments: object, cwd: Path, room: int) -> "subprocess.CompletedProcess[str]":
    """The command where no file can grow beyond `room` bytes: a write fails in the middle, as on a full disk."""
    return subprocess.run(
        [str(COMMAND), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )


def test_a_disk_that_fills_up_leaves_what_was_there_and_nothing_half_written(
    therapport: Run, trained: Path, tmp_path: Path
) -> None:
    drafted(therapport, patients(), tmp_path)
    for name in ("check.html", "report.html"):
        (tmp_path / name).write_text("old")
    done = therapport("score", trained / "model", trained / "sim" / "cohort.parquet", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    before = contents(tmp_path)
    model, cohort = trained / "model", trained / "sim" / "cohort.parquet"
    for arguments in (
        ("init", "cohort.csv", "-o", "mine", "--overwrite"),
        ("init", "cohort.csv", "-o", "new/folder"),
        ("check", "mine/study.toml", "-o", "check.html", "--overwrite"),
        ("score", model, cohort, "-o", "out", "--overwrite"),
        ("score", model, cohort, "-o", "new"),
        ("report", model, "-o", "report.html", "--overwrite"),
        ("examples", "btheb", "-o", "new"),
    ):
        refused(with_little_room(*arguments, cwd=tmp_path, room=700), OUTPUT, "cannot be written: File too large")
        assert contents(tmp_path) == before, arguments
        assert not (tmp_path / "new").exists(), arguments


def test_a_disk_that_fills_up_during_the_tracking_is_told_of(therapport: Run, tmp_path: Path) -> None:
    drafted(therapport, patients(), tmp_path)
    study = tmp_path / "mine" / "study.toml"
    quick = study.read_text().replace("draws = 1000", "draws = 100").replace("repeats = 2", "repeats = 1")
    study.write_text(quick.replace("seed = 1\n", 'seed = 1\ncandidates = ["prevalence", "severity"]\n'))
    (tmp_path / "mlruns").mkdir()
    done = therapport("compare", "mine/study.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    database = tmp_path / "mlruns" / "mlflow.db"
    again = with_little_room("compare", "mine/study.toml", cwd=tmp_path, room=database.stat().st_size)
    refused(again, OUTPUT, "the comparison cannot be tracked", "Nothing was registered")
    assert "Severity alone" in again.stdout  # the comparison itself is not lost
    done = therapport("compare", "mine/study.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "version 2 (challenger)" in done.stdout

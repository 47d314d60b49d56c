"""The commands of keys and audit, as they are typed."""

import re
import subprocess
import sys
from pathlib import Path

from serving.audit.folder import State
from serving.audit.trail import named
from tests.serving.audit.material import begun, chain_of
from therapport.predictor import Predictor

COMMAND = Path(sys.executable).parent / "therapport"


def run(*arguments: object, sent: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(COMMAND), *map(str, arguments)], input=sent, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_key_is_shown_once(tmp_path: Path) -> None:
    made = run("keys", "add", "clinic", "--scope", "score", "--scope", "admin", "--state", tmp_path)
    key = made.stdout.strip()
    assert re.fullmatch(r"therapport_[0-9a-f]{8}_\S{43}", key)
    listed = run("keys", "list", "--state", tmp_path)
    assert "clinic  score, admin" in listed.stdout
    assert key.rsplit("_", 1)[1] not in listed.stdout
    assert run("keys", "add", "clinic", "--scope", "score", "--state", tmp_path).returncode == 3
    assert "Revoked: clinic" in run("keys", "revoke", "clinic", "--state", tmp_path).stdout
    assert run("keys", "revoke", "clinic", "--state", tmp_path).returncode == 3


def test_a_trail_is_checked_and_erased_from(tmp_path: Path, both: Predictor) -> None:
    trail = begun(tmp_path, both)
    trail.close()
    heads = tmp_path / "heads.json"
    sound = run("audit", "verify", "--state", tmp_path, "--heads", heads)
    assert sound.stdout == "1 chains, 9 answers: intact.\n"
    assert heads.is_file()
    erased = run("audit", "erase", "--patient", "--state", tmp_path, sent="p2\n")
    assert erased.stdout == "3 lines of 1 chains erased.\n"
    assert named(trail.secret, "p2").encode() not in chain_of(tmp_path).read_bytes()
    after = run("audit", "verify", "--state", tmp_path, "--heads", heads)
    assert "3 lines were erased" in after.stdout
    assert run("audit", "erase", "--before", "2020-01-01", "--state", tmp_path).stdout.startswith("0 lines")
    path = chain_of(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"version":"', b'"version":"x', 1))
    changed = run("audit", "verify", "--state", tmp_path)
    assert changed.returncode == 10
    assert "line 2" in changed.stderr
    assert run("audit", "verify", "--state", State(tmp_path).folder / "nowhere").returncode == 9

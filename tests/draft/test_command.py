"""The command `init`, and the page that leads through it."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
from click.testing import CliRunner

from tests.draft import made
from tests.draft.test_privacy import CANARIES, canaried
from training.commands import init

PAGE = Path(__file__).parents[2] / "docs" / "from-your-file-to-a-study.md"


def test_init_says_what_was_recognised_and_what_comes_next(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    canaried(canary_cohort).to_csv(tmp_path / "cohort.csv", index=False)
    done = CliRunner().invoke(init, [str(tmp_path / "cohort.csv"), "-o", str(tmp_path / "mine")])
    assert done.exit_code == 0, done.output
    assert "Before and after: phq9_intake and phq9_end." in done.output
    assert done.output.endswith(f"Next: therapport check {tmp_path / 'mine' / 'study.toml'}\n")
    for canary in CANARIES:
        assert canary not in done.output


def test_init_says_what_is_lacking(tmp_path: Path) -> None:
    cohort = made.files()["spreadsheet"][0].drop(columns=["PHQ-9 (end)", "CORE-OM after", "Dropped out?"])
    cohort.to_csv(tmp_path / "cohort.csv", index=False)
    done = CliRunner().invoke(init, [str(tmp_path / "cohort.csv"), "-o", str(tmp_path / "mine")])
    assert done.exit_code == 0, done.output
    assert "TO BE FILLED IN: a first score and one at the end of treatment" in done.output
    assert "Fill that in" in done.output


IN_ONE_PROCESS = """
import json, pathlib, sys
from therapport.__main__ import run
for step in json.loads(sys.argv[1]):
    sys.argv = step
    run()
    if step[1] != "init":
        continue
    study = pathlib.Path("mine/study.toml")
    quick = study.read_text().replace("draws = 1000", "draws = 100").replace("repeats = 2", "repeats = 1")
    study.write_text(quick.replace("seed = 1\\n", 'seed = 1\\ncandidates = ["prevalence", "severity"]\\n'))
"""
"""Importing everything anew for each command would take most of the time."""


def test_the_page_can_be_followed_to_the_letter(tmp_path: Path) -> None:
    made.files()["english"][0].to_csv(tmp_path / "cohort.csv", index=False)
    (tmp_path / "mlruns").mkdir()
    steps = [shlex.split(step) for step in re.findall(r"^    (therapport .*)$", PAGE.read_text(), flags=re.MULTILINE)]
    assert [step[1] for step in steps] == ["init", "check", "compare", "promote", "report", "init"]
    walked, last = steps[:-1], steps[-1]
    for several in (walked, [last]):
        done = subprocess.run(
            [sys.executable, "-c", IN_ONE_PROCESS, json.dumps(several)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        if several is walked:
            assert "No problems" in done.stdout
    assert (tmp_path / "report.html").is_file()

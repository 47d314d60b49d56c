"""Cohorts to be scored in parts, and runs of the real command that can be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from therapport import simulator

COMMAND = Path(sys.executable).parent / "therapport"


def cohort(folder: Path, *, patients: int = 2000, seed: int = 5, name: str = "new.parquet") -> Path:
    """Patients whom no model has met."""
    frame = simulator.simulate(patients=patients, therapists=40, sites=4, missing=0.05, seed=seed).cohort
    frame.to_parquet(folder / name, index=False, row_group_size=max(1, patients // 3))
    return folder / name


def spoiled(path: Path, *, share: float = 0.01, seed: int = 1) -> dict[int, set[str]]:
    """Break the codebook in a share of the rows, anywhere; row (1 = the first) -> reasons."""
    frame = pd.read_parquet(path)
    draw = np.random.default_rng(seed)
    rows = sorted(draw.choice(len(frame), max(1, round(share * len(frame))), replace=False).tolist())
    broken: dict[int, set[str]] = {}
    ways = ["out-of-range", "not-whole", "unknown-level", "missing-id", "repeated-id"]
    frame["reactance"] = frame["reactance"].astype("float64")
    for number, row in enumerate(rows):
        way = ways[number % len(ways)]
        if way == "out-of-range":
            frame.loc[row, "alliance"] = 99.0
        elif way == "not-whole":
            frame.loc[row, "reactance"] = 60.5
        elif way == "unknown-level":
            frame.loc[row, "delivery_mode"] = "by pigeon"
        elif way == "missing-id":
            frame.loc[row, "patient_id"] = None
        else:
            other = (row + 1) % len(frame)
            if other in rows:
                continue
            frame.loc[row, "patient_id"] = frame.loc[other, "patient_id"]
            broken.setdefault(other + 1, set()).add(way)
        broken.setdefault(row + 1, set()).add(way)
    frame.to_parquet(path, index=False, row_group_size=len(frame) // 3)
    return broken


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(one.relative_to(folder)): one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file()}


def begun(*arguments: object, cwd: Path) -> "subprocess.Popen[str]":
    """The real command, at work."""
    return subprocess.Popen(
        [str(COMMAND), *map(str, arguments)], cwd=cwd, env=os.environ, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def killed_again_and_again(
    *arguments: object, cwd: Path, moments: Iterator[float], there: Path
) -> tuple[int, "subprocess.CompletedProcess[str]"]:
    """Run, kill without warning after a moment, run again, until one run comes to its end; how often it was killed."""
    times = 0
    command = [str(one) for one in arguments]
    for moment in moments:
        running = begun(*arguments, cwd=cwd)
        try:
            output, errors = running.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.communicate()
            times += 1
            if there.exists():  # killed behind its last step
                return times, subprocess.CompletedProcess(command, 0, "", "")
            continue
        return times, subprocess.CompletedProcess(command, running.returncode, output, errors)
    raise AssertionError("it was killed each time")

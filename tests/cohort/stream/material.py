"""Rows with everything that a column can be and much that it cannot, in every kind of file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from therapport.cohort import stream

CODEBOOK = b"""
format = 1
name = "streamed"
title = "Everything that a column can be"
source = "made up"
id = "patient"
[dates]
start = "begun"
birth = "born"
[measures]
phq9_end = { label = "PHQ-9 at the end", instrument = "phq9" }
[factors]
age = { label = "Age", family = "patient", kind = "integer", known_at = "intake", range = [18, 99], missing_codes = [999, "unknown"] }
bond = { label = "Bond", family = "alliance", kind = "number", known_at = "intake", range = [1, 7] }
hours = { label = "Hours", family = "delivery", kind = "number", known_at = "intake", range = [-10, 10.5], missing_codes = [1] }
works = { label = "Works", family = "patient", kind = "boolean", known_at = "intake" }
told = { label = "Told", family = "patient", kind = "boolean", known_at = "intake", missing_codes = [9] }
mode = { label = "Mode", family = "delivery", kind = "category", known_at = "intake", levels = { face = "Face to face", online = "Online" } }
code = { label = "Code", family = "technique", kind = "category", known_at = "intake", levels = { 1 = "One", 2 = "Two", 3 = "Three" }, missing_codes = [9] }
"""  # noqa: E501
ROWS = 400
STRANGE = [
    "abc",
    "999999",
    "1.5",
    "-3",
    " 2 ",
    "+1",
    "1e1",
    "true",
    "False",
    "",
    "0x10",
    "01",
    "inf",
    "NA",
    "9",
    "nee",
    "1,5",
]


def patients(rows: int = ROWS, seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "patient": [f"p{number:05d}" for number in draw.permutation(rows)],
            "born": "1980-05-01",
            "begun": "2024-02-03",
            "age": draw.integers(18, 100, rows).astype(object),
            "bond": np.round(draw.uniform(1, 7, rows), 3),
            "hours": draw.choice([-10, 0.25, 1.0, 10.5], rows),
            "works": draw.choice(["yes", "no", "TRUE", "0"], rows),
            "told": draw.choice([0, 1, 9], rows),
            "mode": draw.choice(["face", "online"], rows),
            "code": draw.choice([1, 2, 3, 9], rows),
            "phq9_end": 5,
        }
    )
    for column in ("age", "bond", "works", "mode"):
        frame[column] = frame[column].astype(object).where(draw.random(rows) > 0.1, None)
    return frame


def spoiled(frame: pd.DataFrame, seed: int = 2) -> pd.DataFrame:
    """Strange cells in every column, ids that are missing or met again, dates that are none or too early."""
    draw = np.random.default_rng(seed)
    bad = frame.astype(object)
    for column in ("age", "bond", "hours", "works", "told", "mode", "code"):
        for row in draw.choice(len(frame), 12, replace=False).tolist():
            bad.loc[row, column] = str(draw.choice(STRANGE))
    bad.loc[[3, 30], "begun"] = "yesterday"
    bad.loc[[4, 200], "begun"] = "1979-01-01"
    bad.loc[[5, 6], "patient"] = None
    for first, again in ((7, 399), (8, 9), (8, 250)):
        bad.loc[again, "patient"] = str(bad.loc[first, "patient"])
    return bad


def as_csv(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_csv(folder / "cohort.csv", index=False)
    return folder / "cohort.csv"


def with_semicolons(frame: pd.DataFrame, folder: Path) -> Path:
    commas = frame.map(lambda cell: f"{cell:g}".replace(".", ",") if isinstance(cell, float | int) else cell, "ignore")
    commas.to_csv(folder / "cohort.csv", index=False, sep=";")
    return folder / "cohort.csv"


def with_spaces(frame: pd.DataFrame, folder: Path) -> Path:
    """Around some of the numbers, in a column that has no other fault."""
    padded = frame.assign(hours=[f" {cell}\t" if row > 300 else cell for row, cell in enumerate(frame["hours"])])
    padded.to_csv(folder / "cohort.csv", index=False)
    return folder / "cohort.csv"


def as_text(frame: pd.DataFrame, folder: Path) -> Path:
    frame.astype("string").to_parquet(folder / "cohort.parquet", row_group_size=70, index=False)
    return folder / "cohort.parquet"


def with_types(frame: pd.DataFrame, folder: Path) -> Path:
    """Numbers as numbers where all of a column are."""
    typed = frame.astype({"patient": "string"})
    for column in ("age", "bond", "hours", "told", "code"):
        numbers = pd.to_numeric(typed[column], errors="coerce")
        typed[column] = numbers if column != "age" else numbers.round(1)
    typed["mode"] = pd.Categorical(typed["mode"])
    typed["works"] = typed["works"].map({"yes": True, "no": False})
    typed["born"] = pd.to_datetime(typed["born"], errors="coerce")
    typed["begun"] = pd.to_datetime(typed["begun"], errors="coerce").dt.date
    typed.to_parquet(folder / "cohort.parquet", row_group_size=111, index=False)
    return folder / "cohort.parquet"


def numbered(frame: pd.DataFrame, folder: Path) -> Path:
    """Ids and codes as floating-point numbers, all whole."""
    typed = frame.astype({name: "string" for name in frame.columns if name != "bond"})
    typed["patient"] = pd.to_numeric(typed["patient"].str[1:]).astype("float64")
    typed["code"] = pd.to_numeric(typed["code"], errors="coerce")
    typed["code"] = typed["code"].where(typed["code"] == typed["code"].round())
    typed["bond"] = pd.to_numeric(typed["bond"], errors="coerce")
    typed.to_parquet(folder / "cohort.parquet", index=False)
    return folder / "cohort.parquet"


WAYS: list[Callable[[pd.DataFrame, Path], Path]] = [as_csv, with_semicolons, with_spaces, as_text, with_types, numbered]


def lines(rows: stream.Rows, size: int) -> set[tuple[str, str, int]]:
    return {
        (name, words, piece.first + row)
        for piece in rows.pieces(0, size)
        for name, words, found in rows.checked(piece).violations
        for row in found
    }


def column(rows: stream.Rows, name: str, size: int) -> np.ndarray:
    return np.concatenate([rows.checked(piece).columns[name] for piece in rows.pieces(0, size)])

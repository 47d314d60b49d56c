"""A table whose content the codebook rules out: every problem at once, by column, row and allowed range."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests import codebooks
from therapport import codebook, cohort
from therapport.errors import CohortError

CANARY, TEXT_CANARY = 8642.75, "Zebrowski"
UNIQUE = (
    "every row needs an id of its own (for a patient with several episodes: give each episode an id, "
    "and name the column of the patient under [groups] of the codebook as patient)"
)


def sound() -> pd.DataFrame:
    return codebooks.frame(12, seed=2).astype(dict.fromkeys(codebooks.frame(12, seed=2).columns, object))


def with_cells(cells: dict[tuple[int, str], object]) -> pd.DataFrame:
    """The table with cells replaced; row 1 is the first patient."""
    frame = sound()
    for (row, column), value in cells.items():
        frame[column] = [*frame[column][: row - 1], value, *frame[column][row:]]
    return frame


def refused(frame: pd.DataFrame, **options: object) -> tuple[str, ...]:
    with pytest.raises(CohortError) as caught:
        cohort.validate(frame, codebooks.mixed(), name="cohort.csv", **options)  # type: ignore[arg-type]
    assert str(CANARY) not in str(caught.value)
    assert TEXT_CANARY not in str(caught.value)
    return caught.value.problems


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("severity", CANARY, "severity: outside 0 to 27: row 3"),
        ("severity", -0.5, "severity: must be a whole number: row 3"),
        ("severity", 8.75, "severity: must be a whole number: row 3"),
        ("severity", TEXT_CANARY, "severity: must be a number from 0 to 27: row 3"),
        ("severity", "8642,75", "severity: must be a number from 0 to 27: row 3"),
        ("severity", "true", "severity: must be a number from 0 to 27: row 3"),
        ("alliance", 0.99, "alliance: outside 1 to 5: row 3"),
        ("alliance", np.inf, "alliance: outside 1 to 5: row 3"),
        ("alliance", "-inf", "alliance: outside 1 to 5: row 3"),
        ("alliance", "1e999", "alliance: outside 1 to 5: row 3"),
        ("alliance", pd.Timestamp("2020-08-06"), "alliance: must be a number from 1 to 5: row 3"),
        ("months", 481, "months: outside 0 to 480: row 3"),
        ("trained", TEXT_CANARY, "trained: must be true or false: row 3"),
        ("trained", 2, "trained: must be true or false: row 3"),
        ("mode", TEXT_CANARY, "mode: allowed levels: face, blended, online: row 3"),
        ("mode", "Online", "mode: allowed levels: face, blended, online: row 3"),
        ("mode", CANARY, "mode: allowed levels: face, blended, online: row 3"),
        ("end", CANARY, "end: outside 0 to 27: row 3"),
        ("end", TEXT_CANARY, "end: must be a number from 0 to 27: row 3"),
        ("patient_id", None, "patient_id: must not be empty: row 3"),
    ],
)
def test_a_bad_cell_is_named_by_column_row_and_what_is_allowed(column: str, value: object, problem: str) -> None:
    assert problem in refused(with_cells({(3, column): value}))


def test_an_id_that_stands_twice_is_named_by_its_rows() -> None:
    cells: dict[tuple[int, str], object] = {(row, "patient_id"): TEXT_CANARY for row in (2, 5, 11)}
    assert refused(with_cells(cells)) == (f"patient_id: {UNIQUE}: rows 2, 5, 11",)


def test_every_problem_of_a_table_comes_at_once() -> None:
    cells: dict[tuple[int, str], object] = {
        (1, "severity"): CANARY,
        (4, "severity"): TEXT_CANARY,
        (2, "alliance"): -CANARY,
        (9, "alliance"): CANARY,
        (5, "mode"): TEXT_CANARY,
        (6, "patient_id"): TEXT_CANARY,
        (7, "patient_id"): TEXT_CANARY,
        (8, "patient_id"): None,
        (12, "end"): CANARY,
    }
    frame = with_cells(cells).drop(columns="trained").assign(shoe_size=CANARY)
    assert set(refused(frame)) == {
        "shoe_size: the codebook does not know this column; describe it in the codebook or pass --ignore-unknown",
        "trained: the codebook describes this column, but the file does not have it",
        "severity: must be a number from 0 to 27: row 4",
        "severity: outside 0 to 27: row 1",
        "severity: must be a whole number: row 1",
        "alliance: outside 1 to 5: rows 2, 9",
        "mode: allowed levels: face, blended, online: row 5",
        f"patient_id: {UNIQUE}: rows 6, 7",
        "patient_id: must not be empty: row 8",
        "end: outside 0 to 27: row 12",
    }


def test_many_rows_are_counted_and_not_all_named() -> None:
    frame = codebooks.frame(1200, seed=3).assign(alliance=CANARY)
    assert refused(frame) == ("alliance: outside 1 to 5: rows 1, 2, 3, 4, 5, 6, 7, 8 and 1,192 more",)


def test_a_misspelt_column_is_told_what_was_probably_meant() -> None:
    problems = refused(sound().rename(columns={"severity": "severty"}))
    assert "severty: the codebook does not know this column; did you mean severity?" in problems


def test_a_column_that_stands_twice_is_refused_in_memory_too() -> None:
    frame = pd.concat([sound(), sound()[["months"]]], axis="columns")
    with pytest.raises(CohortError, match=r"^cohort.csv: the header names a column twice \(columns 4, 9 from the left"):
        cohort.validate(frame, codebooks.mixed(), name="cohort.csv")


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("months", pd.to_datetime(pd.Series(["2020-01-01"] * 12))),
        ("months", pd.to_timedelta(pd.Series([5] * 12), unit="ns")),
        ("months", pd.Series([[1]] * 12)),
        ("months", pd.Series([True, False] * 6)),
        ("months", pd.Series([True, True, *[None] * 10], dtype=object)),
    ],
)
def test_what_pandas_would_turn_into_a_number_is_still_no_number(column: str, values: "pd.Series[Any]") -> None:
    (problem,) = refused(sound().assign(**{column: values}))
    assert problem.startswith("months: must be a number from 0 to 480: rows 1, 2")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_with_bad_cells_is_refused_like_the_table(ending: str, tmp_path: Path) -> None:
    frame = codebooks.frame(12, seed=2)
    frame.loc[frame.index == 2, "end"], frame.loc[frame.index == 4, "mode"] = CANARY, TEXT_CANARY
    path = tmp_path / f"cohort.{ending}"
    write: Sequence[Callable[..., object]] = (frame.to_csv, frame.to_parquet)
    write[ending == "parquet"](path, index=False)
    with pytest.raises(CohortError) as caught:
        cohort.read(path, codebooks.mixed())
    assert str(caught.value).splitlines() == [
        f"{path}: 2 problems.",
        "  - mode: allowed levels: face, blended, online: row 5",
        "  - end: outside 0 to 27: row 3",
    ]


def test_thousands_of_strange_columns_beside_thousands_of_missing_ones_are_answered_within_seconds() -> None:
    columns = "".join(
        f'[factors.f{number}]\nlabel = "x"\nfamily = "patient"\nkind = "number"\nknown_at = "intake"\nrange = [0, 1]\n'
        for number in range(2_000)
    )
    book = codebook.parse((codebooks.TEXT + columns).encode(), name="codebook.toml")
    strange = pd.DataFrame(0.0, index=range(12), columns=[f"g{number}" for number in range(2_000)])
    begun = time.monotonic()
    with pytest.raises(CohortError) as caught:
        cohort.validate(pd.concat([codebooks.frame(12, seed=2), strange], axis="columns"), book)
    assert len(caught.value.problems) == 4_000
    assert time.monotonic() - begun < 20

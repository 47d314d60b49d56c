"""What a draft never shows: a patient's value, a rare level, the first patient of a file without a header."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.draft.made import drafted
from therapport import codebook, draft
from therapport.errors import CohortError

CANARIES = ("Zebrowski", "8642.75", "8642", "1.0123", "0.0123", "canary", "1961-07-29", "Xylo")


def canaried(cohort: pd.DataFrame) -> pd.DataFrame:
    """With values that only one patient or a few have, of every kind."""
    rows = len(cohort)
    return cohort.assign(
        income=[8642.75, *np.linspace(1000, 5000, rows - 1)],
        status=["Zebrowski"] * 3 + ["a", "b"] * ((rows - 3) // 2) + ["a"] * ((rows - 3) % 2),
        surname=["Zebrowski", *(f"Person {place}" for place in range(rows - 1))],
        dates=["1961-07-29"] * rows,
        born=["1961-07-29", *["1970-01-01"] * (rows - 1)],
        hobby=["Xylo", *(f"hobby {place % 90}" for place in range(rows - 1))],
        coded=[8642, *(place % 2 + 1 for place in range(rows - 1))],
    )


def test_no_value_of_a_patient_is_in_a_draft_or_in_its_summary(canary_cohort: pd.DataFrame, tmp_path: Path) -> None:
    found = drafted(canaried(canary_cohort), tmp_path)
    written = "".join(path.read_text() for path in (tmp_path / "mine").iterdir())
    for canary in CANARIES:
        assert canary not in written
        assert canary not in "\n".join(draft.summary(found))
        assert canary not in repr(found)
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["codebook.toml", "study.toml"]


@pytest.mark.parametrize("header", ["P0001,T3,yes,17", "P0001,T3,yes,2020-01-31", "P0001,T3,yes,no"])
def test_a_file_without_a_header_is_refused_and_its_first_patient_not_shown(header: str, tmp_path: Path) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text("\n".join([header] + [f"P{place:04d},T3,no,yes" for place in range(2, 40)] + ["P0999,T3,yes,no"]))
    with pytest.raises(CohortError, match="looks like a patient") as raised:
        draft.write(path, tmp_path / "mine")
    assert "P0001" not in str(raised.value)
    assert not (tmp_path / "mine").exists()


def test_rare_levels_are_counted_and_never_written(tmp_path: Path) -> None:
    cohort = pd.DataFrame(
        {
            "patient_id": [f"P{place}" for place in range(100)],
            "gender": ["f"] * 60 + ["m"] * 40,
            "employment": ["work"] * 91 + ["prison"] * 9,
        }
    )
    drafted(cohort, tmp_path)
    written = (tmp_path / "mine" / "codebook.toml").read_text()
    assert codebook.read(tmp_path / "mine" / "codebook.toml").factors["gender"].levels == {"f": "f", "m": "m"}
    assert "2 levels, 1 of them in fewer than 10 patients" in written
    assert "prison" not in written
    assert '"work"' not in written

"""Sound files: what a Cohort holds, whatever the file looked like."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import codebooks
from tests.cohort import written_files
from therapport import cohort
from therapport.codebook import Codebook
from therapport.cohort import Cohort
from therapport.cohort.formats.contents import MISSING_MARKS
from therapport.errors import CohortError

ANY = settings(
    max_examples=50,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example overwrites the same file
)
HEADER = "patient_id,therapist_id,severity,months,alliance,trained,mode,end"


def written(path: Path, text: str | bytes) -> Cohort:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return cohort.read(path, codebooks.mixed())


@st.composite
def frames(draw: st.DrawFn, digits: int = 17) -> pd.DataFrame:
    """Any table that fits the hand-made codebook: made from the codebook itself, with missing values anywhere."""
    book: Codebook = codebooks.mixed()
    patients = draw(st.integers(1, 12))

    def column(value: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(st.none() | value, min_size=patients, max_size=patients))

    def floats(low: float, high: float) -> st.SearchStrategy[float]:
        return st.floats(low, high).map(lambda value: float(f"{value:.{digits}g}"))

    letters = st.text(st.characters(categories=["L", "Nd", "P"], exclude_characters=["\0"]), min_size=1, max_size=8)
    ids = letters.filter(lambda text: text not in MISSING_MARKS)
    made: dict[str, list[object]] = {
        "patient_id": draw(st.lists(ids, min_size=patients, max_size=patients, unique=True)),
        "therapist_id": column(st.sampled_from(["7", "08", "T 1", 'a "b"', "x,y", "two\nlines"])),
    }
    for name, factor in book.factors.items():
        if factor.kind == "category":
            made[name] = column(st.sampled_from(sorted(factor.levels)))
        elif factor.kind == "boolean":
            made[name] = column(st.sampled_from([0.0, 1.0]))
        else:
            low, high = factor.range or (0.0, 1.0)
            whole = st.integers(int(low), int(high)).map(float)
            made[name] = column(whole if factor.kind == "integer" else floats(low, high))
    made["end"] = column(floats(0, 27))
    numbers = {name for name in made if name not in ("patient_id", "therapist_id", "mode")}
    return pd.DataFrame(
        {
            name: np.array([np.nan if value is None else value for value in values], dtype=np.float64)
            if name in numbers
            else pd.Series(values, dtype=object)
            for name, values in made.items()
        }
    )


@ANY
@given(frames())
def test_no_digit_of_a_number_is_lost(tmp_path: Path, frame: pd.DataFrame) -> None:
    for name in ("comma.csv", "semicolon.csv", "cohort.parquet", "cohort.feather"):
        written_files.WRITERS[name](frame, tmp_path / name)
        made = cohort.read(tmp_path / name, codebooks.mixed())
        pd.testing.assert_frame_equal(made.table, frame[made.table.columns], check_exact=True, obj=name)


@settings(ANY, max_examples=25)
@given(frames(digits=15))  # the library that writes the workbooks here writes no more
def test_a_valid_table_gives_the_same_cohort_whatever_kind_of_file_it_is_in(
    tmp_path: Path, frame: pd.DataFrame
) -> None:
    expected = frame[["patient_id", "therapist_id", *codebooks.FACTORS, "end"]]
    digests = set()
    for name, write in written_files.WRITERS.items():
        write(frame, tmp_path / name)
        made = cohort.read(tmp_path / name, codebooks.mixed())
        pd.testing.assert_frame_equal(made.table, expected, check_exact=True, obj=name)
        assert made.notices == ()
        digests.add(made.digest())
    assert len(digests) == 1


def test_every_kind_of_file_that_is_read_is_held_against_the_others_and_documented() -> None:
    assert {Path(name).suffix for name in written_files.WRITERS} == set(cohort.FORMATS)
    page = (Path(__file__).parents[2] / "docs" / "files.md").read_text()
    assert [ending for ending in cohort.FORMATS if f"`{ending}`" not in page] == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_how_a_csv_file_is_written_does_not_matter(delimiter: str, ending: str, mark: str, tmp_path: Path) -> None:
    text = f"{HEADER}\n01,T1,20,8,3.5,yes,online,8\n02,NA,10,,1e0,False,N/A,null\n"
    made = written(tmp_path / "cohort.csv", mark + text.replace(",", delimiter).replace("\n", ending))
    assert made.table.to_dict("list") == {
        "patient_id": ["01", "02"],
        "therapist_id": ["T1", None],
        "severity": [20.0, 10.0],
        "months": [8.0, pytest.approx(np.nan, nan_ok=True)],
        "alliance": [3.5, 1.0],
        "trained": [1.0, 0.0],
        "mode": ["online", None],
        "end": [8.0, pytest.approx(np.nan, nan_ok=True)],
    }


@pytest.mark.parametrize(("word", "truth"), [("true", 1), ("YES", 1), ("1", 1), ("1.0", 1), ("no", 0), (" False", 0)])
def test_booleans_may_be_written_in_several_ways(word: str, truth: float, tmp_path: Path) -> None:
    made = written(tmp_path / "cohort.csv", f"{HEADER}\nP1,T1,20,8,3.5,{word},online,8\n")
    assert made.table["trained"].tolist() == [truth]


def test_an_id_that_pandas_kept_as_index_is_still_read(tmp_path: Path) -> None:
    frame = codebooks.frame(5, seed=1)
    frame.set_index("patient_id").to_parquet(tmp_path / "index.parquet")
    frame.to_parquet(tmp_path / "column.parquet")
    frame.iloc[[4, 2, 0, 1, 3]].to_parquet(tmp_path / "shuffled.parquet")
    tables = [
        cohort.read(tmp_path / f"{name}.parquet", codebooks.mixed()).table for name in ("index", "column", "shuffled")
    ]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    assert tables[2]["patient_id"].tolist() == ["P0004", "P0002", "P0000", "P0001", "P0003"]


def test_whole_numbers_as_ids_read_alike_from_csv_and_parquet(tmp_path: Path) -> None:
    frame = codebooks.frame(3, seed=1).assign(patient_id=[1, 2, 3], therapist_id=[7.0, np.nan, 8.0])
    frame.to_parquet(tmp_path / "cohort.parquet")
    frame.astype({"therapist_id": "Int64"}).to_csv(tmp_path / "cohort.csv", index=False)
    for name in ("cohort.csv", "cohort.parquet"):
        table = cohort.read(tmp_path / name, codebooks.mixed()).table
        assert table["patient_id"].tolist() == ["1", "2", "3"]
        assert table["therapist_id"].tolist() == ["7", None, "8"]


def test_columns_that_are_not_asked_for_are_left_out_with_a_notice() -> None:
    made = cohort.validate(
        codebooks.frame(4, seed=1).assign(shoe_size=42),
        codebooks.mixed(),
        factors=["severity", "mode"],
        groups=[],
        measures=[],
        ignore_unknown=True,
    )
    assert made.table.columns.tolist() == ["patient_id", "severity", "mode"]
    assert made.notices == (
        "Unknown columns left out: shoe_size.",
        "Outcome columns left out: end.",
        "Factors that this model does not use left out: months, alliance, trained.",
    )


def test_what_is_left_out_is_not_checked() -> None:
    frame = codebooks.frame(4, seed=1).assign(months=-1, end="unknown")
    made = cohort.validate(frame, codebooks.mixed(), factors=["severity"], groups=[], measures=[])
    assert made.table.columns.tolist() == ["patient_id", "severity"]


def test_absent_factors_are_missing_for_everyone_if_that_is_allowed_and_refused_if_not() -> None:
    frame = codebooks.frame(4, seed=1).drop(columns=["alliance", "mode"])
    made = cohort.validate(frame, codebooks.mixed(), allow_absent=True)
    assert made.table[["alliance", "mode"]].isna().all(axis=None)
    assert made.notices == ("Absent factors, taken as missing for everyone: alliance, mode.",)
    with pytest.raises(CohortError) as caught:
        cohort.validate(frame, codebooks.mixed())
    assert len(caught.value.problems) == 2


def test_the_frame_itself_is_left_as_it_is() -> None:
    frame = codebooks.frame(6, seed=1, missing=0.3).astype({"severity": "int64"}).iloc[::-1]
    before = frame.copy(deep=True)
    made = cohort.validate(frame, codebooks.mixed())
    made.table["severity"] = 0.0
    pd.testing.assert_frame_equal(frame, before)


def test_the_digest_tells_any_change_of_a_value_or_of_the_order() -> None:
    frame = codebooks.frame(6, seed=1)

    def digest(changed: pd.DataFrame) -> str:
        return cohort.validate(changed, codebooks.mixed()).digest()

    one_value, one_id = frame.copy(), frame.copy()
    one_value.loc[one_value.index == 3, "alliance"] = 1.01
    one_id.loc[one_id.index == 3, "patient_id"] = "other"
    digests = [digest(changed) for changed in (frame, one_value, one_id, frame.iloc[::-1])]
    assert len(set(digests)) == 4
    assert digest(frame[frame.columns[::-1]]) == digests[0]  # the order of columns in the file means nothing
    assert len(digests[0]) == 32

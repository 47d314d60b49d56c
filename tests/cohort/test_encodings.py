"""Text in any encoding: what the file says, what the caller says, and a clear refusal where neither is true."""

from pathlib import Path

import pytest

from tests import codebooks
from therapport import cohort
from therapport.errors import CohortError

HEADER = "patient_id,therapist_id,severity,months,alliance,trained,mode,end"
TEXT = f"{HEADER}\nJosé,Łucja,20,8,3.5,yes,online,8\nP2,T1,10,1,2.5,no,face,4\n"
WESTERN = TEXT.replace("Łucja", "Zoë")


def read(content: bytes, folder: Path, encoding: str | None = None) -> list[str]:
    (folder / "cohort.csv").write_bytes(content)
    table = cohort.read(folder / "cohort.csv", codebooks.mixed(), encoding=encoding).table
    return [*table["patient_id"], *table["therapist_id"]]


def refused(content: bytes, folder: Path, encoding: str | None = None) -> str:
    with pytest.raises(CohortError) as caught:
        read(content, folder, encoding)
    assert "Jos" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le with mark", "utf-16-be with mark"])
def test_a_file_that_says_its_encoding_is_read_without_being_told(encoding: str, tmp_path: Path) -> None:
    plain, _, mark = encoding.partition(" with ")
    assert read((("\ufeff" if mark else "") + TEXT).encode(plain), tmp_path) == ["José", "P2", "Łucja", "T1"]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-8", "utf-16", "utf-16-le", "mac-roman"])
def test_a_file_in_the_encoding_that_the_caller_names(encoding: str, tmp_path: Path) -> None:
    assert read(WESTERN.encode(encoding), tmp_path, encoding) == ["José", "P2", "Zoë", "T1"]


def test_another_encoding_is_never_guessed_but_the_option_is_named(tmp_path: Path) -> None:
    message = refused(WESTERN.encode("cp1252"), tmp_path)
    assert "line 2 is not UTF-8" in message
    assert "--encoding cp1252" in message


@pytest.mark.parametrize(
    ("encoding", "expected"), [(None, "line 2 is not UTF-8"), ("cp1252", "line 4 is UTF-8, not cp1252")]
)
def test_two_encodings_in_one_file_are_refused_whichever_is_named(
    encoding: str | None, expected: str, tmp_path: Path
) -> None:
    both = WESTERN.encode("cp1252") + "P3,Zoë,10,1,2.5,no,face,4\n".encode()
    assert expected in refused(both, tmp_path, encoding)


@pytest.mark.parametrize(
    ("content", "encoding", "expected"),
    [
        (TEXT.encode(), "cp1252", "line 2 is UTF-8, not cp1252"),
        (WESTERN.encode("cp1252") + b"\x81", "cp1252", "line 4 is not cp1252"),
        (TEXT.encode("utf-16"), "cp1252", "marked as UTF-16"),
        (TEXT.encode("utf-16")[:-1], None, "line 3 is not UTF-16"),
        (TEXT.encode(), "utf-13", "no such encoding is known"),
        (TEXT.encode(), "base64", "no such encoding is known"),
        (TEXT.encode(), "\0", "no such encoding is known"),
    ],
)
def test_an_encoding_that_is_not_the_file_s_is_refused(
    content: bytes, encoding: str | None, expected: str, tmp_path: Path
) -> None:
    assert expected in refused(content, tmp_path, encoding)


def test_rows_of_the_wrong_length_are_named_in_every_encoding(tmp_path: Path) -> None:
    assert "1 row: row 3" in refused((TEXT + "P3,T1\n").encode("utf-16"), tmp_path)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_decimal_commas_are_numbers_beside_semicolons_and_tabs(separator: str, tmp_path: Path) -> None:
    cells = "P1,T1,20,8,3#5,yes,online,1#5e1\nP2,T2,10,NA,4,no,face, 4#25\n"
    text = (HEADER + "\n" + cells).replace(",", separator).replace("#", ",")
    (tmp_path / "cohort.csv").write_text(text)
    table = cohort.read(tmp_path / "cohort.csv", codebooks.mixed()).table
    assert table["alliance"].tolist() == [3.5, 4.0]
    assert table["end"].tolist() == [15.0, 4.25]


def test_a_comma_is_no_decimal_comma_where_the_file_has_decimal_points(tmp_path: Path) -> None:
    text = HEADER.replace(",", ";") + "\nP1;T1;20;8;3.5;yes;online;1,234\n"
    assert "end: must be a number from 0 to 27: row 1" in refused(text.encode(), tmp_path)


def test_a_bad_cell_among_decimal_commas_is_the_only_one_named(tmp_path: Path) -> None:
    text = HEADER.replace(",", ";") + "\nP1;T1;20;8;3,5;yes;online;1,5\nP2;T1;20;8;José;yes;online;1,5\n"
    message = refused(text.encode(), tmp_path)
    assert message.endswith("1 problem.\n  - alliance: must be a number from 1 to 5: row 2")

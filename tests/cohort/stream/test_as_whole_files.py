"""Rows in batches are held against the codebook as the whole file is: the whole file's reader is the oracle."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cohort.stream.material import ROWS, WAYS, as_csv, as_text, lines, patients, spoiled
from therapport.codebook import Codebook
from therapport.cohort import allowed, stream
from therapport.cohort.content import sift
from therapport.cohort.stream.whole import WholeFile
from therapport.errors import CohortError


@pytest.mark.parametrize("write", WAYS)
@pytest.mark.parametrize("size", [61, 100_000])
@pytest.mark.parametrize("spoil", [True, False])
def test_batches_of_any_size_say_what_the_whole_file_says(
    write: Callable[[pd.DataFrame, Path], Path], size: int, spoil: bool, codebook: Codebook, tmp_path: Path
) -> None:
    frame = spoiled(patients()) if spoil else patients()
    path = write(frame, tmp_path)
    factors = tuple(codebook.factors)
    whole = WholeFile(path, codebook, factors, sift(path, codebook, factors=factors))
    streamed = stream.opened(path, codebook, factors=factors)
    assert type(streamed).__name__ == "StreamedRows"
    assert streamed.number == whole.number == ROWS
    pieces = list(streamed.pieces(0, size))
    checked = [streamed.checked(piece) for piece in pieces]
    found = {
        (name, words, piece.first + row)
        for piece, one in zip(pieces, checked, strict=True)
        for name, words, rows in one.violations
        for row in rows
    }
    at_once = whole.checked(next(whole.pieces(0, ROWS)))
    expected = {(name, words, row) for name, words, rows in at_once.violations for row in rows}
    assert found == expected
    assert bool(expected) is spoil
    assert {allowed.reason(words) for _, words, _ in expected} <= set(allowed.REASONS)
    for name in factors:
        values = np.concatenate([one.columns[name] for one in checked])
        np.testing.assert_array_equal(values[at_once.kept], at_once.columns[name][at_once.kept], name)
    assert [one for part in checked for one in part.ids.to_pylist()] == at_once.ids.to_pylist()


def test_every_reason_is_found(codebook: Codebook, tmp_path: Path) -> None:
    path = as_csv(spoiled(patients()), tmp_path)
    text = path.read_text().splitlines()
    text[50] += ",one too many"
    path.write_text("\n".join(text) + "\n")
    streamed = stream.opened(path, codebook, factors=tuple(codebook.factors))
    assert {allowed.reason(words) for _, words, _ in lines(streamed, 64)} == set(allowed.REASONS)


def test_ragged_rows_keep_their_place(codebook: Codebook, tmp_path: Path) -> None:
    path = as_csv(patients(), tmp_path)
    text = path.read_text().splitlines()
    for row in (1, 2, 100, 399, 400):  # the header is line 0
        text[row] = text[row] + ",more" if row % 2 else text[row].rsplit(",", 1)[0]
    text.insert(60, "")
    path.write_text("\n".join(text) + "\n")
    with pytest.raises(CohortError, match="rows with more or fewer values"):
        sift(path, codebook, factors=tuple(codebook.factors))
    for size in (90, 100_000):
        streamed = stream.opened(path, codebook, factors=tuple(codebook.factors))
        assert streamed.number == ROWS
        assert lines(streamed, size) == {("", allowed.RAGGED, row) for row in (1, 2, 100, 399, 400)}


def test_pieces_begin_anywhere(codebook: Codebook, tmp_path: Path) -> None:
    for write in (as_csv, as_text):
        streamed = stream.opened(write(patients(), tmp_path), codebook, factors=tuple(codebook.factors))
        every = [one for piece in streamed.pieces(0, 100) for one in streamed.checked(piece).ids.to_pylist()]
        for first in (0, 49, 70, 211, 399):
            pieces = list(streamed.pieces(first, 100))
            assert [piece.first for piece in pieces] == list(range(first, ROWS, 100))
            assert [one for piece in pieces for one in streamed.checked(piece).ids.to_pylist()] == every[first:]


def test_an_index_of_pandas_is_read_as_ever(codebook: Codebook, tmp_path: Path) -> None:
    frame = patients().astype("string")
    for place, indexed in enumerate(
        [frame.set_index("patient"), frame.drop(columns="patient").rename_axis("patient"), frame.iloc[::-1]]
    ):
        indexed.to_parquet(tmp_path / f"{place}.parquet")
        rows = stream.opened(tmp_path / f"{place}.parquet", codebook, factors=tuple(codebook.factors))
        ids = [str(one) for one in (indexed["patient"] if place == 2 else indexed.index)]
        assert [one for piece in rows.pieces(0, 99) for one in rows.checked(piece).ids.to_pylist()] == ids

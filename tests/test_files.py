from pathlib import Path

import pytest

from therapport import files
from therapport.errors import OutputError

NEW = {"a.txt": b"new a", "b.txt": b"new b"}


def content(folder: Path) -> dict[str, bytes]:
    """Every file, hidden ones included."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_appears_with_every_file_in_it_and_its_parents(tmp_path: Path) -> None:
    files.write_folder(tmp_path / "new" / "folder", NEW)
    assert content(tmp_path) == {"new/folder/a.txt": b"new a", "new/folder/b.txt": b"new b"}


def test_a_folder_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_bytes(b"mine")
    with pytest.raises(OutputError, match="exists already"):
        files.write_folder(tmp_path / "folder", NEW)
    assert content(tmp_path) == {"folder/mine.txt": b"mine"}


def test_a_folder_that_is_overwritten_holds_nothing_of_the_old_one(tmp_path: Path) -> None:
    files.write_folder(tmp_path / "folder", {"old.txt": b"old", "a.txt": b"old a"})
    files.write_folder(tmp_path / "folder", NEW, overwrite=True)
    assert content(tmp_path / "folder") == NEW


def test_a_folder_that_cannot_be_completed_does_not_appear_at_all(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        files.write_folder(tmp_path / "folder", {"a.txt": b"a", "no/such/folder.txt": b"b"})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_survives_an_overwriting_that_fails(tmp_path: Path) -> None:
    files.write_folder(tmp_path / "folder", {"old.txt": b"old"})
    with pytest.raises(OutputError):
        files.write_folder(tmp_path / "folder", {"a.txt": b"a", "no/such/folder.txt": b"b"}, overwrite=True)
    assert content(tmp_path) == {"folder/old.txt": b"old"}


def test_a_file_where_a_parent_should_be_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"mine")
    with pytest.raises(OutputError, match="cannot be written: File exists"):
        files.write_folder(tmp_path / "taken" / "folder", NEW)


def test_files_are_written_beside_others(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_bytes(b"mine")
    assert files.write_into(tmp_path, NEW) == [tmp_path / "a.txt", tmp_path / "b.txt"]
    assert content(tmp_path) == {"mine.txt": b"mine", **NEW}


def test_every_file_in_the_way_is_named_and_none_is_written(tmp_path: Path) -> None:
    for name in ("b.txt", "c.txt"):
        (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(OutputError) as caught:
        files.write_into(tmp_path, {**NEW, "c.txt": b"new c"})
    assert caught.value.problems == ("b.txt exists", "c.txt exists")
    assert content(tmp_path) == {"b.txt": b"mine", "c.txt": b"mine"}


def test_files_are_replaced_when_asked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"mine")
    files.write_into(tmp_path, NEW, overwrite=True)
    assert content(tmp_path) == NEW


def test_no_file_appears_when_one_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        files.write_into(tmp_path, {"a.txt": b"a", "no/such/folder.txt": b"b"})
    assert list(tmp_path.iterdir()) == []


def test_one_file_is_written_with_its_parents(tmp_path: Path) -> None:
    files.write_file(tmp_path / "new" / "report.html", b"report")
    assert content(tmp_path) == {"new/report.html": b"report"}


def test_one_file_is_kept_or_replaced_as_asked(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_bytes(b"old")
    with pytest.raises(OutputError, match="exists already"):
        files.write_file(tmp_path / "report.html", b"new")
    assert content(tmp_path) == {"report.html": b"old"}
    files.write_file(tmp_path / "report.html", b"new", overwrite=True)
    assert content(tmp_path) == {"report.html": b"new"}


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        files.write_file(tmp_path / "report.html", b"new", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert not list((tmp_path / "report.html").iterdir())


def test_what_is_written_can_be_read_by_colleagues(tmp_path: Path) -> None:
    files.write_file(tmp_path / "report.html", b"report")
    files.write_folder(tmp_path / "folder", NEW)
    assert (tmp_path / "report.html").stat().st_mode & 0o777 == 0o644
    assert (tmp_path / "folder").stat().st_mode & 0o055 == 0o055


def test_what_is_assembled_appears_together_and_only_when_it_is_complete(tmp_path: Path) -> None:
    with files.assembled(tmp_path / "new", ["a.txt", "b.txt"]) as draft:
        (draft / "a.txt").write_text("a")
        (draft / "b.txt").write_text("b")
        assert not (tmp_path / "new" / "a.txt").exists()
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["a.txt", "b.txt"]


def test_nothing_of_what_could_not_be_assembled_is_left(tmp_path: Path) -> None:
    def half(folder: Path) -> None:
        with files.assembled(folder, ["a.txt", "b.txt"]) as draft:
            (draft / "a.txt").write_text("a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half(tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_is_assembled_where_a_file_may_not_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("mine")
    with pytest.raises(OutputError) as refused, files.assembled(tmp_path, ["a.txt", "b.txt"]):
        pytest.fail("the body must not run")
    assert refused.value.problems == ("b.txt exists",)

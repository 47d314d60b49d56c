"""Downloads: the known file or none, from a web server on loopback."""

from pathlib import Path

import pytest

from tests.examples.conftest import Home
from therapport.errors import MissingPartError, OutputError
from therapport.examples import remote

MADE_UP = b"a,b\n1,2\n" * 50_000  # several pieces


def test_a_file_is_fetched_once_and_then_read_from_where_it_is_kept(home: Home, kept: Path) -> None:
    home.content = MADE_UP
    file = home.remote()
    pieces: list[int] = []
    totals: set[int | None] = set()
    assert not file.is_kept()

    def received(new: int, total: int | None) -> None:
        pieces.append(new)
        totals.add(total)

    remote.download(file, received=received)
    assert file.is_kept()
    assert remote.read(file) == MADE_UP
    assert [path.name for path in kept.iterdir()] == ["cohort.csv"]
    assert len(home.asked) == 1
    assert len(pieces) > 1
    assert sum(pieces) == len(MADE_UP)
    assert totals == {len(MADE_UP)}


def test_nothing_is_fetched_unless_asked_and_the_message_says_from_where(home: Home, kept: Path) -> None:
    with pytest.raises(MissingPartError, match="--download") as error:
        remote.read(home.remote())
    assert home.address in str(error.value)
    assert str(kept / "cohort.csv") in str(error.value)
    assert home.asked == []


def test_another_file_under_the_address_is_not_kept(home: Home, kept: Path) -> None:
    home.content = MADE_UP
    with pytest.raises(MissingPartError, match="not the known file"):
        remote.download(home.remote("0" * 64))
    assert not kept.exists()


def test_half_a_file_is_not_kept_nor_tried_again(home: Home, kept: Path) -> None:
    home.content = MADE_UP
    file = home.remote()
    home.content, home.announced = MADE_UP[:200_000], 400_000
    with pytest.raises(MissingPartError, match=r"broke after 200,000 of 400,000 bytes"):
        remote.download(file)
    assert not kept.exists()
    assert len(home.asked) == 1


def test_a_refusal_is_named(home: Home, kept: Path) -> None:
    home.status = 404
    with pytest.raises(MissingPartError, match=r"refused \(404\)"):
        remote.download(home.remote())
    assert not kept.exists()


def test_a_connection_that_breaks_before_any_answer_is_named(home: Home, kept: Path) -> None:
    home.status = None
    with pytest.raises(MissingPartError, match="broke after 0 bytes"):
        remote.download(home.remote())
    assert not kept.exists()


def test_without_a_network_the_message_asks_for_one(kept: Path) -> None:
    # Port 1 of loopback: nobody listens.
    with pytest.raises(MissingPartError, match="is there a network"):
        remote.download(remote.Remote("cohort.csv", "http://127.0.0.1:1/cohort.csv", "0" * 64))
    assert not kept.exists()


def test_whoever_sends_without_end_is_stopped(home: Home, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.content = MADE_UP
    monkeypatch.setattr(remote, "MOST_BYTES", 100_000)
    with pytest.raises(MissingPartError, match="more than any file"):
        remote.download(home.remote())
    assert not kept.exists()


def test_an_interruption_leaves_nothing(home: Home, kept: Path) -> None:
    home.content = MADE_UP

    def interrupt(_new: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remote.download(home.remote(), received=interrupt)
    assert not kept.exists()


def test_a_kept_file_that_has_changed_is_not_used_and_a_download_mends_it(home: Home, kept: Path) -> None:
    home.content = MADE_UP
    file = home.remote()
    kept.mkdir()
    (kept / "cohort.csv").write_bytes(MADE_UP[:-1])
    assert not file.is_kept()
    with pytest.raises(MissingPartError, match="not the known file"):
        remote.read(file)
    remote.download(file)
    assert remote.read(file) == MADE_UP


def test_a_place_that_cannot_be_written_to_is_named(home: Home, kept: Path) -> None:
    home.content = MADE_UP
    kept.write_text("a file, where a folder should be")
    with pytest.raises(OutputError, match="cannot be written"):
        remote.download(home.remote())


@pytest.mark.parametrize(
    ("platform", "variable", "expected"),
    [
        ("linux", "XDG_CACHE_HOME", "there/therapport"),
        ("win32", "LOCALAPPDATA", "there/therapport/cache"),
    ],
)
def test_downloads_are_kept_where_the_platform_keeps_what_can_be_fetched_again(
    platform: str, variable: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THERAPPORT_DATA", raising=False)
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setenv(variable, "there")
    assert remote.folder() == Path(expected)

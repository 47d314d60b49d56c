"""Where things are tracked."""

from pathlib import Path

import pytest

from therapport.errors import RegistryError
from therapport.tracking import database


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, without MLFLOW_TRACKING_URI (which MLflow sets once it has been told)."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "unset below, and by monkeypatch restored whatever MLflow makes of it")
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    (tmp_path / "study").mkdir()
    monkeypatch.chdir(tmp_path / "study")
    return tmp_path / "study"


def test_without_an_mlruns_anywhere_it_is_that_of_the_working_directory(here: Path) -> None:
    assert database.root() == here / "mlruns"
    assert not database.root().exists()


def test_the_mlruns_of_the_nearest_folder_upwards_is_used(here: Path, tmp_path: Path) -> None:
    (tmp_path / "mlruns").mkdir()
    assert database.root() == tmp_path / "mlruns"
    (here / "mlruns").mkdir()
    assert database.root() == here / "mlruns"
    assert database.uri() == f"sqlite:///{here / 'mlruns' / 'mlflow.db'}"


def test_an_address_in_the_environment_wins(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "mlruns").mkdir()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tracking.example")
    assert database.uri() == "http://tracking.example"
    assert database.artifact_location("response at intake") is None  # a server has its own place


def test_artifacts_go_beside_the_database_wherever_one_stands(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{here / 'elsewhere' / 'mlflow.db'}")
    monkeypatch.chdir("/")
    assert database.artifact_location("some-study") == (here / "elsewhere" / "artifacts" / "some-study").as_uri()


def test_connecting_opens_the_database_that_is_there(mlruns: Path) -> None:
    client = database.connect()
    assert client.tracking_uri == f"sqlite:///{mlruns / 'mlflow.db'}"
    assert [experiment.name for experiment in client.search_experiments()] == ["Default"]
    assert [path.name for path in mlruns.iterdir()] == ["mlflow.db"]


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_database_is_an_error_of_one_line(content: bytes, mlruns: Path) -> None:
    (mlruns / "mlflow.db").write_bytes(content)
    with pytest.raises(RegistryError, match="cannot be opened: it is damaged or locked") as caught:
        database.connect()
    assert "\n" not in str(caught.value)


def test_a_place_where_no_folder_can_be_is_an_error_of_one_line(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "taken").write_text("a file")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{here / 'taken' / 'mlruns' / 'mlflow.db'}")
    with pytest.raises(RegistryError, match="cannot be opened"):
        database.connect()


def test_messages_name_the_place_and_never_a_password(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert database.shown() == str(here / "mlruns")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{here}/elsewhere/mlflow.db")
    assert database.shown() == f"{here}/elsewhere"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://user:secret@host/runs")
    assert "secret" not in database.shown()

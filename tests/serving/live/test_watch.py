"""A promoted model is swapped in; a damaged one, and a registry that is away, change nothing."""

import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving import app
from serving.api.frame import Frame
from serving.api.served import Served
from serving.live import load
from serving.live.watch import Watcher
from serving.security.access import Access
from therapport import predictor as predictors
from therapport.errors import RegistryError
from therapport.predictor import Predictor, manifest

PATIENT = {"patient_id": "a", "phq9_intake": 16, "alliance": 3.9}


class Server:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.served = Served(load.load(str(folder)))
        frame = Frame()
        self.watcher = Watcher([self.served], frame.meters, seconds=0)
        self.client = TestClient(app.assemble([self.served], frame, Access()), raise_server_exceptions=False)

    def version(self) -> str:
        answer = self.client.post("/v1/predict", json={"patients": [PATIENT]})
        assert answer.status_code == 200
        return str(answer.json()["answers"][0]["model_version"])

    def metric(self, name: str) -> float:
        lines = self.client.get("/metrics").text.splitlines()
        return float(next(one for one in lines if one.startswith(name)).rsplit(" ", 1)[1])


@pytest.fixture
def server(tmp_path: Path, severity_alone: Predictor) -> Server:
    predictors.save(replace(severity_alone, version="old"), tmp_path / "model")
    return Server(tmp_path / "model")


def test_a_new_version_answers_once_it_is_there(server: Server, severity_alone: Predictor) -> None:
    assert server.version() == "old"
    described = server.client.get("/openapi.json").text
    predictors.save(replace(severity_alone, version="new"), server.folder, overwrite=True)
    assert server.version() == "old"
    server.watcher.look()
    assert server.version() == "new"
    ready = server.client.get("/readyz").json()["models"]["small"]
    assert (ready["version"], ready["folder"], ready["refused"]) == ("new", "matches", None)
    assert server.client.get("/openapi.json").text == described
    assert server.metric('therapport_model{model="small",version="new"}') == 1
    assert server.metric('therapport_model{model="small",version="old"}') == 0


def damage_a_byte(folder: Path, _: Predictor) -> None:
    path = folder / "response.json"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes().replace(b'"format"', b'"format" '))


def lose_a_file(folder: Path, made: Predictor) -> None:
    predictors.save(replace(made, version="new"), folder, overwrite=True)
    (folder / "response.json").unlink()


def answer_otherwise(folder: Path, made: Predictor) -> None:
    golden = {name: tuple(value + 0.01 for value in values) for name, values in made.evidence.golden.items()}
    changed = replace(made, version="new", evidence=made.evidence.model_copy(update={"golden": golden}))
    predictors.save(changed, folder, overwrite=True)


def take_another_name(folder: Path, made: Predictor) -> None:
    predictors.save(replace(made, name="another", version="new"), folder, overwrite=True)


def be_of_another_version(folder: Path, made: Predictor) -> None:
    predictors.save(replace(made, version="new"), folder, overwrite=True)
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}
    document = json.loads(files["predictor.json"])
    del document["factors"]
    files["predictor.json"] = json.dumps(document).encode()
    (folder / "predictor.json").write_bytes(files["predictor.json"])
    (folder / "manifest.json").write_bytes(manifest.manifest(files))


DAMAGES: list[tuple[Callable[[Path, Predictor], None], str]] = [
    (damage_a_byte, "damaged"),
    (lose_a_file, "damaged or incomplete"),
    (answer_otherwise, "does not answer as when it was made"),
    (take_another_name, "another name"),
    (be_of_another_version, "another version of therapport"),
]


@pytest.mark.parametrize(("damage", "reason"), DAMAGES, ids=lambda one: getattr(one, "__name__", ""))
def test_a_damaged_version_is_refused_and_the_old_one_goes_on(
    server: Server,
    severity_alone: Predictor,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path, Predictor], None],
    reason: str,
) -> None:
    damage(server.folder, severity_alone)
    with caplog.at_level(logging.ERROR):
        server.watcher.look()
        server.watcher.look()
    assert server.version() == "old"
    assert caplog.text.count("is refused") == 1  # it is not tried again and again
    ready = server.client.get("/readyz")
    assert ready.status_code == 200
    assert reason in ready.json()["models"]["small"]["refused"]
    assert str(server.folder) not in ready.text
    assert reason in server.client.get("/v1/models/current").json()["refused"]["reason"]
    assert server.metric("therapport_model_refused") == 1
    predictors.save(replace(severity_alone, version="mended"), server.folder, overwrite=True)
    server.watcher.look()
    assert server.version() == "mended"
    assert server.metric("therapport_model_refused") == 0


def test_a_folder_that_is_gone_changes_nothing(server: Server) -> None:
    shutil.rmtree(server.folder)
    server.watcher.look()
    assert server.version() == "old"
    ready = server.client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["models"]["small"]["folder"] == "differs"


@pytest.mark.parametrize("error", [RegistryError("locked"), RuntimeError("Zebrowski")])
def test_a_registry_that_is_away_changes_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def away(_: str) -> str:
        raise error

    monkeypatch.setattr("serving.live.load.standing", away)
    with caplog.at_level(logging.ERROR):
        server.watcher.look()
        server.watcher.look()
    assert server.version() == "old"
    assert server.metric("therapport_registry_away") == 1
    assert caplog.text.count("cannot be asked") == 1
    assert "Zebrowski" not in caplog.text
    monkeypatch.undo()
    server.watcher.look()
    assert server.metric("therapport_registry_away") == 0

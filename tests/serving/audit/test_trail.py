"""What a trail keeps, what shows in it that somebody changed it, and what a kill leaves."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from serving.audit import line
from serving.audit.chain import AuditError, Chain
from serving.audit.folder import State
from serving.audit.trail import named
from serving.audit.verify import Report, verify
from tests.serving.audit.material import IDS, begun, chain_of, patients
from therapport.predictor import Predictor


def check(folder: Path, **options: Path) -> Report:
    return verify(State(folder).audit, **options)


def test_every_answer_is_there_and_nothing_of_the_patient_is(tmp_path: Path, both: Predictor) -> None:
    trail = begun(tmp_path, both)
    trail.close()
    content = chain_of(tmp_path).read_bytes()
    lines = [line.read(one) for one in content.splitlines()]
    assert [one.kind for one in lines] == ["opened", *["answer"] * 9, "closed"]
    kept = lines[1].payload
    assert kept is not None
    assert kept["who"] == "0a1b2c3d"
    assert (kept["model"], kept["version"]) == (both.name, both.version)
    assert kept["answer"] == {"response_probability": 0.0}
    assert kept["id"] == named(trail.secret, "Zebrowski")
    assert b"Zebrowski" not in content
    assert b"8642" not in content
    report = check(tmp_path)
    assert not report.problems
    assert [(one.answers, one.torn) for one in report.chains] == [(9, False)]
    assert oct(chain_of(tmp_path).stat().st_mode & 0o777) == "0o600"


def test_another_secret_gives_other_names(tmp_path: Path) -> None:
    one, other = State(tmp_path / "a").secret(), State(tmp_path / "b").secret()
    assert named(one, "p") != named(other, "p")
    assert State(tmp_path / "a").secret() == one


def test_any_byte_that_is_changed_shows(tmp_path: Path, both: Predictor) -> None:
    begun(tmp_path, both, answers=1).close()
    path = chain_of(tmp_path)
    content = path.read_bytes()
    for place in range(0, len(content), 7):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert check(tmp_path).problems, place
    path.write_bytes(content)
    assert not check(tmp_path).problems


@pytest.mark.parametrize("change", ["dropped", "swapped", "doubled", "foreign"])
def test_lines_that_are_moved_show(tmp_path: Path, both: Predictor, change: str) -> None:
    begun(tmp_path, both).close()
    path = chain_of(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    moved = {
        "dropped": lines[:3] + lines[4:],
        "swapped": [*lines[:3], lines[4], lines[3], *lines[5:]],
        "doubled": [*lines[:4], lines[3], *lines[4:]],
        "foreign": [*lines[:3], line.write(3, "f" * 64, "answer", "{}")[0], *lines[4:]],
    }
    path.write_bytes(b"".join(moved[change]))
    assert any("does not follow" in problem for problem in check(tmp_path).problems)


def test_a_chain_that_is_cut_anywhere_stays_readable(tmp_path: Path, both: Predictor) -> None:
    begun(tmp_path, both, answers=1).close()
    path = chain_of(tmp_path)
    content = path.read_bytes()
    for length in range(1, len(content), 11):
        path.write_bytes(content[:length])
        report = check(tmp_path)
        assert not report.problems, length
        assert report.chains[0].torn == (not content[:length].endswith(b"\n"))


def test_a_later_chain_shows_that_an_older_one_was_cut_off_or_removed(tmp_path: Path, both: Predictor) -> None:
    begun(tmp_path, both).close()
    first = chain_of(tmp_path)
    begun(tmp_path, both).close()
    assert not check(tmp_path).problems
    content = first.read_bytes()
    first.write_bytes(b"".join(content.splitlines(keepends=True)[:-2]))
    assert any("is not what stood there" in problem for problem in check(tmp_path).problems)
    first.unlink()
    assert any("is gone" in problem for problem in check(tmp_path).problems)


def test_heads_kept_elsewhere_show_that_the_youngest_was_cut_off(tmp_path: Path, both: Predictor) -> None:
    begun(tmp_path, both).close()
    heads = tmp_path / "heads.json"
    assert not check(tmp_path, heads=heads).problems
    assert not check(tmp_path, heads=heads).problems
    path = chain_of(tmp_path)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert any("at an earlier check" in problem for problem in check(tmp_path, heads=heads).problems)


def test_what_cannot_be_written_may_not_be_answered(
    tmp_path: Path, both: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from serving.api.served import Loaded

    trail = begun(tmp_path, both, answers=1)
    real, full = os.write, [False]

    def write(file: int, content: memoryview) -> int:
        if full[0]:
            raise OSError(28, "No space left on device")
        full[0] = True
        return real(file, content[:40])  # half a line, then the disk is full

    monkeypatch.setattr("serving.audit.chain.os.write", write)
    with pytest.raises(AuditError):
        trail.answers(Loaded(both), None, "predict", patients(both, IDS[:1]), ['"a":1'])
    monkeypatch.undo()
    trail.answers(Loaded(both), None, "predict", patients(both, IDS[:1]), ['"a":2'])
    trail.close()
    report = check(tmp_path)
    assert not report.problems
    assert sorted((one.answers, one.torn) for one in report.chains) == [(1, False), (3, True)]


def test_a_server_whose_trail_is_full_answers_503_and_then_goes_on(
    tmp_path: Path, both: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fastapi.testclient import TestClient

    from serving import app
    from serving.api.frame import Frame
    from serving.api.served import Loaded, Served
    from serving.security.access import Access

    trail = begun(tmp_path, both, answers=0)
    client = TestClient(
        app.assemble([Served(Loaded(both))], Frame(trail=trail), Access()), raise_server_exceptions=False
    )
    row = {"patient_id": "Zebrowski", "phq9_intake": 16}
    requests = {
        "/v1/predict": {"patients": [row]},
        "/v1/explain": {"patient": row},
        "/invocations": {"instances": [row]},
        "/v1/contest": {"patient_id": "Zebrowski", "about": "prediction", "said": "no"},
    }

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("serving.audit.chain.os.write", full)
    for address, body in requests.items():
        refused = client.post(address, json=body)
        assert refused.status_code == 503
        assert "audit trail" in refused.json()["title"]
    monkeypatch.undo()
    for address, body in requests.items():
        assert client.post(address, json=body).status_code in (200, 201)
    trail.close()
    report = check(tmp_path)
    assert not report.problems
    assert sum(one.answers for one in report.chains) == 3


KILLED = """
import sys
from pathlib import Path
from serving.audit.chain import Chain
chain = Chain.begin(Path(sys.argv[1]))
n = 0
while True:
    chain.append("answer", ['{"n":%d,"rest":"%s"}' % (n + place, "x" * 500) for place in range(50)])
    n += 50
    print(n, flush=True)
"""


def test_a_kill_loses_nothing_that_was_said_to_be_there(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    folder.mkdir()
    for kill in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            said = [int(process.stdout.readline()) for _ in range(20 + 13 * kill)][-1]
            process.send_signal(signal.SIGKILL)
        report = verify(folder)
        assert not report.problems
        assert max(one.answers for one in report.chains) >= said
    assert len(report.chains) == 3


def test_a_chain_may_be_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "one.chain"
    chain = Chain(path, n=0, prev=line.BEGINNING)
    chain.append("answer", ["{}"])
    chain.finish()
    last = line.read(path.read_bytes().splitlines()[-1])
    again = Chain(path, n=last.n + 1, prev=last.hash)
    again.append("answer", [json.dumps({"a": 1})])
    again.close()
    assert not verify(tmp_path).problems

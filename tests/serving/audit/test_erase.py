"""Erasure: the patient is gone, the chain stands, and nothing else can be erased under its cover."""

import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from serving.audit import erase, line
from serving.audit.chain import ERASURES
from serving.audit.commands import audit
from serving.audit.folder import State
from serving.audit.trail import named
from serving.audit.verify import verify
from tests.serving.audit.material import IDS, begun, chain_of
from therapport.errors import OutputError
from therapport.predictor import Predictor


def test_a_patient_is_erased_while_the_server_writes(tmp_path: Path, both: Predictor) -> None:
    state = State(tmp_path)
    trail = begun(tmp_path, both)
    path = chain_of(tmp_path)
    wanted = named(trail.secret, "p2").encode()
    assert path.read_bytes().count(wanted) == 3
    done = erase.erase_patient(state, "p2")
    assert (done.lines, done.chains) == (3, 1)
    assert wanted not in path.read_bytes()
    assert erase.erase_patient(state, "p2").lines == 0
    from serving.api.served import Loaded
    from tests.serving.audit.material import patients

    trail.answers(Loaded(both), None, "predict", patients(both, IDS[:1]), ['"a":1'])
    trail.close()
    report = verify(state.audit)
    assert not report.problems
    assert sum(one.answers for one in report.chains) == 10
    assert sum(len(one.erased) for one in report.chains) == 3
    others = [line.read(one).payload for one in path.read_bytes().splitlines()]
    assert sum(one is not None and one.get("id") == named(trail.secret, "p3") for one in others) == 3


def test_old_lines_are_erased_and_young_ones_are_not(tmp_path: Path, both: Predictor) -> None:
    state = State(tmp_path)
    begun(tmp_path, both).close()
    today = datetime.datetime.now(datetime.UTC).date()
    assert erase.erase_before(state, today - datetime.timedelta(days=1)).lines == 0
    assert erase.erase_before(state, today + datetime.timedelta(days=2)).lines == 9
    assert not verify(state.audit).problems
    assert b"response_probability" not in chain_of(tmp_path).read_bytes()


def test_a_slip_in_the_year_erases_nothing(tmp_path: Path, both: Predictor) -> None:
    begun(tmp_path, both).close()
    before = chain_of(tmp_path).read_bytes()
    done = CliRunner().invoke(audit, ["erase", "--before", "2205-01-01", "--state", str(tmp_path)])
    assert done.exit_code == 2
    assert "yet to come" in done.output
    assert chain_of(tmp_path).read_bytes() == before


def test_what_is_overwritten_without_a_word_shows(tmp_path: Path, both: Predictor) -> None:
    state = State(tmp_path)
    begun(tmp_path, both).close()
    erase.erase_patient(state, "p2")
    path = chain_of(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    at, blank = line.erased(lines[1][:-1])
    lines[1] = lines[1][:at] + blank + lines[1][at + len(blank) :]
    path.write_bytes(b"".join(lines))
    assert [problem for problem in verify(state.audit).problems if "no erasure says why" in problem]


def test_an_erasure_that_was_interrupted_is_carried_out_by_the_next(
    tmp_path: Path, both: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = State(tmp_path)
    trail = begun(tmp_path, both)
    trail.close()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("serving.audit.erase.os.pwrite", killed)
    with pytest.raises(KeyboardInterrupt):
        erase.erase_patient(state, "p2")
    monkeypatch.undo()
    assert not verify(state.audit).problems
    # Half of a line of the erasures, as a power cut may leave it.
    with (state.audit / ERASURES).open("ab") as file:
        file.write(b'{"n":1,"prev":"12')
    assert not verify(state.audit).problems
    erase.erase_patient(state, "p3")
    content = chain_of(tmp_path).read_bytes()
    assert not any(named(trail.secret, one).encode() in content for one in ("p2", "p3"))
    assert not verify(state.audit).problems


def test_there_must_be_a_trail(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no audit trail"):
        erase.erase_patient(State(tmp_path), "p")
    with pytest.raises(OutputError, match="no audit trail"):
        verify(State(tmp_path).audit)

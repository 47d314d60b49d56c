"""A chain in parts: what carries over, what a kill at any step leaves, what verify and erase make of all parts."""

import datetime
import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from serving.audit import line
from serving.audit.chain import Chain, end
from serving.audit.erase import erase_before, erase_patient
from serving.audit.folder import State
from serving.audit.rotation import Part, Rotation, last_parts, part_of
from serving.audit.trail import Trail, named
from serving.audit.verify import verify
from tests.serving.audit.material import IDS, patients
from therapport.predictor import Predictor

LARGEST = 2000


def chain_in(folder: Path, appended: int, *, largest: int = LARGEST) -> Chain:
    folder.mkdir(exist_ok=True)
    chain = Chain.begin(folder, rotation=Rotation(largest=largest, daily=False))
    for number in range(appended):
        chain.append("answer", [json.dumps({"number": number, "rest": "x" * 300})])
    return chain


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("2*.chain"), key=lambda path: part_of(path.name).number)


def test_the_first_line_of_a_part_holds_the_last_hash_of_the_one_before(tmp_path: Path) -> None:
    chain_in(tmp_path, 20).close()
    files = parts(tmp_path)
    assert [part_of(path.name).number for path in files] == list(range(1, len(files) + 1))
    assert len(files) > 3
    for before, after in itertools.pairwise(files):
        assert LARGEST <= before.stat().st_size < LARGEST + 800
        first, last = line.read(after.read_bytes().splitlines()[0]), end(before)
        assert last is not None
        assert (first.prev, first.kind, first.n) == (last.hash, "continued", 0)
        assert first.payload == {"of": before.name, "n": last.n, "part": part_of(after.name).number}
        assert oct(after.stat().st_mode & 0o777) == "0o600"
    numbers = [
        one.payload["number"]
        for path in files
        for one in map(line.read, path.read_bytes().splitlines())
        if one.kind == "answer" and one.payload is not None
    ]
    assert numbers == list(range(20))
    report = verify(tmp_path)
    assert not report.problems
    assert sum(one.answers for one in report.chains) == 20
    assert not list(tmp_path.glob(".*draft"))


def test_names_tell_parts_and_chains() -> None:
    assert part_of("20260105T1Z-81-9f3c.chain") == Part("20260105T1Z-81-9f3c", 1)
    assert part_of("20260105T1Z-81-9f3c.0012.chain") == Part("20260105T1Z-81-9f3c", 12)
    for name in ("a.chain", "a.0002.chain", "a.12345.chain"):
        assert part_of(name).name == name
    assert last_parts(map(Path, ["a.0010.chain", "b.chain", "a.chain", "a.0009.chain"])) == [
        Path("a.0010.chain"),
        Path("b.chain"),
    ]


def test_another_day_is_another_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Chain.begin(tmp_path)
    chain.append("answer", ["{}"])
    monkeypatch.setattr("serving.audit.rotation._today", lambda: 30_000)
    chain.append("answer", ["{}"])
    chain.append("answer", ["{}"])
    chain.close()
    assert len(parts(tmp_path)) == 2
    assert not verify(tmp_path).problems


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("change", ["removed", "cut", "longer", "renamed"])
def test_a_part_that_is_gone_cut_or_made_longer_shows(tmp_path: Path, part: int, change: str) -> None:
    chain_in(tmp_path, 20).close()
    path = parts(tmp_path)[part]
    lines = path.read_bytes().splitlines(keepends=True)
    if change == "removed":
        path.unlink()
    elif change == "cut":
        path.write_bytes(b"".join(lines[:-1]))
    elif change == "longer":
        path.write_bytes(b"".join([*lines, line.write(len(lines), line.read(lines[-1][:-1]).hash, "answer", "{}")[0]]))
    else:
        path.rename(path.with_name("20990101T000000Z-1-00000000.chain"))
    assert verify(tmp_path).problems


def test_two_parts_cannot_go_on_from_the_same(tmp_path: Path) -> None:
    chain_in(tmp_path, 12).close()
    second = parts(tmp_path)[1]
    second.with_name("20990101T000000Z-1-00000000.chain").write_bytes(second.read_bytes())
    assert any("as another part does" in problem for problem in verify(tmp_path).problems)


def test_a_later_chain_names_only_the_last_part_and_misses_all_of_them(tmp_path: Path) -> None:
    chain_in(tmp_path, 20).close()
    last = parts(tmp_path)[-1]
    chain_in(tmp_path, 1).close()
    (young,) = (path for path in tmp_path.glob("2*.chain") if part_of(path.name).chain != part_of(last.name).chain)
    opened = line.read(young.read_bytes().splitlines()[0]).payload
    assert opened is not None
    assert list(opened["ends"]) == [last.name]
    for path in parts(tmp_path):
        if path != young:
            path.unlink()
    assert any("is gone" in problem for problem in verify(tmp_path).problems)


def test_a_part_that_cannot_be_begun_leaves_the_one_before_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = chain_in(tmp_path, 6, largest=1 << 30)
    chain._rotation = Rotation(largest=1, daily=False)
    chain._rotation.grown(1)
    real = Path.rename

    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.rename", full)
    chain.append("answer", ["{}"])
    assert len(parts(tmp_path)) == 1
    assert not list(tmp_path.glob(".*"))
    monkeypatch.setattr("pathlib.Path.rename", real)
    chain.append("answer", ["{}"])
    chain.close()
    assert len(parts(tmp_path)) > 1
    report = verify(tmp_path)
    assert not report.problems
    assert sum(one.answers for one in report.chains) == 8


def test_a_patient_is_erased_from_all_parts(tmp_path: Path, both: Predictor) -> None:
    from serving.api.served import Loaded

    state = State(tmp_path)
    trail = Trail(state, state.secret(), Chain.begin(state.audit, rotation=Rotation(largest=LARGEST, daily=False)))
    for _ in range(8):
        trail.answers(Loaded(both), None, "predict", patients(both, IDS), [f'"note":"of {one}"' for one in IDS])
    done = erase_patient(state, IDS[0])
    assert done.lines == 8
    assert done.chains > 2
    trail.answers(Loaded(both), None, "predict", patients(both, IDS), ['"a":1'] * 3)
    trail.close()
    whole = b"".join(path.read_bytes() for path in state.audit.glob("*.chain")).decode()
    assert whole.count(named(state.secret(), IDS[0])) == 1
    assert whole.count(named(state.secret(), IDS[1])) == 9
    assert "of Zebrowski" not in whole
    report = verify(state.audit)
    assert not report.problems
    assert sum(len(one.erased) for one in report.chains) == 8

    everything = erase_before(state, datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1))
    assert everything.lines == 27 - 8
    assert not verify(state.audit).problems


KILLED = """
import os, signal, sys
from pathlib import Path
from serving.audit.chain import Chain
from serving.audit.rotation import Rotation

CALLS = ("fsync", "open", "write", "dup2", "close", "rename")

def trial(folder, step, after):
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    chain = Chain.begin(folder, rotation=Rotation(largest=2300, daily=False))
    chain._closing.set(); chain._dirty.set(); chain._syncing.join()  # its own syncs would be counted
    for number in range(3):
        chain.append("answer", ['{"rest":"%s"}' % ("x" * 400)])
        os.write(said, b".")
    count = 0
    def counted(real):
        def call(*given, **named):
            nonlocal count
            count += 1
            if count == step and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            done = real(*given, **named)
            if count == step and after:
                os.kill(os.getpid(), signal.SIGKILL)
            return done
        return call
    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    chain.append("answer", ['{"rest":"%s"}' % ("x" * 400)])
    os._exit(0)

folder = Path(sys.argv[1])
for step in range(1, 40):
    ended = []
    for after in (False, True):
        own = folder / f"{step}-{after}"
        own.mkdir()
        child = os.fork()
        if child == 0:
            trial(own, step, after)
        ended.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print(step, *ended, flush=True)
    if ended == [0, 0]:
        break
"""


def test_a_kill_at_any_step_of_a_rotation_loses_nothing(tmp_path: Path) -> None:
    """Before and after each call to the system between the last line of one part and the first answer of the next."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, text=True, check=True)
    steps = [tuple(map(int, one.split())) for one in done.stdout.splitlines()]
    assert len(steps) > 8
    assert {one[1:] for one in steps[:-1]} == {(-9, -9)}
    assert steps[-1][1:] == (0, 0)
    seen = set()
    for folder in sorted(path for path in tmp_path.iterdir() if path.is_dir()):
        said = len((folder / "said").read_bytes())
        (folder / "said").unlink()
        report = verify(folder)
        assert not report.problems, (folder.name, report.problems)
        assert sum(one.answers for one in report.chains) >= said == 3
        seen.add(len(report.chains))
        # The next server goes on beside what was left.
        chain_in(folder, 2).close()
        again = verify(folder)
        assert not again.problems, (folder.name, again.problems)
    assert seen == {1, 2}


def test_single_files_of_earlier_versions_still_verify(tmp_path: Path) -> None:
    """Written line by line as they were, without rotation."""
    prev, content = line.BEGINNING, b""
    for n, (kind, payload) in enumerate([("opened", '{"ends":{}}'), ("answer", '{"id":"a"}'), ("closed", "{}")]):
        written, prev = line.write(n, prev, kind, payload)
        content += written
    (tmp_path / "20250101T000000Z-1-00000000.chain").write_bytes(content)
    report = verify(tmp_path)
    assert not report.problems
    assert [(one.lines, one.answers, one.continues) for one in report.chains] == [(3, 1, None)]
    chain_in(tmp_path, 1).close()
    assert not verify(tmp_path).problems

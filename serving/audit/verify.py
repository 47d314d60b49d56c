"""Whether a trail is what was written: every chain, line by line, and what the chains say of each other."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from serving.audit import line
from serving.audit.chain import ERASURES
from serving.audit.rotation import CONTINUED, SUFFIX
from therapport import files
from therapport.errors import OutputError

MOST_TOLD = 20


@dataclass
class Found:
    """What stands in one file: a chain, or a part of one."""

    name: str
    lines: int = 0
    answers: int = 0
    erased: set[int] = field(default_factory=set)
    """Lines whose payload is not what was committed to."""
    hashes: dict[int, str] = field(default_factory=dict)
    """Line -> hash, where another chain or an earlier check speaks of it."""
    last: str = line.BEGINNING
    torn: bool = False
    """It ends in half a line: the process was killed while it wrote, before it answered."""
    continues: tuple[str, int, str] | None = None
    """The part before it, and number and hash of the line that it goes on from; None in the first part."""
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Other chain -> its last line when this one began."""
    erasures: dict[str, set[int]] = field(default_factory=dict)
    """Chain -> lines that were erased, if this is the chain that says so."""
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """All chains of a folder."""

    chains: tuple[Found, ...]
    problems: tuple[str, ...]

    @property
    def heads(self) -> dict[str, tuple[int, str]]:
        """File -> number and hash of its last line: noted elsewhere, they show later that nothing was cut off."""
        return {one.name: (one.lines - 1, one.last) for one in self.chains if one.lines}


def verify(folder: Path, *, heads: Path | None = None) -> Report:
    """Check every chain; with `heads`, that what an earlier check noted there still stands, and note it anew.

    Raises OutputError if the folder is missing or a chain cannot be read.
    """
    if not folder.is_dir():
        raise OutputError(f"{folder}: there is no audit trail.")
    noted = _noted(heads)
    try:
        chains = tuple(checked(path) for path in sorted(folder.glob(f"*{SUFFIX}")))
    except OSError as error:
        raise OutputError(f"{folder}: cannot be read: {error.strerror or 'the system refused'}.") from None
    report = Report(chains, tuple(_problems(chains, noted)))
    if heads is not None and not report.problems:
        content = json.dumps(report.heads, indent=1) + "\n"
        files.write_file(heads, content.encode(), overwrite=True)
    return report


def checked(path: Path) -> Found:
    """One chain by itself."""
    found = Found(path.name)
    with path.open("rb") as file:
        for content in file:
            if not content.endswith(b"\n"):
                found.torn = True
                break
            _check_line(found, content[:-1])
    return found


def _check_line(found: Found, content: bytes) -> None:
    place = found.lines
    found.lines += 1
    try:
        known = line.read(content)
    except (ValueError, KeyError, TypeError):
        found.problems.append(f"{found.name}, line {place + 1}: is not a line of an audit trail")
        return
    if place == 0 and known.kind == CONTINUED and known.intact and known.payload is not None:
        found.continues = (str(known.payload["of"]), int(known.payload["n"]), known.prev)
        found.last = known.prev
    if known.n != place or known.prev != found.last:
        found.problems.append(f"{found.name}, line {place + 1}: does not follow the line before it")
    found.last = found.hashes[place] = known.hash
    found.answers += known.kind == "answer"
    if not known.intact:
        found.erased.add(place)
    elif known.payload is not None and known.kind == "opened":
        found.ends |= {name: (int(one["n"]), str(one["hash"])) for name, one in known.payload["ends"].items()}
    elif known.payload is not None and known.kind == "erasure":
        found.erasures.setdefault(str(known.payload["chain"]), set()).update(map(int, known.payload["lines"]))


def _problems(chains: tuple[Found, ...], noted: dict[str, tuple[int, str]]) -> Iterator[str]:
    by_name = {one.name: one for one in chains}
    allowed = by_name[ERASURES].erasures if ERASURES in by_name else {}
    for one in chains:
        yield from one.problems
        for place in sorted(one.erased - allowed.get(one.name, set())):
            yield f"{one.name}, line {place + 1}: its content is not what was written, and no erasure says why"
        for name, end in one.ends.items():
            yield from _stands(by_name, name, end, "when a later chain began")
    yield from _parts(chains, by_name)
    for name, end in noted.items():
        yield from _stands(by_name, name, end, "at an earlier check")


def _parts(chains: tuple[Found, ...], by_name: dict[str, Found]) -> Iterator[str]:
    """Each part must go on from the very end of the one before, and no other from the same."""
    taken: set[str] = set()
    for one in chains:
        if one.continues is None:
            continue
        name, n, stated = one.continues
        before = by_name.get(name)
        if before is None:
            yield f"{name}: is gone, and {one.name} continues it"
        elif name in taken:
            yield f"{one.name}: continues {name}, as another part does"
        elif (before.lines - 1, before.last) != (n, stated) or before.torn:
            yield f"{name}: does not end where {one.name} continues it"
        taken.add(name)


def _stands(by_name: dict[str, Found], name: str, end: tuple[int, str], when: str) -> Iterator[str]:
    n, stated = end
    if name not in by_name:
        yield f"{name}: was there {when} and is gone"
    elif by_name[name].hashes.get(n) != stated:
        yield f"{name}, line {n + 1}: is not what stood there {when}"


def _noted(path: Path | None) -> dict[str, tuple[int, str]]:
    if path is None or not path.exists():
        return {}
    try:
        return {str(name): (int(n), str(stated)) for name, (n, stated) in json.loads(path.read_text()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        raise OutputError(f"{path}: does not hold the heads of chains.") from None

"""Outcomes that were added to answers belong to these very answers, and say so: by a digest that they carry.

`therapport outcomes add` puts it there, `therapport monitor` holds it against the answers that are there now, and a run
that replaces answers sets aside the outcomes of those before.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from serving.batch.target import OUTCOMES, SCORES, outcomes_of
from serving.batch.watch import digest

DIGEST = b"therapport.answers"
SHOWN = 12
"""So much of a digest is in the name of what is set aside."""


def beside(scores: Path) -> Path:
    """Where the outcomes of answers are kept, whether the folder, the parts in it, or a single file is named."""
    if not scores.is_dir():
        return outcomes_of(scores)
    return (scores.parent if scores.name == SCORES else scores) / OUTCOMES


def answers(scores: Path) -> list[Path]:
    """The files that hold answers, in order; none if nothing is there."""
    place = scores / SCORES if (scores / SCORES).exists() else scores
    if not place.is_dir():
        return [place] if place.exists() else []
    return [one for one in sorted(place.glob("*.parquet")) if not one.name.startswith((".", "_", "outcomes"))]


def answers_digest(scores: Path) -> str:
    """What answers are told apart by. Raises CohortError if they cannot be read."""
    return of_files((one.name, digest(one)) for one in answers(scores))


def of_files(digests: Iterable[tuple[str, str]]) -> str:
    """The same from names and digests of files that were made already; the name of a single file may be any."""
    there = list(digests)
    if len(there) == 1:
        return there[0][1]
    return hashlib.sha256("".join(f"{name} {found}\n" for name, found in there).encode()).hexdigest()


def stamped(table: pa.Table, answered: str) -> pa.Table:
    """Outcomes with the digest of the answers that they belong to."""
    return table.replace_schema_metadata({**(table.schema.metadata or {}), DIGEST: answered.encode()})


def stamp(path: Path) -> str | None:
    """The digest that outcomes carry; None if they carry none, or cannot be read."""
    try:
        metadata: Mapping[bytes, bytes] = pyarrow.parquet.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException):
        return None
    found = metadata.get(DIGEST)
    return None if found is None else found.decode()


def are_of_others(path: Path, answered: str | None) -> bool:
    """Whether there are outcomes, and they are not known to belong to answers of this digest."""
    return path.exists() and (answered is None or stamp(path) != answered)


def name_aside(path: Path) -> str:
    """What outcomes are called that no longer stand beside their answers; the same name has the same content."""
    return f"{path.stem}-{digest(path)[:SHOWN]}{path.suffix}"

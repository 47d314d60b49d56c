"""From parts to a finished run: manifest, rejected rows, summary; and everything to its place, whatever interrupts it.

The manifest is written into the working folder last: from then on only moves are left, and a run that finds a manifest
there does those that are still to be done.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from serving.batch import belonging, summary, work
from serving.batch.parts import REJECTED, Job
from serving.batch.tally import Tally
from serving.batch.target import MANIFEST, SUMMARY, SUMMARY_PAGE, Target
from serving.batch.watch import digest
from serving.batch.work import PARTS, Document, Work
from therapport.predictor.columnar import schema

FORMAT = 1
ASIDE = "aside"


def assemble(job: Job, target: Target, plan: Document, parts: list[Document]) -> None:
    """Write what belongs to the whole into the working folder."""
    tally = Tally.empty(job.predictor)
    for one in parts:
        tally.add_json(one)
    folder = job.work.folder
    for draft in job.work.parts.glob(".*.draft"):
        draft.unlink()  # of somebody who was killed
    _rejected(job.work, len(parts), folder / target.rejected)
    if target.others:
        about = summary.document(tally, job.wanted)
        work.write(folder / SUMMARY, work.as_json(about))
        work.write(folder / SUMMARY_PAGE, summary.page(job.predictor, about).encode())
    else:
        _one_file(job.work, target.answers, len(parts))
    made = manifest(job, plan, parts)
    if not target.others:
        made["answers_sha256"] = digest(folder / target.answers)
    work.write(folder / MANIFEST, work.as_json(made))


def manifest(job: Job, plan: Document, parts: list[Document]) -> Document:
    """What was answered by which model, and the digest of every part."""
    columns = schema(job.predictor, job.wanted)
    counted = {name: sum(one[name] for one in parts) for name in ("rows", "scored", "abstained", "rejected")}
    return {
        "format": FORMAT,
        **plan,
        **counted,
        "answers_sha256": belonging.of_files(
            (job.work.part(number).name, one["sha256"]) for number, one in enumerate(parts)
        ),
        "columns": {field.name: str(field.type) for field in columns},
        "parts": [
            {
                "file": job.work.part(number).name,
                "rows": one["rows"],
                "answers": one["scored"] + one["abstained"],
                "sha256": one["sha256"],
            }
            for number, one in enumerate(parts)
        ],
    }


def settled(folder: Path) -> bool:
    """Whether a run in this working folder has only its moves left to do."""
    return (folder / MANIFEST).is_file()


def moved(folder: Path, target: Target) -> Document:
    """Everything to its place, in place of what is there; the working folder goes last. What the manifest says."""
    content = (folder / MANIFEST).read_bytes()
    document: Document = json.loads(content)
    if target.others:
        (target.folder / MANIFEST).unlink(missing_ok=True)  # from here on, what is there is not complete
    # Before the answers that they belong to are gone: then nobody can find them beside others.
    if belonging.are_of_others(target.outcomes, document.get("answers_sha256")):
        work.write(folder / ASIDE, belonging.name_aside(target.outcomes).encode())
        target.outcomes.replace(target.outcomes.with_name((folder / ASIDE).read_text(encoding="utf-8")))
    for name in target.names:
        # A single file may have any name; that of the folder of parts is no file's.
        made = folder / PARTS if target.others and name == target.answers else folder / name
        if name != MANIFEST and made.exists():
            _remove(target.folder / name)
            made.rename(target.folder / name)
    if document["rejected"] == 0:
        (target.folder / target.rejected).unlink(missing_ok=True)
    if target.others:
        work.write(target.folder / MANIFEST, content)
    folder.rename(done(folder))
    return document


def aside(folder: Path, target: Target) -> Path | None:
    """Where outcomes are now that stood beside the answers that were replaced."""
    try:
        place = target.folder / (folder / ASIDE).read_text(encoding="utf-8")
    except OSError:
        return None
    return place if place.exists() else None


def done(folder: Path) -> Path:
    """What a working folder is called once everything has left it; it is taken away at leisure."""
    return folder.with_name(f"{folder.name}.done")


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _rejected(made: Work, parts: int, path: Path) -> None:
    there = [made.rejected(number) for number in range(parts) if made.rejected(number).exists()]
    if not there:
        path.unlink(missing_ok=True)
        return
    rows: Any = pa.concat_tables([pyarrow.parquet.read_table(one, schema=REJECTED) for one in there])
    draft = path.with_name(f".{path.name}.draft")
    if path.suffix.lower() == ".csv":
        rows.to_pandas().to_csv(draft, index=False, lineterminator="\n")
    else:
        pyarrow.parquet.write_table(rows, draft)
    draft.replace(path)


def _one_file(made: Work, name: str, parts: int) -> None:
    """All answers in one file, part after part."""
    path = made.folder / name
    draft = path.with_name(f".{name}.draft")
    if path.suffix.lower() == ".csv":
        with draft.open("w", encoding="utf-8", newline="") as file:
            for number in range(parts):
                answers = pyarrow.parquet.read_table(made.part(number)).to_pandas()
                answers.to_csv(file, index=False, lineterminator="\n", header=number == 0)
    else:
        with pyarrow.parquet.ParquetFile(made.part(0)) as first:
            columns = first.schema_arrow
        with pyarrow.parquet.ParquetWriter(draft, columns) as writer:
            for number in range(parts):
                with pyarrow.parquet.ParquetFile(made.part(number)) as part:
                    for group in range(part.num_row_groups):
                        writer.write_table(part.read_row_group(group))
    draft.replace(path)

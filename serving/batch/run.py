"""A whole run: what is to be done, what is done already, and several threads that do the rest, part by part."""

import json
import shutil
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import joblib

from serving.batch import finish, parts, refused, target, watch, work
from serving.batch.parts import Job
from serving.batch.settings import ROWS_IN_A_PIECE, Settings, Told
from serving.batch.target import Target
from serving.batch.work import Document
from therapport import __version__
from therapport.cohort import AsOf, stream
from therapport.cohort.stream import Piece, Rows
from therapport.errors import TherapportError
from therapport.predictor import Predictor
from therapport.predictor.outputs import Output, wanted

Making = Generator[tuple[int, Document], None, None]
Make = Callable[[Job, list[int], Told], Making]
"""Makes the parts of these numbers, in any order."""


@dataclass(frozen=True)
class Done:
    """What a run has left."""

    answers: Path
    rejected_rows: Path | None
    rows: int
    scored: int
    abstained: int
    rejected: int
    notices: tuple[str, ...]
    aside: Path | None = None
    """Outcomes that belong to the answers before, if these have replaced some."""


def score(
    predictor: Predictor,
    path: Path,
    output: Path,
    settings: Settings = Settings(),  # noqa: B008 - it cannot be changed
    *,
    began: Callable[[int, int], None] = lambda _rows, _there: None,
    told: Told = lambda _: None,
    make: Make | None = None,
) -> Done:
    """Score the cohort in a file, a folder or a table; or go on with what an interrupted run has left.

    `began` is told of all rows and of those that are there already, `told` of each further part. `make` makes the
    parts; threads of this process do unless it is given. Raises CohortError if the cohort cannot be read, changes
    meanwhile, or more rows than `settings.most_rejected` break the codebook: then nothing is there. Raises OutputError
    if the answers cannot be written: then finished parts stay, and the same call goes on with them.
    """
    there = target.target_of(output)
    unfinished = there.work.exists() or finish.done(there.work).exists()
    if not settings.overwrite and not unfinished:
        there.require_free()
    before = watch.watched([*_files(path), *([settings.measurements] if settings.measurements else [])])
    rows = _rows(predictor, path, settings)
    watched = watch.watched(rows.files)
    before.require_unchanged()  # what has been found out about ids is about these very files
    plan = _plan(predictor, rows, watched, settings)
    if (complete := _complete(there, plan, rows)) is not None:
        return complete
    if not settings.overwrite and not _is_of(there.work, plan):
        there.require_free()
    with work.opened(there.work, plan) as working:
        if not finish.settled(working.folder):
            job = Job(predictor, rows, wanted(settings.outputs), working, watched)
            made = _made(job, settings, make or _in_threads(settings), began, told, name=str(path))
            finish.assemble(job, there, plan, made)
        document = finish.moved(working.folder, there)
    finished = _done(there, document, rows)
    shutil.rmtree(finish.done(there.work), ignore_errors=True)
    return finished


def _made(
    job: Job, settings: Settings, make: Make, began: Callable[[int, int], None], told: Told, *, name: str
) -> list[Document]:
    """The records of all parts, in order; those that are sound already are not made again."""
    number = -(-job.rows.number // settings.part_rows)
    known = {place: found for place in range(number) if (found := job.work.recorded(place)) is not None}
    began(job.rows.number, sum(one["rows"] for one in known.values()))
    most, rejected = settings.most_rejected * job.rows.number, sum(one["rejected"] for one in known.values())
    try:
        with closing(make(job, [place for place in range(number) if place not in known], told)) as making:
            while rejected <= most and (one := next(making, None)) is not None:
                known[one[0]] = one[1]
                rejected += one[1]["rejected"]
        if rejected > most:
            raise refused.error(job.rows, settings.most_rejected, name=name)
        job.watched.require_unchanged()
    except TherapportError as error:
        if isinstance(error, watch.InputChangedError) or job.watched.changed or rejected > most:
            job.work.clear()
        job.watched.require_unchanged()
        raise
    return [known[place] for place in range(number)]


def _in_threads(settings: Settings) -> Make:
    """One thread reads, the others work; so many parts are in memory as there are threads, and one more."""
    threads = settings.threads or int(joblib.cpu_count())

    def make(job: Job, numbers: list[int], told: Told) -> Making:
        wanted_parts = set(numbers)
        running: dict[Future[Document], int] = {}
        with ThreadPoolExecutor(threads) as pool:
            try:
                for place, pieces in _pieces_of_parts(job.rows, settings.part_rows, numbers):
                    if place not in wanted_parts:
                        continue
                    running[pool.submit(parts.make, job, place, pieces)] = place
                    while len(running) > threads:
                        yield from _finished(running, told)
                while running:
                    yield from _finished(running, told)
            finally:
                pool.shutdown(cancel_futures=True)

    return make


def _finished(running: dict[Future[Document], int], told: Told) -> Iterator[tuple[int, Document]]:
    for one in wait(running, return_when=FIRST_COMPLETED).done:
        place, document = running.pop(one), one.result()
        told(document["rows"])
        yield place, document


def _pieces_of_parts(rows: Rows, size: int, numbers: list[int]) -> Iterator[tuple[int, list[Piece]]]:
    """Each part with its pieces, from the first that is asked for on."""
    if not numbers:
        return
    part: list[Piece] = []
    for piece in rows.pieces(numbers[0] * size, piece_rows(size)):
        if part and piece.first // size != part[0].first // size:
            yield part[0].first // size, part
            part = []
        part.append(piece)
    if part:
        yield part[0].first // size, part


def piece_rows(part_rows: int) -> int:
    """Rows of a piece, so that parts are whole pieces."""
    pieces = -(-part_rows // ROWS_IN_A_PIECE)
    return part_rows // pieces if part_rows % pieces == 0 else part_rows


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.parquet")) if path.is_dir() else [path]


def _rows(predictor: Predictor, path: Path, settings: Settings) -> Rows:
    long = settings.measurements
    return stream.opened(
        path,
        predictor.codebook,
        factors=predictor.factors,
        table=settings.table,
        measurements=None if long is None else AsOf(predictor.landmark, long, settings.encoding),
        encoding=settings.encoding,
        ignore_unknown=settings.ignore_unknown,
        allow_absent=settings.allow_absent,
    )


def _plan(predictor: Predictor, rows: Rows, watched: watch.Watched, settings: Settings) -> Document:
    """Everything that the answers depend on, and nothing else."""
    digests = watched.digests()
    watched.require_unchanged()
    return {
        "therapport": __version__,
        "model_name": predictor.name,
        "model_version": predictor.version,
        "codebook_digest": predictor.codebook.digest(),
        "landmark": predictor.landmark.value,
        "input": [{"file": file.name, "sha256": found} for file, found in zip(watched.files, digests, strict=True)],
        "table": settings.table,
        "encoding": settings.encoding,
        "outputs": sorted({Output(one).value for one in settings.outputs}),
        "part_rows": settings.part_rows,
        "rows_in_input": rows.number,
    }


def _is_of(folder: Path, plan: Document) -> bool:
    try:
        return (folder / work.PLAN).read_bytes() == work.as_json(plan)
    except OSError:
        return False


def _complete(there: Target, plan: Document, rows: Rows) -> Done | None:
    """What is there, if a run of this plan was interrupted when everything was in its place already."""
    gone = finish.done(there.work)
    try:
        document: Document = json.loads((gone / target.MANIFEST).read_bytes())
    except (OSError, ValueError):
        document = {}
    same = document and all(document.get(key) == value for key, value in plan.items())
    finished = _done(there, document, rows) if same else None
    shutil.rmtree(gone, ignore_errors=True)
    return finished


def _done(there: Target, document: Document, rows: Rows) -> Done:
    rejected = there.folder / there.rejected if document["rejected"] else None
    rows_, scored, abstained, out = (int(document[name]) for name in ("rows", "scored", "abstained", "rejected"))
    aside = finish.aside(finish.done(there.work), there)
    return Done(there.folder / there.answers, rejected, rows_, scored, abstained, out, tuple(rows.notices), aside)

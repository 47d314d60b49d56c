"""A cohort scored from the command line: which engine, what is shown meanwhile, and what is said at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from serving import batch
from serving.batch import Done, Settings
from therapport import codebook
from therapport.errors import ModelError
from therapport.predictor import Predictor


class Rate(ProgressColumn):
    """Patients a second."""

    def render(self, task: Task) -> Text:
        """Of the part of the run that is going on."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s")


@contextmanager
def shown() -> Iterator[tuple[Progress, Console]]:
    """A bar with rate and time left, on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("Patients"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress, console


def require_same_codebook(predictor: Predictor, path: Path) -> None:
    """Raise ModelError if the codebook in the file is not the one that the predictor was made for."""
    theirs, ours = codebook.read(path), predictor.codebook
    if theirs.digest() == ours.digest():
        return
    names = sorted({*ours.factors, *theirs.factors})
    differing = [name for name in names if ours.factors.get(name) != theirs.factors.get(name)]
    raise ModelError(
        f"{path}: the model {predictor.name} was made for the codebook {ours.name} ({ours.digest()}), "
        f"not for {theirs.name} ({theirs.digest()}).",
        [f"{name}: described differently" for name in differing],
    )


def score(
    predictor: Predictor,
    path: Path,
    output: Path,
    settings: Settings,
    *,
    engine: str = "local",
    workers: int | None = None,
) -> Done:
    """Score with a progress bar; `engine` is local or spark."""
    make = None
    if engine == "spark":
        from serving.batch import spark  # noqa: PLC0415 - an optional part

        make = spark.maker(settings, workers=workers)
    with shown() as (progress, _):
        task = progress.add_task("Patients", total=None)

        def began(rows: int, there: int) -> None:
            progress.update(task, total=rows, completed=there)
            progress.start_task(task)

        return batch.score(
            predictor, path, output, settings, began=began, told=lambda more: progress.advance(task, more), make=make
        )

"""The long trial behind docs/debate.md: coverage with boosted trees. It can be stopped and goes on where it was.

python -m training.validity.debate --kept coverage.jsonl --write docs/validity.md
"""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from training.validity import page
from training.validity.debate import coverage

MARK = "shares of trees"


@click.command()
@click.option("--kept", required=True, type=click.Path(dir_okay=False, path_type=Path), help="What is done so far.")
@click.option("--studies", default=coverage.STUDIES, show_default=True)
@click.option("--write", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="The page with the marks.")
def trial(kept: Path, studies: int, write: Path | None) -> None:
    """Carry out the studies that are not kept yet, then print the table, or write it into a page."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    done = len(kept.read_text().splitlines()) if kept.exists() else 0
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Studies", total=studies, completed=done)
        found = coverage.resumed("xgboost", kept, studies=studies, done=lambda: progress.advance(task))
    text = "\n".join(coverage.lines("xgboost", found))
    if write is None:
        click.echo(text)
    else:
        page.replace_part(write, MARK, text)


if __name__ == "__main__":
    trial()

"""The long trial behind docs/debate.md: coverage with boosted trees. It can be stopped and goes on where it was.

python -m training.validity.debate --kept coverage.jsonl --studies 60
"""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from training.validity.debate import coverage


@click.command()
@click.option("--kept", required=True, type=click.Path(dir_okay=False, path_type=Path), help="What is done so far.")
@click.option("--studies", default=60, show_default=True)
def trial(kept: Path, studies: int) -> None:
    """Carry out the studies that are not kept yet, then print the table."""
    done = len(kept.read_text().splitlines()) if kept.exists() else 0
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Studies", total=studies, completed=done)
        found = coverage.resumed("xgboost", kept, studies=studies, done=lambda: progress.advance(task))
    for line in coverage.lines("xgboost", found):
        click.echo(line)


if __name__ == "__main__":
    trial()

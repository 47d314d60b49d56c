"""The long trials behind docs/validity.md: `python -m training.validity.trials --write docs/validity.md`.

A stopped trial goes on with the studies that are in the folder `--keep` already. After a change of how models are
fitted, delete that folder; a change of intervals or of the choice needs no new fits.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from joblib import Parallel, delayed, parallel_config
from rich.console import Console

from training.bars import bar
from training.design import Target
from training.validity import page
from training.validity.trials import choices, conformal_coverage, coverage, no_difference, store
from training.validity.trials.learned import learn
from training.validity.trials.settings import CHOICES, COVERAGE, SETTINGS, TWINS

TRIALS = {
    "coverage": (COVERAGE, coverage.lines),
    "conformal": (COVERAGE, conformal_coverage.lines),
    "no difference": (TWINS, no_difference.lines),
    "choices": (CHOICES, choices.lines),
}


@click.command()
@click.option("--studies", type=click.IntRange(min=2), default=200, show_default=True)
@click.option("--only", type=click.Choice([*TRIALS]), multiple=True, help="Some of the tables; all unless given.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), default=Path("trials"), show_default=True)
@click.option("--jobs", type=int, default=-1, show_default=True, help="Processes; -1 is one for each core.")
@click.option("--write", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="The page with the marks.")
def trials(studies: int, only: tuple[str, ...], keep: Path, jobs: int, write: Path | None) -> None:
    """Simulate studies, fit them, and write what intervals and choices did as tables."""
    console = Console(stderr=True)
    wanted = only or tuple(TRIALS)
    names = list(dict.fromkeys(name for trial in wanted for name in TRIALS[trial][0]))
    numbers = {name: max(2, round(studies * SETTINGS[name].part)) for name in names}
    _fit(numbers, keep, jobs, console)
    kept = {
        name: [store.kept(store.path(keep, name, seed)) for seed in range(1, number + 1)]
        for name, number in numbers.items()
    }
    for trial in wanted:
        settings, lines = TRIALS[trial]
        with console.status(f"Table: {trial}"):
            text = "\n".join(lines(settings, kept))
        if write is None:
            click.echo(text)
        else:
            page.replace_part(write, trial, text)


def _fit(numbers: Mapping[str, int], keep: Path, jobs: int, console: Console) -> None:
    with bar(console) as progress:
        for name, number in numbers.items():
            missing = [seed for seed in range(1, number + 1) if not store.path(keep, name, seed).is_file()]
            task = progress.add_task(SETTINGS[name].title, total=number, completed=number - len(missing))
            if missing:
                new = () if name in TWINS else SETTINGS[name].new_patients().targets
                work = (delayed(_one)(name, new, seed, keep) for seed in missing)
                for _ in Parallel(n_jobs=jobs, return_as="generator_unordered")(work):
                    progress.advance(task)


def _one(name: str, new: Sequence[Target], seed: int, keep: Path) -> None:
    with parallel_config("sequential"):
        setting = SETTINGS[name]
        found = no_difference.learn(setting, seed) if name in TWINS else learn(setting, tuple(new), seed)
        store.keep(store.path(keep, name, seed), found)


if __name__ == "__main__":
    trials()

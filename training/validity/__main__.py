"""The job behind docs/validity.md: every proof carried out anew, its figures as tables.

python -m training.validity -o docs/validity.md
"""

from pathlib import Path

import click
from rich.console import Console

from therapport import __version__, files
from training.bars import bar
from training.validity import calibration, family_shares, nothing, population, recovery
from training.validity.debate import coverage, delivery, path
from training.validity.debate import recovery as out_of_sample
from training.validity.debate import scenarios as debate
from training.validity.page import Section, long_trials

INTRODUCTION = f"""\
# Validity of the simulated cohorts

No open data set has alliance, technique and outcome of the same patients, and no explanation can be checked where the
truth is not known. So explanations are checked on [simulated cohorts](simulator.md), and here the cohorts themselves
are. Made by `python -m training.validity -o docs/validity.md` with therapport {__version__}; nothing was typed by hand.

**Simulated: nobody in these cohorts exists.** What is shown here is that the software finds what was put in; it says
nothing about what is true of real patients.
"""
SECTIONS: dict[str, Section] = {
    "Correlations": population.correlations(),
    "Base rates": population.base_rates(),
    "Shares of families": family_shares.section(),
    "Shares out of sample": out_of_sample.section(),
    "Scenarios of the debate": debate.section(),
    "Across delivery": delivery.section(),
    "Coverage of shares": coverage.section(),
    "Paths": path.section(),
    "Truth": calibration.section(),
    "Nothing to predict": nothing.section(),
    **{f"Contributions, {scenario}": recovery.section(scenario) for scenario in recovery.SCENARIOS},
}


@click.command()
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def validity(output: Path) -> None:
    """Carry out every proof and write all of them to one Markdown page."""
    lines = [INTRODUCTION]
    with bar(Console(stderr=True)) as progress:
        for name, section in SECTIONS.items():
            task = progress.add_task(name, total=section.steps)
            lines += section.write(lambda task=task: progress.advance(task))  # type: ignore[misc]
    page = "\n".join(lines).rstrip() + f"\n\n{long_trials(output)}"
    files.write_file(output, (page.rstrip() + "\n").encode(), overwrite=True)


if __name__ == "__main__":
    validity()

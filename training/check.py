"""The job `check`: read everything, say what is there, fit nothing."""

from collections.abc import Sequence
from pathlib import Path

import jinja2
from rich.console import Console
from rich.table import Table

from therapport import files
from training.inspection import Inspection, inspect
from training.landmarks import designs as landmarks


def run(path: Path, *, report: Path | None = None, overwrite: bool = False) -> None:
    """Print what the study will work on, and write it as a page if asked; raises an error that lists every problem."""
    if report is not None:
        files.require_free(report, overwrite=overwrite)
    found = [inspect(design) for design in landmarks.read(path)]
    for one in found:
        _print(one, Console())
    if report is not None:
        files.write_file(report, page(found).encode(), overwrite=overwrite)
        print(f"Report in {report}.")  # noqa: T201 - a path must not be wrapped
    print(f"No problems. Next: therapport compare {path}")  # noqa: T201 - a command must not be wrapped


def page(every: Sequence[Inspection]) -> str:
    """The inspection at each landmark as one HTML file that needs no other."""
    loader = jinja2.PackageLoader("training")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return environment.get_template("check.html").render(every=every)


def _print(found: Inspection, console: Console) -> None:
    console.print(f"[bold]{found.title}[/bold]")
    if found.simulated:
        console.print("[yellow]SIMULATED: nobody in this cohort exists.[/yellow]")
    groups = ", ".join(f"{count:,} {level}s" for level, count, _ in found.groups)
    console.print(f"{found.patients:,} {found.rows}{f', {groups}' if groups else ''}")
    console.print(found.at_risk, highlight=False)
    for outcome in found.outcomes:
        console.print(outcome)
    if found.measurements:
        console.print(_measurements(found))
    console.print(_factors(found))
    for concern in found.concerns:
        console.print(f"[yellow]Note:[/yellow] {concern}")


def _measurements(found: Inspection) -> Table:
    known = f"Of them known at {found.landmark}"
    table = Table("Measure", "Measurements", known, "Episodes", "Median per episode", title="Measurements")
    for row in found.measurements:
        table.add_row(row.label, row.measurements, row.by_landmark, row.episodes, row.median)
    return table


def _factors(found: Inspection) -> Table:
    table = Table("Family", "Factor", "Known at", "In this cohort", "Missing", title="Factors")
    family = ""
    for row in found.factors:
        shown = "" if row.family == family else row.family
        family = row.family
        table.add_row(shown, row.label, row.known_at, row.summary, f"{row.missing:.0%}" if row.missing else "-")
    return table

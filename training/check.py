"""The job `check`: read everything, say what is there, fit nothing."""

from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from training import design as designs
from training import study as studies
from training.design import Design


def run(path: Path) -> None:
    """Print what the study will work on; raises an error that lists every problem."""
    study = studies.read(path)
    design = designs.read(study)
    console = Console()
    console.print(f"[bold]{study.table.title}[/bold]")
    if study.codebook.simulated:
        console.print("[yellow]SIMULATED: nobody in this cohort exists.[/yellow]")
    groups = ", ".join(
        f"{design.cohort.table[column].nunique()} {level}s" for level, column in study.codebook.groups.items()
    )
    console.print(f"{len(design.cohort.table):,} patients{f', {groups}' if groups else ''}")
    for target in design.targets:
        if target.kind == "binary" and study.outcome is not None:
            share = f"{target.outcome.mean():.0%} of {len(target.rows):,} patients"
            console.print(f"Outcome: {study.outcome.label} ({study.outcome.definition}): {share}")
            console.print(f"Counted: {study.outcome.denominator}")
        elif study.instrument is not None:
            console.print(
                f"End score: {study.instrument.label}, mean {target.outcome.mean():.1f}, "
                f"standard deviation {target.outcome.std(ddof=1):.1f}, {len(target.rows):,} patients"
            )
    console.print(_factors(design))
    for warning in design.warnings:
        console.print(f"[yellow]Note:[/yellow] {warning}")
    console.print(f"No problems. Next: therapport compare {path}", soft_wrap=True)


def _factors(design: Design) -> Table:
    study = design.study
    table = Table("Family", "Factor", "Known at", "Missing", title=f"Factors known at {study.table.landmark.value}")
    for family, members in study.codebook.families_of(study.factors).items():
        for place, name in enumerate(members):
            factor = study.codebook.factors[name]
            missing = float(np.mean(design.cohort.table[name].isna()))
            label = study.codebook.families[family].label if place == 0 else ""
            table.add_row(label, factor.label, factor.known_at.value, f"{missing:.0%}" if missing else "-")
    return table

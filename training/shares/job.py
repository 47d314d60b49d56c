"""The job `shares`: how much each family adds, tracked, and as one HTML report."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from therapport import files
from therapport.codebook import Landmark
from therapport.tracking import database
from therapport.tracking import shares as tracking
from training import design as designs
from training import study as studies
from training.bars import bar
from training.design import Design, Target
from training.shares import found as finding
from training.shares import published as publications
from training.shares import questions, tracked, words
from training.shares import report as reports
from training.shares.landmarks import found as over_landmarks
from training.shares.multiverse import choices as choosing
from training.shares.multiverse import run as running
from training.shares.published import Source
from training.shares.results import OutcomeShares, Partition, Shares
from training.study import Study

REPORT, RESULTS = "shares.html", "shares.json"


def run(
    path: Path,
    *,
    report: Path | None,
    published: bool,
    landmark: str | None,
    multiverse: Path | None = None,
    overwrite: bool,
) -> None:
    """Find, print, write and track; everything is checked before the first model is fitted.

    Of a study with several landmarks the report is for `landmark`, or for the last of them; shares are given for each.
    Raises ConfigurationError if `landmark` is none of them.
    """
    console = Console()
    if report is not None:
        files.require_free(report, overwrite=overwrite)
    every = studies.read_all(path)
    asked = over_landmarks.latest(every) if landmark is None else Landmark(landmark)
    if landmark is None and len(every) > 1:
        console.print(
            f"The study has {len(every)} landmarks. The report is for {asked.value}, the last of them, with shares at "
            f"each; --landmark names another.",
            soft_wrap=True,
            highlight=False,
        )
    design = designs.read(studies.read(path, landmark=asked))
    chosen = None if multiverse is None else choosing.choices(design)
    if multiverse is not None:
        running.read(multiverse)  # a file that is something else is refused before any work
    database.connect()  # a database that cannot be opened should not cost the user the work
    found = _find(design, every, console)
    if multiverse is not None and chosen is not None:
        with bar(console, transient=True) as progress:
            task = progress.add_task("Multiverse", total=len(chosen.specifications()))
            asked_otherwise = running.run(design, multiverse, chosen=chosen, done=lambda: progress.advance(task))
        found = found.model_copy(update={"multiverse": asked_otherwise})
    for outcome in found.outcomes:
        _print(found, outcome, console)
    for sentence in questions.told(found):
        console.print(sentence, soft_wrap=True, highlight=False)
    if published:
        _print_published(console, found)
    page = reports.render(found)
    if report is not None:
        files.write_file(report, page.encode(), overwrite=overwrite)
    with database.writing():
        tracking.log(
            study=found.study,
            title=found.title,
            simulated=found.simulated,
            cohort_digest=found.cohort_digest,
            runs=tracked.runs(found),
            files={REPORT: page, RESULTS: found.model_dump_json(indent=1)},
        )
    console.print(words.ASSOCIATION, soft_wrap=True)
    console.print(f"Tracked in {database.shown()}, experiment {found.study}{tracking.ENDING}.", soft_wrap=True)
    if report is not None:
        console.print(f"Report in {report}.", soft_wrap=True)


def run_published(*, report: Path | None, overwrite: bool) -> None:
    """The published figures alone; no study is needed."""
    if report is not None:
        files.write_file(report, reports.render_published().encode(), overwrite=overwrite)
    console = Console()
    _print_published(console)
    if report is not None:
        console.print(f"Report in {report}.", soft_wrap=True)


def _find(design: Design, every: Sequence[Study], console: Console) -> Shares:
    def describe(target: Target) -> str:
        study = design.study
        if target.kind == "binary" and study.outcome is not None:
            return f"{words.sentence_case(study.outcome.label)} ({study.outcome.definition})"
        return f"End score ({study.codebook.measures[study.table.outcome.after or ''].label})"

    with bar(console, transient=True) as progress:
        task = progress.add_task("Refitting every set of families", total=finding.steps(design, every))
        return finding.found(design, describe=describe, studies=every, done=lambda: progress.advance(task))


def _print(found: Shares, outcome: OutcomeShares, console: Console) -> None:
    for model in outcome.models:
        first = model.partitions[0]
        title = f"{outcome.definition}: {model.label.lower()}, out of fold, in {words.MEASURES[first.measure]}"
        console.print(_table(found, first, title))
        for sentence in words.told(found, model):
            console.print(sentence, soft_wrap=True, highlight=False)
        console.print()


def _table(found: Shares, partition: Partition, title: str) -> Table:
    table = Table("Family", "Share", "Unique", "Shared", "Alone", title=title)
    for name, one in partition.families.items():
        figures = (words.whole(figure) for figure in (one.share, one.unique, one.shared, one.alone))
        table.add_row(found.families[name], *figures, style="" if one.beyond_zero else "dim")
    table.add_row("All together", words.whole(partition.total), "", "", "", style="bold")
    return table


def _print_published(console: Console, found: Shares | None = None) -> None:
    known = publications.read()
    improvement = publications.of_improvement(known.cuijpers_2012)
    table = Table("Part", "Effect size", "Recomputed %", "Published %", title="Cuijpers 2012: shares of improvement")
    for row, own in zip(known.cuijpers_2012.rows, improvement, strict=True):
        table.add_row(row.name, f"{row.effect:.2f}", f"{own:.1f}", f"{row.printed:.1f}")
    _with_source(console, table, known.cuijpers_2012)
    table = Table(
        "Factor", "Effect size", "d2 / (d2 + 4) %", "Published %", title="Wampold 2015: effect size to variance"
    )
    for row, own in zip(known.wampold_2015.rows, publications.of_variance(known.wampold_2015), strict=True):
        table.add_row(row.name, f"{row.effect:.2f}", f"{own:.1f}", f"{row.printed:.1f}")
    _with_source(console, table, known.wampold_2015)
    outcome = None if found is None else next((one for one in found.outcomes if one.kind == "score"), None)
    models = outcome.models if outcome else ()
    beside = [publications.beside(known.norcross_2004, model.partitions[0]) for model in models]
    table = Table("Part", "Published %", *(f"This cohort: {one.label.lower()} %" for one in models))
    table.title = "Norcross 2004: shares of the whole variance"
    for place, row in enumerate(known.norcross_2004.rows):
        own_cells = (rows[place][1] for rows in beside)
        cells = ("-" if own is None else words.amount(own / 100) for own in own_cells)
        table.add_row(row.name, f"{row.printed:.0f}", *cells)
    _with_source(console, table, known.norcross_2004)


def _with_source(console: Console, table: Table, source: Source) -> None:
    console.print(table)
    console.print(f"{source.citation}. Obtained by {source.how}.", soft_wrap=True, highlight=False)
    console.print(source.not_summed, soft_wrap=True, highlight=False)
    console.print()

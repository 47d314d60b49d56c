"""The tables of a card: the cohort, what is missing, the factors, the figures, the learning curve."""

from collections.abc import Iterator

from therapport.card import words
from therapport.card.document import Table
from therapport.performance import SMALLEST_CELL
from therapport.predictor import Predictor
from therapport.predictor.described import KNOWN, MISSING, CohortTable, Described, MissingShare, Values
from therapport.predictor.evidence import Comparison

WITHHELD = f"Not shown: a count below {SMALLEST_CELL}, or one from which such a count could be worked out."
PART = "\u2003"
"""Begins the first cell of a row that belongs to the one above it."""
MEAN = "{} ({})", ("mean", "deviation")
MEDIAN = "{} [{} to {}]", ("median", "quartile_1", "quartile_3")


def table_one(predictor: Predictor) -> tuple[Table, ...]:
    """Table 1; none in models that were made before it was kept."""
    known = predictor.evidence.table_one
    if known is None:
        return ()
    head = ["Factor", *(f"{_column(predictor, known, one.key)} ({one.patients:,})" for one in known.columns)]
    compared = len(known.columns) > 1
    described = {one.name: one for one in known.factors}
    return (
        Table(
            caption="Table 1. The training cohort at the moment of prediction",
            head=(*head, *(["SMD"] if compared else [])),
            groups=tuple(
                (
                    predictor.codebook.families[family].label,
                    tuple(
                        row
                        for name in members
                        for row in _rows_of(predictor, known, described[name], compared=compared)
                    ),
                )
                for family, members in predictor.families.items()
            ),
            note=" ".join(_notes(known, words.rows(predictor))),
        ),
    )


def _column(predictor: Predictor, known: CohortTable, key: str) -> str:
    others = f", or not known in fewer than {SMALLEST_CELL}" if known.few_unknown else ""
    names = {
        "all": "All",
        "with": "Outcome: yes",
        "without": f"Outcome: no{others}",
        "known": "End score known",
        "unknown": "Outcome not known" if predictor.outcome is not None else "End score not known",
    }
    return names[key]


def _notes(known: CohortTable, rows: str) -> Iterator[str]:
    yield f"Numbers: mean (standard deviation), then the median. Others: {rows} (per cent of the column)."
    yield f"– {WITHHELD[0].lower()}{WITHHELD[1:]}"
    if len(known.columns) > 1:
        sides = "with and without the outcome" if known.columns[1].key == "with" else "whose end score is known or not"
        yield (
            f"SMD: standardised mean difference between those {sides}, among known values (of categories after Yang "
            f"and Dalton 2012)."
        )


def _rows_of(predictor: Predictor, known: CohortTable, one: Described, *, compared: bool) -> Iterator[tuple[str, ...]]:
    factor = predictor.codebook.factors[one.name]
    labels = {**factor.levels} if factor.kind == "category" else {"true": "yes", "false": "no"}
    unit = f", {factor.unit}" if factor.unit and factor.unit not in factor.label else ""
    difference = [("–" if one.difference is None else words.number(one.difference, 2))] if compared else []
    blank = [""] * len(difference)
    if one.values:
        yield (f"{factor.label}{unit}", *(_spread(value, *MEAN) for value in one.values), *difference)
        yield (f"{PART}median [quartiles]", *(_spread(value, *MEDIAN) for value in one.values), *blank)
    else:
        yield (factor.label, *("" for _ in known.columns), *difference)
    for part, counts in one.counts.items():
        if part != KNOWN and not (part == MISSING and set(counts) == {0}):
            shares = zip(counts, known.columns, strict=True)
            cells = ("–" if count is None else _count(count, column.patients) for count, column in shares)
            label = "missing" if part == MISSING else labels.get(part, part)
            yield (f"{PART}{label}", *cells, *blank)


def _count(count: int, of: int) -> str:
    return f"{count:,} ({100 * count / of:.0f} %)"


def _spread(values: Values | None, pattern: str, names: tuple[str, ...]) -> str:
    return "–" if values is None else pattern.format(*(words.short(getattr(values, name)) for name in names))


def missing(predictor: Predictor) -> tuple[Table, ...]:
    """Missing by factor and family, and what is missing together; no tables where nothing is."""
    report, cohort = predictor.evidence.missing, predictor.evidence.cohort
    if report is None or not any(one.share for one in report.factors.values()):
        return ()
    levels = [level for level in cohort.groups if any(level in one.groups for one in report.factors.values())]
    codebook = predictor.codebook

    def row(label: str, one: MissingShare, cells: int) -> tuple[str, ...]:
        few = 0 < one.share * cells < SMALLEST_CELL
        share = f"fewer than {SMALLEST_CELL}" if few else "none" if one.share == 0 else words.percent(one.share)
        spread = [one.groups.get(level) if one.share else None for level in levels]
        return (label, share, *(_quartiles(quartiles) for quartiles in spread))

    table = Table(
        caption="What is missing",
        head=("Factor", "Missing", *(f"Half of the {level}s" for level in levels)),
        groups=tuple(
            (
                codebook.families[family].label,
                (
                    row("All of them", report.families[family], cohort.patients * len(members)),
                    *(row(codebook.factors[name].label, report.factors[name], cohort.patients) for name in members),
                ),
            )
            for family, members in predictor.families.items()
        ),
        note="Half of the groups with 20 patients or more lie between these shares." if levels else "",
    )
    patterns = Table(
        caption="What is missing together",
        head=("Missing, and nothing else", words.rows(predictor).capitalize()),
        groups=(
            (
                "",
                tuple(
                    (
                        words.listed([codebook.factors[name].label for name in one.missing]) or "nothing",
                        f"{one.patients:,} or a few more",
                    )
                    for one in report.patterns
                ),
            ),
        ),
        note=f"The most frequent patterns with at least {SMALLEST_CELL}; counts are rounded down to tens.",
    )
    return (table, patterns)


def _quartiles(known: tuple[float, float, float] | None) -> str:
    return "–" if known is None else f"{words.percent(known[0])} to {words.percent(known[2])}"


def figures(predictor: Predictor) -> tuple[Table, ...]:
    """All out-of-fold figures of all candidates, a table for each outcome."""
    return tuple(_figures(predictor, comparison) for comparison in predictor.evidence.comparisons)


def _figures(predictor: Predictor, comparison: Comparison) -> Table:
    keys = [key for key in words.METRICS if any(key in one.metrics for one in comparison.candidates.values())]
    head = tuple(
        f"{one.label}{' (preferred)' if name == comparison.chosen else ''}"
        for name, one in comparison.candidates.items()
    )
    return Table(
        caption=f"Out of fold: {words.outcome(predictor, comparison)}",
        head=("Figure", *head),
        groups=(
            (
                "",
                tuple(
                    (
                        words.METRICS[key],
                        *(words.figure(one.metrics.get(key)) for one in comparison.candidates.values()),
                    )
                    for key in keys
                ),
            ),
        ),
        note="With 95 % intervals.",
    )


def completeness(predictor: Predictor) -> tuple[Table, ...]:
    """The preferred candidate among those with every factor and among the others."""
    found = []
    for comparison in predictor.evidence.comparisons:
        if comparison.completeness:
            keys = list(comparison.completeness[0].metrics)
            rows = tuple(
                (
                    "every factor known" if one.complete else "some factor missing",
                    f"{one.patients:,} or a few more",
                    *(words.figure(one.metrics.get(key)) for key in keys),
                )
                for one in comparison.completeness
            )
            head = (words.rows(predictor).capitalize(), "Number", *(words.METRICS[key] for key in keys))
            caption = f"With and without missing values: {words.outcome(predictor, comparison)}"
            found.append(Table(caption, head, (("", rows),), note="Out of fold, with 95 % intervals."))
    return tuple(found)


def learning(predictor: Predictor) -> tuple[Table, ...]:
    """The learning curve of each outcome that has one."""
    found = []
    for comparison in predictor.evidence.comparisons:
        if comparison.learning is not None:
            points, names = comparison.learning.points, list(comparison.learning.gain)
            key = "auc" if comparison.kind == "binary" else "r2"
            rows = tuple(
                (f"{one.patients:,}", *(words.figure(one.candidates[name].get(key)) for name in names))
                for one in points
            )
            labels = (f"{words.METRICS[key]}: {comparison.candidates[name].label.lower()}" for name in names)
            caption = f"Learning curve: {words.outcome(predictor, comparison)}"
            found.append(
                Table(caption, ("Patients learned from", *labels), (("", rows),), comparison.learning.sentence)
            )
    return tuple(found)


def factors(predictor: Predictor) -> Table:
    """Every factor that may enter, with what it may hold."""
    codebook = predictor.codebook
    return Table(
        caption="The factors",
        head=("Factor", "Kind", "Allowed", "Known from", "Without it"),
        groups=tuple(
            (
                codebook.families[family].label,
                tuple(_factor(predictor, name) for name in members),
            )
            for family, members in predictor.families.items()
        ),
    )


def _factor(predictor: Predictor, name: str) -> tuple[str, ...]:
    factor = predictor.codebook.factors[name]
    if factor.levels:
        allowed = "; ".join(factor.levels.values())
    elif factor.range is not None:
        allowed = f"{factor.range[0]:g} to {factor.range[1]:g} {factor.unit}".strip()
    else:
        allowed = "yes or no" if factor.kind == "boolean" else factor.unit or "any number"
    known_at = factor.known_at if factor.repeated_measure is None else predictor.landmark
    without = "no prediction" if factor.required else "predicted without"
    kind = {"integer": "whole number", "boolean": "yes or no"}.get(factor.kind, factor.kind)
    return (factor.label, kind, allowed, words.MOMENTS[known_at], without)

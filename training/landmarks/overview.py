"""The landmarks of a study side by side: what waiting buys, and in whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from therapport.models import CANDIDATES, Kind
from therapport.performance import SMALLEST_CELL, OutOfFold, bootstrap_weights, evaluate_binary, evaluate_score
from therapport.predictor.evidence import Comparison, Figure
from training import external, figures
from training.design import Design
from training.evaluation import Evaluation

METRIC: dict[Kind, tuple[str, str]] = {"binary": ("auc", "AUC"), "score": ("r2", "R2")}
BASELINES = ("severity_landmark", "severity")
"""Beside the preferred candidate: two scores where there are two, else severity alone."""
FEWEST = 30
FEWEST_GROUPS = 5
"""Fewer common patients, or groups of them, and nothing is said of the same patients."""
CAVEAT = (
    "The patients differ from row to row: a later landmark leaves out those who had left before, so a higher figure is "
    "not only what waiting buys. The last column is about the same patients throughout: those who count at every "
    "landmark, {count}, as models of each landmark predicted them out of fold."
)
NO_CAVEAT = (
    "The patients differ from row to row: a later landmark leaves out those who had left before, so a higher figure is "
    "not only what waiting buys. Too few patients count at every landmark for a comparison in the same patients."
)


@dataclass(frozen=True)
class Compared:
    """One landmark of a study, carried out."""

    design: Design
    evaluations: tuple[Evaluation, ...]


def tables(compared: Sequence[Compared]) -> Iterator[tuple[Table, str]]:
    """For each outcome its table, and what has to be known to read it."""
    counts = still_in_treatment([len(one.design.at_risk.rows) for one in compared])
    for kind, (metric, label) in METRIC.items():
        found = [(one, each) for one in compared for each in one.evaluations if each.target.kind == kind]
        if not found:
            continue
        same = in_the_same_patients([(one.design, each) for one, each in found])
        what = "response" if kind == "binary" else "end score"
        table = Table(
            "Landmark", "At risk", "Preferred", label, "Beside it", "Same patients", title=f"All landmarks: {what}"
        )
        for place, (one, each) in enumerate(found):
            table.add_row(
                one.design.study.table.landmark.value,
                counts[compared.index(one)] + ("" if one.design.at_risk.told else " *"),
                each.comparison.candidates[each.comparison.chosen].label,
                figures.cell(each.comparison.candidates[each.comparison.chosen].metrics.get(metric)),
                _beside(each.comparison, metric),
                "-" if same is None else figures.cell(same.figures[place]),
            )
        yield table, NO_CAVEAT if same is None else CAVEAT.format(count=f"{same.patients:,}")


def show(console: Console, compared: Sequence[Compared]) -> None:
    """Print them."""
    for table, caveat in tables(compared):
        console.print()
        console.print(table)
        console.print(caveat, soft_wrap=True, highlight=False)
    if note := footnote(compared):
        console.print(note, soft_wrap=True, highlight=False, markup=False)


def footnote(compared: Sequence[Compared]) -> str | None:
    """What the star in the tables stands for."""
    unknown = [one.design.study.table.landmark.value for one in compared if one.design.at_risk.told is None]
    if not unknown:
        return None
    return (
        f"* It is not known who was still in treatment at {', '.join(unknown)}; everybody counts there. [at_risk] in "
        f"the study says what tells it."
    )


def still_in_treatment(counts: Sequence[int]) -> list[str]:
    """How many count at each landmark, as it is told: where fewer than ten make a difference, they are not shown."""
    told: list[int] = []
    words = []
    for count in counts:
        close = [other for other in told if 0 < abs(other - count) < SMALLEST_CELL]
        words.append(f"about {close[0]:,}" if close else f"{count:,}")
        told += [] if close else [count]
    return words


@dataclass(frozen=True)
class Same:
    """Figures in the patients who count at every landmark."""

    patients: int
    figures: tuple[Figure | None, ...]


def in_the_same_patients(found: Sequence[tuple[Design, Evaluation]]) -> Same | None:
    """AUC or R2 of the preferred candidate of each landmark, in those with a known outcome at all; None if too few."""
    rows = [design.at_risk.rows[each.target.rows] for design, each in found]
    common: NDArray[np.int64] = reduce(np.intersect1d, rows)
    predictions = [
        external.subset(each.predictions[each.comparison.chosen], np.flatnonzero(np.isin(own, common)))
        for own, (_, each) in zip(rows, found, strict=True)
    ]
    first = predictions[0]
    if len(common) < FEWEST or len(np.unique(first.cluster)) < FEWEST_GROUPS:
        return None
    kind = found[0][1].target.kind
    if kind == "binary" and not SMALLEST_CELL <= first.truth.sum() <= len(common) - SMALLEST_CELL:
        return None
    return Same(
        len(common),
        tuple(_figure(kind, one, design) for one, (design, _) in zip(predictions, found, strict=True)),
    )


def _figure(kind: Kind, predictions: OutOfFold, design: Design) -> Figure | None:
    settings = design.study.table
    weights = bootstrap_weights(predictions.cluster, draws=settings.validation.draws, seed=settings.seed)
    if kind == "score":
        one = evaluate_score(predictions, weights, reliable_change=None)["r2"]
    elif predictions.is_flat():
        return None
    else:
        one = evaluate_binary(predictions, weights, only={"auc"})["auc"]
    return Figure(value=one.value, low=one.low, high=one.high)


def _beside(comparison: Comparison, metric: str) -> str:
    name = next(one for one in BASELINES if one in comparison.candidates)
    label = CANDIDATES[name].label
    return f"{figures.cell(comparison.candidates[name].metrics.get(metric))} {label[0].lower()}{label[1:]}"

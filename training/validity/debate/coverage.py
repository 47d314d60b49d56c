"""How often intervals hold what they are to hold: the procedure's expected shares, over many studies of one size."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from therapport import simulator
from therapport.predictor.evidence import Figure
from training.shares import coalitions, partition
from training.shares.coalitions import MODELS, Model
from training.shares.results import Partition
from training.validity.debate import latent, recovery
from training.validity.page import Done, Section, table

STUDIES, PATIENTS, THERAPISTS, FOLDS, REPEATS, DRAWS = 200, 1_000, 100, 5, 2, 400
FIRST_SEED = 5_000
PARTS = ("share", "unique", "alone")
FloatArray = NDArray[np.float64]


def section() -> Section:
    """The linear model; that of boosted trees takes longer and is a trial of its own (`python -m …debate`)."""
    return Section(STUDIES, _linear_lines)


def study(model: Model, seed: int, *, patients: int = PATIENTS, therapists: int = THERAPISTS) -> list[list[float]]:
    """Value, low and high of every figure in one study, those of intervals that take the models for fixed after them.

    Shape (families x PARTS + 1, 5), the last row being the total.
    """
    made = simulator.simulate(
        patients=patients, therapists=therapists, sites=4, seed=seed, missing=0, parameters=latent.WITHOUT_CASENESS
    )
    material = latent.material(made, folds=FOLDS, repeats=REPEATS)
    predictions = coalitions.predict(material, model)
    widened = partition.widening(material, draws=DRAWS // 2, seed=1)
    own = partition.partition(predictions, "r2", widened=widened, draws=DRAWS, seed=2)
    fixed = partition.partition(predictions, "r2", widened=np.ones_like(widened), draws=DRAWS, seed=2)
    rows = []
    for with_refits, as_fixed in zip(_figures(own), _figures(fixed), strict=True):
        # Boosted trees are widened in any case: what fixed models would have given is divided out.
        narrow = (as_fixed.high or 0.0) - as_fixed.value
        narrow /= fixed.widened if model != "linear" else 1.0
        value = with_refits.value
        rows.append([value, with_refits.low or 0.0, with_refits.high or 0.0, value - narrow, value + narrow])
    return rows


def lines(model: Model, studies: Sequence[Sequence[Sequence[float]]]) -> Iterator[str]:
    """The table of one model."""
    each = np.array(studies)  # (studies, figures, 5)
    expected, count = each[:, :, 0].mean(axis=0), len(each)
    true = list(recovery.truth().items())
    widened, fixed = (_share_inside(each, expected, low) for low in (1, 3))
    yield f"### {MODELS[model]}, {count} studies\n"
    rows, low = [], []
    for place, part in enumerate(PARTS):
        for family, (name, value) in enumerate(true):
            row = place * len(true) + family
            truth = f"{value:.4f}" if part == "share" else ""
            rows.append([f"`{name}`, {part}", truth, *_cells(each, expected, widened, fixed, row)])
            if _is_low(widened[row], count):
                low.append(f"`{name}` ({part})")
    rows.append(["sum", f"{sum(value for _, value in true):.4f}", *_cells(each, expected, widened, fixed, -1)])
    yield from table(["Figure", "best possible", "expected", "SD", "coverage", "models taken for fixed"], rows)
    error = np.sqrt(0.95 * 0.05 / count)
    yield (
        f"Monte Carlo error of a coverage of .95: {error:.3f}. "
        f"{'Too low beyond chance: ' + ', '.join(low) if low else 'None is too low beyond chance'}.\n"
    )


def _linear_lines(done: Done) -> Iterator[str]:
    yield "## Coverage of the intervals of shares\n"
    yield (
        f"Studies of {PATIENTS:,} patients of {THERAPISTS} therapists, {FOLDS} folds, {REPEATS} repeats, `published`, "
        f"latent values before caseness. An interval is to hold what the procedure is expected to find at this size "
        f"(the mean over all studies), which lies a little below the best possible. Last column: intervals of the same "
        f"bootstrap without widening, as if another cohort would have given the same models.\n"
    )
    found = []
    for seed in range(FIRST_SEED, FIRST_SEED + STUDIES):
        found.append(study("linear", seed))
        done()
    yield from lines("linear", found)


def resumed(model: Model, kept: Path, *, studies: int, done: Done) -> list[list[list[float]]]:
    """Studies one after the other, each kept in a file of JSON lines as soon as it is done; those there are reused."""
    found = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    with kept.open("a") as file:
        for seed in range(FIRST_SEED + len(found), FIRST_SEED + studies):
            found.append(study(model, seed))
            file.write(f"{json.dumps(found[-1])}\n")
            file.flush()
            done()
    return found[:studies]


def _figures(found: Partition) -> list[Figure]:
    parts = [getattr(one, part) for part in PARTS for one in found.families.values()]
    return [*parts, found.total]


def _share_inside(each: FloatArray, expected: FloatArray, low: int) -> FloatArray:
    return np.asarray(((each[:, :, low] <= expected) & (expected <= each[:, :, low + 1])).mean(axis=0))


def _cells(each: FloatArray, expected: FloatArray, widened: FloatArray, fixed: FloatArray, row: int) -> list[str]:
    spread = each[:, row, 0].std(ddof=1)
    return [f"{expected[row]:.4f}", f"{spread:.4f}", f"{widened[row]:.3f}", f"{fixed[row]:.3f}"]


def _is_low(share: float, count: int) -> bool:
    return bool(share + 1.96 * np.sqrt(max(share * (1 - share), 1e-9) / count) < 0.95)  # noqa: PLR2004 - nominal

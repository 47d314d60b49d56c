"""Where nothing predicts the outcome, no candidate may seem to."""

from collections.abc import Iterator

import numpy as np

from therapport import performance, validation
from training import out_of_fold
from training.validity import recovery
from training.validity.page import Done, Section, table

SEEDS = range(1, 21)
PATIENTS, FOLDS = 1_000, 5
CANDIDATES = ("severity", "elastic_net", "xgboost")


def section() -> Section:
    """Three candidates in twenty cohorts."""
    return Section(len(SEEDS) * len(CANDIDATES), _lines)


def auc(candidate: str, seed: int, *, patients: int = PATIENTS) -> float:
    """Within the folds of one cohort in which recovery is drawn by lot."""
    _, design = recovery.learn("null", patients, seed)
    target = next(one for one in design.targets if one.kind == "binary")
    fold = validation.fold_numbers(target.cluster, target.outcome, folds=FOLDS, repeats=1, seed=seed, binary=True)
    found = out_of_fold.predictions(target, candidate, fold, done=lambda: None)
    weights = performance.bootstrap_weights(target.cluster, draws=100, seed=seed)
    estimate = performance.evaluate_binary(found, weights).get("auc")
    return 0.5 if estimate is None else estimate.value  # undefined where all get the same answer


def _lines(done: Done) -> Iterator[str]:
    rows = []
    for candidate in CANDIDATES:
        each = []
        for seed in SEEDS:
            each.append(auc(candidate, seed))
            done()
        half = 1.96 * np.std(each, ddof=1) / np.sqrt(len(each))
        mean = float(np.mean(each))
        holds = "yes" if mean - half <= 0.5 <= mean + half else "NO"  # noqa: PLR2004 - chance
        rows.append([f"`{candidate}`", f"{mean:.3f}", f"{mean - half:.3f} to {mean + half:.3f}", holds])
    yield "## Nothing to predict (`null`)\n"
    yield (
        f"AUC of recovery within folds by therapist, {len(SEEDS)} cohorts of {PATIENTS:,} patients; the interval is "
        f"that of the mean.\n"
    )
    yield from table(["Candidate", "mean AUC", "95 % interval", "holds .50"], rows)

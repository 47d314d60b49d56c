"""Patients' contributions: those of fitted models against the true ones, family by family."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from therapport import features, simulator
from therapport.explanation import compile_explainer
from therapport.models import CANDIDATES
from therapport.simulator import Simulated, Truth
from training import design as designs
from training import explained, out_of_fold
from training import study as studies
from training.design import Design, Target
from training.validity.page import Done, Section, table

FloatArray = NDArray[np.float64]
SIZES = {1_000: 5, 4_000: 3, 50_000: 1}
"""Patients to learn from -> seeds to average over."""
SCENARIOS = ("published", "keijsers")
TESTED, TESTED_SEED = 2_000, 1_000
"""New patients of new therapists, in whom contributions are compared."""
PER_THERAPIST = 50
SMALLEST_SPREAD = 1e-9
"""Of contributions that differ by more than rounding."""
FITTED = tuple(name for name in CANDIDATES if name not in ("prevalence", "severity_landmark"))
"""The prevalence contributes nothing, whatever is true; and the wide cohort has no score after the first."""


@dataclass(frozen=True)
class Recovered:
    """Contributions of one fitted candidate beside the true ones, shape (patients, families)."""

    families: tuple[str, ...]
    fitted: FloatArray
    true: FloatArray


def section(scenario: str) -> Section:
    """Every candidate at every size, for end score and response."""
    return Section(sum(SIZES.values()) * len(FITTED) * 2, lambda done: _lines(scenario, done))


def learn(scenario: str, patients: int, seed: int) -> tuple[Simulated, Design]:
    """A cohort without missing values, and the study that is written with it."""
    made = simulator.simulate(
        scenario=scenario, patients=patients, therapists=patients // PER_THERAPIST, sites=8, seed=seed, missing=0
    )
    with tempfile.TemporaryDirectory() as folder:
        simulator.write(made, Path(folder), overwrite=True)
        return made, designs.read(studies.read(Path(folder) / "study.toml"))


def recover(candidate: str, target: Target, made: Simulated, design: Design, new: Simulated) -> Recovered:
    """Fit a candidate to a target and explain new patients, against the same reference patients as the truth."""
    study = design.study
    rows = explained.reference_rows(design, target, np.arange(len(target.rows)))
    owned = study.codebook.families_of(study.factors)
    place = {name: player for player, members in enumerate(owned.values()) for name in members}
    fitted = out_of_fold.fit(candidate, target.task, target.matrix, target.outcome, target.cluster)
    explainer = compile_explainer(
        fitted.score,
        fitted.calibration,
        target.matrix[rows],
        [place[name] for name in study.factors],
        players=len(owned),
    )
    matrix = features.factor_matrix(new.parts[0].complete, study.codebook, study.factors)
    complete = made.parts[0].complete if len(made.parts) == 1 else made.cohort
    truth = Truth(made.design, made.parts[0], reference=complete.iloc[target.rows[rows]])
    game = truth.game.of(truth.people(new.cohort, np.zeros(len(new.cohort))))
    end_score, log_odds = game.contributions()
    order = [truth.families.index(family) for family in owned]
    true = (log_odds if target.kind == "binary" else end_score)[:, order]
    return Recovered(tuple(owned), explainer.explain(matrix).contributions, true)


def figures(found: list[Recovered]) -> list[tuple[float | None, float]]:
    """Correlation (None where nothing varies) and mean absolute error of each family, averaged over cohorts."""
    pairs: list[tuple[float | None, float]] = []
    for place in range(len(found[0].families)):
        each = [(one.fitted[:, place], one.true[:, place]) for one in found]
        varies = [(fitted, true) for fitted, true in each if min(fitted.std(), true.std()) > SMALLEST_SPREAD]
        correlation = np.mean([np.corrcoef(fitted, true)[0, 1] for fitted, true in varies]) if varies else None
        error = np.mean([np.abs(fitted - true).mean() for fitted, true in each])
        pairs.append((None if correlation is None else float(correlation), float(error)))
    return pairs


def _lines(scenario: str, done: Done) -> Iterator[str]:
    new = simulator.simulate(
        scenario=scenario, patients=TESTED, therapists=TESTED // PER_THERAPIST, seed=TESTED_SEED, missing=0
    )
    found: dict[tuple[str, int, str], list[Recovered]] = {}
    for patients, seeds in SIZES.items():
        for seed in range(1, seeds + 1):
            made, design = learn(scenario, patients, seed)
            for target in design.targets:
                for candidate in FITTED:
                    one = recover(candidate, target, made, design, new)
                    found.setdefault((target.kind, patients, candidate), []).append(one)
                    done()
    yield f"## Patients' contributions: {simulator.SCENARIOS[scenario].title} (`{scenario}`)\n"
    yield (
        f"Candidates fitted as `therapport compare` does, on complete recorded values; {TESTED:,} new patients of new "
        f"therapists; the same reference patients for model and truth. Each cell: correlation of fitted with true "
        f"contributions, and the mean absolute error. The first row of a table has the standard deviation of the true "
        f"contributions, which is how much there is to be found.\n"
    )
    for kind, words in (("score", "End score, in points of the PHQ-9"), ("binary", "Response, in log-odds")):
        first = found[kind, min(SIZES), FITTED[0]][0]
        digits = 2 if kind == "score" else 3
        rows = [["true, standard deviation", *(f"{value:.{digits}f}" for value in first.true.std(axis=0))]]
        for patients in SIZES:
            for candidate in FITTED:
                cells = [_cell(*one, digits) for one in figures(found[kind, patients, candidate])]
                rows.append([f"{patients:,}: {CANDIDATES[candidate].label.lower()}", *cells])
        yield f"### {words}\n"
        yield from table(["Patients and candidate", *(f"`{family}`" for family in first.families)], rows)


def _cell(correlation: float | None, error: float, digits: int) -> str:
    shown = "-" if correlation is None else f"{correlation:.3f}"
    return f"{shown} / {error:.{digits}f}"

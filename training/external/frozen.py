"""A frozen predictor asked about another cohort whose outcomes are known: nothing is fitted, all are one fold."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from therapport.codebook import Factor, Landmark
from therapport.cohort import Cohort, shown
from therapport.errors import DesignError, ModelError
from therapport.models import Kind
from therapport.outcome import to_json
from therapport.performance import SMALLEST_CELL, OutOfFold
from therapport.predictor import Predictor
from training import design as designs
from training import study as studies
from training.design import Design, Target
from training.explanation_table import ReferenceTable
from training.study import Study

COLUMN: dict[Kind, str] = {"binary": "log_odds", "score": "end_score"}
MEANING = {"kind", "range", "unit", "instrument", "levels"}
"""What two descriptions of one factor must agree in."""


@dataclass(frozen=True)
class Answered:
    """One outcome of a cohort, and what the predictor said of it; those for whom it abstained are left out."""

    kind: Kind
    rows: NDArray[np.int64]
    """Rows of the cohort."""
    score: NDArray[np.float64]
    """Calibrated log-odds or points, shape (patients,)."""
    predictions: OutOfFold
    abstained: int
    held: float | None
    """Share of end scores inside their interval."""


def read(
    path: Path,
    *,
    cohort: Path | None = None,
    measurements: Path | None = None,
    encoding: str | None = None,
    landmark: Landmark | None = None,
) -> Design:
    """The cohort of a study, or another file in its place, with its outcomes and groups.

    Of a study with several landmarks it is the one that is named, which is the model's.
    What only fitting needs is not asked of it: any two groups will do, and no reference patients.
    """
    study = studies.read(path, landmark=landmark)
    other: dict[str, Any] = {"cohort": cohort, "measurements": measurements}
    # A study's files lie beside it, those of the command line in the working directory.
    stated: dict[str, Any] = {key: str(file.resolve()) for key, file in other.items() if file is not None}
    if encoding is not None:
        stated["encoding"] = encoding
    folds = study.table.validation.model_copy(update={"folds": 2, "sites": None, "start": None})
    stated |= {"validation": folds, "reference": ReferenceTable()}
    return designs.read(replace(study, table=study.table.model_copy(update=stated)), audit=False)


def require_fit(predictor: Predictor, study: Study) -> None:
    """Raise ModelError with every way in which the study asks another question than the predictor answers."""
    own, their = predictor.codebook, study.codebook
    problems = []
    if study.table.landmark is not predictor.landmark:
        problems.append(
            f"landmark: the study's is {study.table.landmark.value}, the model's {predictor.landmark.value}"
        )
    for name in predictor.factors:
        if name not in their.factors:
            problems.append(f"{name}: the study's codebook does not have it")
        elif _meaning(own.factors[name]) != _meaning(their.factors[name]):
            problems.append(f"{name}: kind, range, unit, levels or instrument differ between the codebooks")
    own_outcome, outcome, table = predictor.outcome, study.outcome, study.table.outcome
    if own_outcome is not None and outcome is not None and to_json(outcome) != to_json(own_outcome):
        problems.append(f"outcome: the model predicts '{own_outcome.definition}', not '{outcome.definition}'")
    if predictor.end_score is not None and table.wants_end_score and study.instrument != predictor.end_score_instrument:
        problems.append("end score: the model's is another instrument")
    if problems:
        raise ModelError(f"{predictor.name} cannot be validated on this study: it asks another question.", problems)


def require_external(predictor: Predictor, cohort: Cohort, *, advice: str) -> None:
    """Raise DesignError, with advice, if the predictor was fitted, or recalibrated, on this very cohort."""
    digest, again = cohort.digest(), predictor.evidence.recalibration
    for known, what in (
        (predictor.evidence.cohort.digest, "trained"),
        (None if again is None else again.cohort_digest, "recalibrated"),
    ):
        if digest == known:
            raise DesignError(
                f"{predictor.name}, version {predictor.version}, was {what} on this very cohort: nothing about it is "
                f"external, and its figures would be too good. {advice}"
            )


def answered(predictor: Predictor, design: Design) -> tuple[Answered, ...]:
    """The predictor's answers to every outcome that both it and the study have.

    Raises DesignError if there is none, or if the predictor abstains in everyone; ModelError if its answers do not add
    up.
    """
    table = design.cohort.table.rename(columns={design.study.codebook.id: predictor.codebook.id})
    asked = Cohort(predictor.codebook, table[[predictor.codebook.id, *predictor.factors]])
    answers = predictor.answer(asked)
    failed = int(answers["status"].str.startswith("failed").sum())
    if failed:
        raise ModelError(f"{predictor.name}: the explanation does not add up in {shown(failed)} patients.")
    targets = [target for target in design.targets if COLUMN[target.kind] in answers]
    if not targets:
        raise DesignError(f"{predictor.name} predicts none of the outcomes of this study.")
    return tuple(_answered(predictor, target, answers) for target in targets)


def subset(predictions: OutOfFold, places: NDArray[np.int64]) -> OutOfFold:
    """The same of these patients only."""
    return OutOfFold(
        truth=predictions.truth[places],
        prediction=predictions.prediction[:, places],
        fold=predictions.fold[:, places],
        training_mean=predictions.training_mean[:, places],
        cluster=predictions.cluster[places],
    )


def _answered(predictor: Predictor, target: Target, answers: pd.DataFrame) -> Answered:
    score = answers[COLUMN[target.kind]].to_numpy()[target.rows]
    known = ~np.isnan(score)
    if known.sum() < SMALLEST_CELL:
        raise DesignError(
            f"The model answers fewer than {SMALLEST_CELL} patients whose outcome is known; that is too few to show."
        )
    if len(np.unique(target.outcome[known])) < 2:  # noqa: PLR2004 - one value only
        raise DesignError("Those whom the model answers all have the same outcome; there is nothing to validate.")
    rows, score, truth = target.rows[known], score[known], target.outcome[known]
    mean = predictor.evidence.cohort.base_rate if target.kind == "binary" else predictor.evidence.cohort.mean_end_score
    held = None
    if target.kind == "score" and "end_score_low" in answers:
        low, high = (answers[f"end_score_{end}"].to_numpy()[rows] for end in ("low", "high"))
        held = float(np.mean((low <= truth) & (truth <= high)))
    predicted = (expit(score) if target.kind == "binary" else score)[np.newaxis]
    return Answered(
        kind=target.kind,
        rows=rows,
        score=score,
        predictions=OutOfFold(
            truth=truth,
            prediction=predicted,
            fold=np.zeros(predicted.shape, dtype=np.int64),
            # What the training cohort would have said: R2 then counts a shift of the mean as the error that it is.
            training_mean=np.full(predicted.shape, truth.mean() if mean is None else mean),
            cluster=target.cluster[known],
        ),
        abstained=int((~known).sum()),
        held=held,
    )


def _meaning(factor: Factor) -> dict[str, Any]:
    said = factor.model_dump(mode="json", include=MEANING)
    return said | {"levels": list(factor.levels)}

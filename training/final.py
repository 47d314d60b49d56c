"""From the chosen candidates to a predictor: fitted on everyone, calibrated out of fold, explained."""

import hashlib
from dataclasses import replace
from typing import Any

from therapport import __version__
from therapport.predictor import Predictor, distribution, golden, profile
from therapport.predictor.course import ExpectedCourse
from training import account
from training.design import Design
from training.evaluation import Evaluation
from training.explained import explained_model

ELSEWHERE: dict[str, Any] = {
    "measurements": True,
    "landmarks": True,
    "gate": True,
    "card": True,
    "subgroups": True,
    "path": True,
    "delivery": True,
    "multiverse": True,
    "policy": True,
    "validation": {"learning_curve", "sites", "start", "train_share", "train_until"},
}
"""Keys of a study that change no fit and no choice."""


def predictor(design: Design, evaluations: tuple[Evaluation, ...], course: ExpectedCourse | None = None) -> Predictor:
    """The predictor of a study: for each outcome the chosen candidate; beside it the expected course over sessions.

    All candidates are fitted and explained once more on everyone, so that what they rest on can be compared too.
    """
    study = design.study
    explained = {
        evaluation.target.kind: {
            name: explained_model(design, evaluation, name, uncertain=name == evaluation.choice.chosen)
            for name in study.candidates
        }
        for evaluation in evaluations
    }
    chosen = {
        evaluation.target.kind: explained[evaluation.target.kind][evaluation.choice.chosen]
        for evaluation in evaluations
    }
    made = Predictor(
        name=study.name,
        version=_version(design, course),
        codebook=study.codebook,
        landmark=study.table.landmark,
        factors=study.factors,
        outcome=study.outcome,
        end_score_instrument=study.instrument if "score" in chosen else None,
        response=chosen.get("binary"),
        end_score=chosen.get("score"),
        profile=profile(design.cohort.table, study.codebook, study.factors),
        evidence=account.evidence(design, evaluations, explained),
        limits=study.limits,
    )
    seen = {
        **distribution.of_factors(made, design.cohort.table),
        **distribution.of_answers(made, design.cohort),
    }
    further = {"golden": golden(made), "distributions": seen, "course": course}
    return replace(made, evidence=made.evidence.model_copy(update=further))


def _version(design: Design, course: ExpectedCourse | None = None) -> str:
    """The same cohort, codebook, study and program give the same eight digits."""
    digests = f"{design.cohort.digest()} {design.study.codebook.digest()}"
    # The digest of the cohort tells what was joined; the name of the file that it came from does not matter.
    # Nor does what it is judged by, or what its card says.
    whole = f"{__version__} {digests} {design.study.table.model_dump_json(exclude=ELSEWHERE)}"
    # Scores after the landmark are in no column of the cohort, but pages show what was learned from them.
    whole += "" if course is None else f" {course.model_dump_json()}"
    return hashlib.sha256(whole.encode()).hexdigest()[:8]

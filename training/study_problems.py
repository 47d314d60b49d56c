"""What a study may not say: each problem with its place in the file; and what candidates lack on its codebook."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from therapport.codebook import Codebook, Landmark
from therapport.errors import ConfigurationError
from therapport.models import CANDIDATES
from therapport.tomlfile import Problem
from training import explanation_table, outcome_table
from training.findings import CHECKS
from training.landmarks import at_risk_table
from training.populations import table as subgroups_table
from training.schemes import table as schemes_table
from training.shares.across import table as delivery_table
from training.shares.multiverse import table as multiverse_table
from training.shares.path import table as path_table
from training.shares.policy import table as policy_table

if TYPE_CHECKING:
    from training.study import StudyTable

LATE = "late-factor"
FEWEST_REFITS = 2
"""Fewer have no spread."""


def problems(study: "StudyTable", codebook: Codebook) -> Iterator[Problem]:
    """What the codebook does not bear out at the landmark that this table is for."""
    known = codebook.factors_known_at(study.landmark)
    yield from _waived(study)
    for place, name in enumerate(study.factors or ()):
        # With several, each landmark takes the named factors that are known by then.
        landmark = Landmark.END if LATE in study.waive else max(study.moments, key=list(Landmark).index)
        if problem := _factor_problem(name, codebook, landmark):
            yield Problem(("factors", place), problem)
    if study.factors is None and not known:
        yield Problem(study.place, f"no factor of the codebook is known at {study.landmark.value}")
    if problem := _factor_problem(study.severity, codebook, study.landmark):
        yield Problem(("severity",), problem)
    elif study.factors is not None and study.severity not in study.factors:
        yield Problem(("severity",), "the severity must be one of the study's factors")
    yield from _candidates(study, codebook)
    if study.validation.group != "patient" and study.validation.group not in codebook.groups:
        levels = ", ".join(["patient", *codebook.groups])
        yield Problem(("validation", "group"), f"unknown grouping level; the codebook has: {levels}")
    named = known if study.factors is None else study.factors
    used = named if LATE in study.waive else tuple(name for name in named if name in known)
    yield from explanation_table.problems(study.reference, codebook, used)
    yield from outcome_table.problems(study.outcome, codebook)
    yield from _measurement_problems(study, codebook)
    yield from schemes_table.problems(study.validation, codebook)
    yield from subgroups_table.problems(study.subgroups, codebook, study.landmark)
    yield from path_table.problems(study.path, codebook)
    yield from delivery_table.problems(study.delivery, codebook, study.landmark)
    yield from policy_table.problems(
        study.policy, delivery_table.drafted(study.delivery, codebook, study.landmark), codebook
    )
    yield from multiverse_table.problems(study.multiverse, codebook, study.moments)
    yield from _abstaining_problems(study)
    yield from at_risk_table.problems(study.at_risk, codebook, has_measurements=study.measurements is not None)


def _waived(study: "StudyTable") -> Iterator[Problem]:
    for code, reason in study.waive.items():
        if code not in CHECKS:
            yield Problem(("waive", code), f"no such check; known: {', '.join(CHECKS)}")
        elif not reason.strip():
            yield Problem(("waive", code), "say why")
        elif code == LATE and len(study.moments) > 1:
            yield Problem(("waive", code), "cannot be waived in a study with several landmarks: it would hold at each")


def _candidates(study: "StudyTable", codebook: Codebook) -> Iterator[Problem]:
    for place, name in enumerate(study.candidates or ()):
        if name not in CANDIDATES:
            yield Problem(("candidates", place), f"unknown candidate; known: {', '.join(CANDIDATES)}")
        elif lack := _lacks_everywhere(study, codebook).get(name):
            yield Problem(("candidates", place), lack)
    if study.candidates and all(lacks(study, codebook).get(name) for name in study.candidates):
        yield Problem(("candidates",), f"none of them is possible at {study.landmark.value}")


def _abstaining_problems(study: "StudyTable") -> Iterator[Problem]:
    rules = study.validation
    lacking = {
        "abstain_wide": None if study.outcome.response is not None else "there is no probability without a response",
        "abstain_wide_points": None if study.outcome.wants_end_score else "the study does not predict the end score",
    }
    for key, lack in lacking.items():
        if getattr(rules, key) is None:
            continue
        if lack is not None:
            yield Problem(("validation", key), lack)
        elif study.explanation.refits < FEWEST_REFITS:
            yield Problem(
                ("validation", key), "how sure the model is comes from refits: set refits = 20, or leave it out"
            )


def _measurement_problems(study: "StudyTable", codebook: Codebook) -> Iterator[Problem]:
    if study.measurements is not None:
        try:
            codebook.clock(study.landmark)
        except ConfigurationError as error:
            where = ("measurements",) if codebook.measurements is None else study.place
            yield Problem(where, error.summary.rstrip("."))
    known = codebook.factors_known_at(study.landmark)
    for column in outcome_table.roles(study.outcome).values():
        factor = codebook.factors.get(column)
        if factor is not None and factor.repeated_measure is not None and column not in known:
            text = f"{column} exists only from {factor.known_at.value} on, after the study's landmark"
            yield Problem(("outcome",), text)


def lacks(study: "StudyTable", codebook: Codebook) -> dict[str, str | None]:
    """For candidates that not every cohort bears: what this one lacks."""
    return {
        "severity_landmark": None
        if latest(study, codebook)
        else "no factor has a score of the outcome's instrument that is known after the severity and at the landmark",
        "mixed": None if codebook.groups else "the codebook has no groups, such as therapist or site",
    }


def _lacks_everywhere(study: "StudyTable", codebook: Codebook) -> dict[str, str]:
    """What is lacking at all landmarks: a candidate that is possible at one of them may be named."""
    at_each = [lacks(study.at(landmark), codebook) for landmark in study.moments]
    return {name: lack for name, lack in at_each[0].items() if lack and all(one[name] for one in at_each)}


def latest(study: "StudyTable", codebook: Codebook) -> str | None:
    """The factor with the latest score of the outcome's instrument known after the severity, if there is one."""
    measure = codebook.measures.get(study.outcome.after or "")
    start = codebook.factors.get(study.severity)
    if measure is None or measure.instrument is None or start is None:
        return None
    moments = list(Landmark)
    later = [
        name
        for name in codebook.factors_known_at(study.landmark)
        if codebook.factors[name].instrument == measure.instrument
        and codebook.factors[name].kind in ("number", "integer")
        and moments.index(codebook.factors[name].known_at) > moments.index(start.known_at)
        and (study.factors is None or name in study.factors)
    ]
    # Of two at the same moment the last of the codebook.
    return max(reversed(later), key=lambda name: moments.index(codebook.factors[name].known_at), default=None)


def _factor_problem(name: str, codebook: Codebook, landmark: Landmark) -> str | None:
    if name in codebook.measures:
        return f"{name} is a measure of the outcome; as a factor it would give the answer away"
    if name not in codebook.factors:
        return f"the codebook has no factor {name}"
    known_at = codebook.factors[name].known_at
    if not known_at.is_known_by(landmark):
        return f"{name} is known only at {known_at.value}, after the study's landmark ({landmark.value})"
    return None

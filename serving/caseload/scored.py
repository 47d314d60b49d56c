"""The page of one patient of a scored cohort: what its answer holds, and what it does not."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from serving import pages, patient_view
from serving.caseload import words
from serving.caseload.source import Listed
from serving.patient_view import PatientView
from therapport.predictor import Predictor


@dataclass(frozen=True)
class Scored:
    """Everything that the template shows."""

    name: str
    view: PatientView
    notice: str
    """That another version gave the answer; empty otherwise."""
    lacking: tuple[str, ...]
    """What a page with the patient's values would show, and this one cannot."""


def scored(predictor: Predictor, listed: Listed, row: int) -> Scored:
    """Of the patient in this row, from 1 on."""
    answer = listed.answers.iloc[row - 1]
    view = patient_view.of_answer(predictor, answer)
    same = listed.version == predictor.version
    return Scored(
        name=str(answer[predictor.codebook.id]),
        view=view,
        notice="" if same else words.of_another_version(listed.version, predictor.version),
        lacking=() if view.problem else tuple(_lacking(predictor, view, answer)),
    )


def page(predictor: Predictor, listed: Listed, row: int, *, prefix: str, kept: bool) -> str:
    """The page; `kept` says whether there is an audit trail for a disagreement."""
    made = scored(predictor, listed, row)
    return pages.scored_page(predictor, made.view, made.name, made.notice, made.lacking, prefix=prefix, kept=kept)


def _lacking(predictor: Predictor, view: PatientView, answer: "pd.Series[Any]") -> Iterator[str]:
    parts = [one for one in (view.chances, view.end_score) if one is not None]
    families = all(one.rests_on.families for one in parts)
    if not families:
        yield words.NO_FAMILIES
    if view.chances is not None and _unknown(answer, "response_probability"):
        yield words.NO_INTERVAL
    if families and not all(one.rests_on.sure for one in parts):
        yield words.NO_FAMILY_INTERVALS
    yield words.NO_VALUES
    if predictor.evidence.course is not None:
        yield words.NO_COURSE


def _unknown(answer: "pd.Series[Any]", column: str) -> bool:
    return any(math.isnan(float(answer.get(f"{column}_{end}", math.nan))) for end in ("low", "high"))

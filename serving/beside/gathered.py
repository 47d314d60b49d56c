"""Everything beside the prediction, gathered once for the template."""

from dataclasses import dataclass

from serving.api.reader import Patients
from serving.beside.course import Course, Measured, course
from serving.beside.other_values import OtherValues, other_values
from therapport.predictor import AnswerRow, Predictor


@dataclass(frozen=True)
class Beside:
    """What a patient's page shows beside the prediction."""

    reference: str
    """Under which name the answer is in the audit trail, and a disagreement with it."""
    kept: bool
    """Whether there is an audit trail."""
    other_values: OtherValues | None
    """None without a prediction."""
    course: Course | None
    """None where fewer than two scores of the instrument are known."""
    contest: str
    """The address that a disagreement goes to."""


def gathered(
    predictor: Predictor, patients: Patients, answer: AnswerRow, measured: Measured, *, kept: bool, contest: str
) -> Beside:
    """Of the only patient; `answer` is the row of the one contract, `measured` are scores by session."""
    scored = answer["status"] == "scored"
    return Beside(
        reference=patients.ids[0],
        kept=kept,
        other_values=other_values(predictor, patients, answer) if scored else None,
        course=course(predictor, patients, answer, measured) if scored else None,
        contest=contest,
    )

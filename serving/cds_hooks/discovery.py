"""GET /cds-services: one service for each model, with prefetch templates made from its codebook."""

from typing import Any

from serving.fhir.codes import AGE, SEX, Codes
from therapport.predictor import Predictor

HOOK = "patient-view"
PATIENT, SCORES, QUESTIONNAIRES = "patient", "scores", "questionnaires"
WHOSE = "{{context.patientId}}"


def service(predictor: Predictor) -> dict[str, Any]:
    """How the service of one model introduces itself."""
    outcome = "" if predictor.outcome is None else f" Outcome: {predictor.outcome.definition}."
    return {
        "hook": HOOK,
        "id": predictor.name,
        "title": predictor.evidence.title,
        "description": (
            f"Predicts how a course of psychotherapy will end, and what the prediction rests on.{outcome} "
            "For research and decision support; no diagnosis, not for crises, never a reason to deny care."
        ),
        "prefetch": prefetch(predictor),
        "usageRequirements": f"Only values known at {predictor.landmark.value}; later ones tell of the outcome.",
    }


def prefetch(predictor: Predictor) -> dict[str, str]:
    """Key -> FHIR query; observations are asked for by code, so that no more is sent than the model uses."""
    codes = Codes(predictor)
    wanted = [token for token in codes.tokens() if token not in (AGE, SEX)]
    made = {
        PATIENT: f"Patient/{WHOSE}",
        SCORES: f"Observation?patient={WHOSE}&status=final,amended,corrected&code={','.join(wanted)}",
    }
    if codes.questionnaires:
        made[QUESTIONNAIRES] = f"QuestionnaireResponse?patient={WHOSE}&status=completed,amended"
    return made

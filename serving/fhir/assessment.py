"""An answer as a RiskAssessment of FHIR R4, with the families in extensions."""

from datetime import UTC, datetime
from typing import Any

from serving import sentences
from serving.api.served import Loaded
from serving.fhir.codes import own_system
from serving.fhir.mapping import Mapped
from serving.fhir.told import WHY
from serving.fhir.values import UCUM
from therapport.predictor import AnswerRow, Predictor

Part = dict[str, Any]
EXTENSION = "urn:therapport:fhir:"
OUTCOMES, MODELS = "urn:therapport:outcome", "urn:therapport:model"
SAFETY = (
    "{instruments}: the item about thoughts of death or self-harm is above 0. This prediction does not deal with it; "
    "a person must."
)
DIGITS = 4


def assessment(loaded: Loaded, mapped: Mapped, answer: AnswerRow, *, now: datetime | None = None) -> Part:
    """The resource; `cancelled` where the predictor abstains. Probabilities are in per cent, as R4 has them."""
    predictor = loaded.predictor
    is_scored = answer["status"] == "scored"
    now = datetime.now(UTC) if now is None else now
    made: Part = {
        "resourceType": "RiskAssessment",
        "extension": [*_extensions(predictor, mapped, answer)],
        "status": "final" if is_scored else "cancelled",
        "method": _method(loaded),
        "subject": {"reference": f"Patient/{mapped.patients.ids[0]}"},
        "occurrenceDateTime": now.isoformat(timespec="seconds"),
        "basis": [{"reference": reference} for reference in mapped.basis],
        "prediction": _predictions(predictor, answer) if is_scored else [],
        "note": [{"text": text} for text in _notes(predictor, mapped, answer)],
    }
    return {name: value for name, value in made.items() if value != []}


def _method(loaded: Loaded) -> Part:
    predictor = loaded.predictor
    version = loaded.digest or predictor.version
    return {
        "coding": [{"system": MODELS, "version": predictor.version, "code": version, "display": predictor.name}],
        "text": f"therapport: {predictor.name} {predictor.version}, for {predictor.codebook_digest}",
    }


def _predictions(predictor: Predictor, answer: AnswerRow) -> list[Part]:
    if predictor.outcome is None:
        return []
    response = predictor.outcome.response
    probability = _number(answer, "response_probability")
    low, high = answer["response_probability_low"], answer["response_probability_high"]
    made: Part = {
        "outcome": {
            "coding": [{"system": OUTCOMES, "code": response.value}],
            "text": predictor.outcome.definition,
        },
        "probabilityDecimal": _per_cent(probability),
        "rationale": sentences.chances(
            predictor.outcome,
            probability,
            low if isinstance(low, float) else None,
            high if isinstance(high, float) else None,
        ),
    }
    if isinstance(low, float) and isinstance(high, float):
        ends = {"low": _quantity(low), "high": _quantity(high)}
        made["extension"] = [{"url": f"{EXTENSION}model-uncertainty", "valueRange": ends}]
    return [made]


def _extensions(predictor: Predictor, mapped: Mapped, answer: AnswerRow) -> list[Part]:
    made = []
    if answer["status"] == "scored":
        for outcome, unit, model, reference in (
            ("response", 100.0, predictor.response, "reference_probability"),
            ("end-score", 1.0, predictor.end_score, "end_score_reference"),
        ):
            if model is None:
                continue
            if outcome == "end-score":
                made.append(_nested("end-score", _decimals(answer, "end_score", 1.0)))
            start = [{"url": "value", "valueDecimal": _rounded(unit * _number(answer, reference))}]
            made.append(_nested(f"{outcome}-reference", start))
            column = "contribution_" if outcome == "response" else "score_contribution_"
            for family in predictor.families:
                named = {"url": "family", "valueCode": family}
                parts = [named, *_decimals(answer, f"{column}{family}", unit)]
                made.append(_nested(f"{outcome}-family", parts))
    missing = [name for name in str(answer["missing"]).split(", ") if name]
    coded = [{"system": own_system(predictor), "code": name} for name in missing]
    made += [{"url": f"{EXTENSION}missing", "valueCoding": one} for one in coded]
    for one in mapped.not_used:
        parts = [{"url": "place", "valueString": one.place}, {"url": "reason", "valueCode": one.reason}]
        if one.code is not None:
            parts.append({"url": "code", "valueString": one.code})
        made.append(_nested("not-used", parts))
    return made


def _notes(predictor: Predictor, mapped: Mapped, answer: AnswerRow) -> list[str]:
    notes = [] if not mapped.safety else [SAFETY.format(instruments=", ".join(mapped.safety))]
    if answer["status"] != "scored":
        notes.append(f"No prediction ({answer['status']}).")
    instrument, score = predictor.end_score_instrument, answer.get("end_score")
    if instrument is not None and isinstance(score, float):
        low, high = answer["end_score_low"], answer["end_score_high"]
        ends = (low, high) if isinstance(low, float) and isinstance(high, float) else (None, None)
        level = 0.8 if predictor.end_score is None else predictor.end_score.level
        notes.append(sentences.end_score(instrument, score, *ends, level=level))
    if answer["missing"]:
        labels = [predictor.codebook.factors[name].label for name in str(answer["missing"]).split(", ")]
        notes.append(f"Missing: {'; '.join(labels)}.")
    if answer["noticed"]:
        notes.append(f"Noticed: {answer['noticed']}.")
    for reason in dict.fromkeys(one.reason for one in mapped.not_used):
        places = [one.place for one in mapped.not_used if one.reason == reason]
        notes.append(f"Not used, because {WHY[reason]}: {', '.join(places)}.")
    notes.extend(sentences.LIMITS)
    if predictor.codebook.simulated:
        notes.append(f"{sentences.SIMULATED}.")
    return notes


def _nested(name: str, parts: list[Part]) -> Part:
    return {"url": f"{EXTENSION}{name}", "extension": parts}


def _decimals(answer: AnswerRow, column: str, unit: float) -> list[Part]:
    named = {"value": column, "low": f"{column}_low", "high": f"{column}_high"}
    known = {part: answer.get(one) for part, one in named.items()}
    return [
        {"url": part, "valueDecimal": _rounded(unit * value)}
        for part, value in known.items()
        if isinstance(value, float)
    ]


def _quantity(probability: float) -> Part:
    return {"value": _per_cent(probability), "unit": "%", "system": UCUM, "code": "%"}


def _per_cent(probability: float) -> float:
    return _rounded(100 * probability)


def _rounded(value: float) -> float:
    return round(value, DIGITS)


def _number(answer: AnswerRow, column: str) -> float:
    value = answer[column]
    if not isinstance(value, float):
        raise TypeError(f"{column} of a scored answer is no number")
    return value

"""Records of an invented patient, as a health record would send them."""

from typing import Any

from serving.fhir.codes import LOINC, level_system, own_system
from therapport.predictor import Predictor, prototypes

Resource = dict[str, Any]
UNITS = {"points": "{score}", "mean of items": "{score}", "mean of ratings": "{score}", "share": "1", "months": "mo"}
ITEMS = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")
PATIENT: Resource = {"resourceType": "Patient", "id": "p-1", "birthDate": "1980-06-15", "gender": "female"}


def observation(coding: Resource, value: Resource, **further: object) -> Resource:
    return {
        "resourceType": "Observation",
        "id": "o-1",
        "status": "final",
        "code": {"coding": [coding]},
        "subject": {"reference": "Patient/p-1"},
        **value,
        **further,
    }


def own(predictor: Predictor, name: str, value: Resource, **further: object) -> Resource:
    return observation({"system": own_system(predictor), "code": name}, value, id=name.replace("_", "-"), **further)


def loinc(code: str, value: Resource, **further: object) -> Resource:
    return observation({"system": LOINC, "code": code}, value, id=f"loinc-{code}", **further)


def row(predictor: Predictor) -> dict[str, Any]:
    """The typical patient, as `POST /v1/predict` takes it."""
    made: dict[str, Any] = {}
    for name in predictor.factors:
        value = prototypes(predictor).table.iloc[0][name]
        kind = predictor.codebook.factors[name].kind
        made[name] = str(value) if kind == "category" else bool(value) if kind == "boolean" else float(value)
    return made


def typical(predictor: Predictor) -> list[Resource]:
    """The same patient with an observation for each factor."""
    return [PATIENT, *(own(predictor, name, coded(predictor, name, value)) for name, value in row(predictor).items())]


def coded(predictor: Predictor, name: str, value: object) -> Resource:
    factor = predictor.codebook.factors[name]
    if factor.kind == "category":
        return {"valueCodeableConcept": {"coding": [{"system": level_system(predictor, name), "code": value}]}}
    if factor.kind == "boolean":
        return {"valueBoolean": value}
    quantity: Resource = {"value": value}
    if factor.unit in UNITS:
        quantity |= {"system": "http://unitsofmeasure.org", "code": UNITS[factor.unit], "unit": factor.unit}
    return {"valueQuantity": quantity}


def bundle(*resources: Resource) -> Resource:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}


def questionnaire(points: list[int], *, status: str = "completed", total: int | None = None) -> Resource:
    """A PHQ-9 as US Core has it: link ids with a slash, answers as codes."""
    answers = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
    items: list[Resource] = [
        {"linkId": f"/{item}", "answer": [{"valueCoding": {"system": LOINC, "code": answers[point]}}]}
        for item, point in zip(ITEMS, points, strict=False)
    ]
    if total is not None:
        items.append({"linkId": "/44261-6", "answer": [{"valueInteger": total}]})
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "q-1",
        "status": status,
        "subject": {"reference": "Patient/p-1"},
        "item": [{"linkId": "/44249-1", "item": items}],
    }

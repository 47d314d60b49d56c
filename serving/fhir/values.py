"""One value of a resource as a value of a factor; units are checked, never converted."""

from serving.fhir.codes import LOINC, level_system
from serving.fhir.resources import Quantity, Valued
from therapport.codebook import Factor
from therapport.instruments import Loinc
from therapport.predictor import Predictor

Value = float | int | str | bool
UCUM = "http://unitsofmeasure.org"
SCORES = frozenset({"{score}", "{points}", "1"})
UNITS: dict[str, frozenset[str]] = {
    "": frozenset({"1"}) | SCORES,
    "points": SCORES,
    "mean of items": SCORES,
    "mean of ratings": SCORES,
    "share": frozenset({"1"}),
    "%": frozenset({"%"}),
    "percent": frozenset({"%"}),
    "years": frozenset({"a"}),
    "months": frozenset({"mo"}),
    "weeks": frozenset({"wk"}),
    "days": frozenset({"d"}),
    "hours": frozenset({"h"}),
    "minutes": frozenset({"min"}),
    "sessions": frozenset({"{session}", "{sessions}", "1"}),
}
"""Unit of the codebook -> codes of UCUM that mean the same."""


class UnfitError(ValueError):
    """A value that is none of this factor; its message names no value."""


def of_factor(predictor: Predictor, name: str, sent: Valued) -> Value:
    """The value of a factor; its range and levels are checked later. Raises UnfitError."""
    factor = predictor.codebook.factors[name]
    match factor.kind:
        case "boolean":
            if sent.value_boolean is None:
                raise UnfitError("must be a valueBoolean")
            return sent.value_boolean
        case "category":
            return _level(predictor, name, factor, sent)
        case _:
            return _number(factor.unit, sent)


def points(loinc: Loinc, sent: Valued) -> float:
    """What an answer to an item counts. Raises UnfitError."""
    for coding in sent.codings:
        if coding.system == LOINC and coding.code in loinc.answers:
            return loinc.answers[coding.code]
    if sent.codings:
        raise UnfitError("has an answer that the questionnaire does not know")
    number = _number("points", sent)
    if number not in loinc.answers.values():
        raise UnfitError("must be one of the points of the questionnaire's answers")
    return number


def _level(predictor: Predictor, name: str, factor: Factor, sent: Valued) -> str:
    system = level_system(predictor, name)
    for coding in sent.codings:
        if coding.system == system and coding.code is not None:
            return coding.code
    if sent.value_string is not None:
        return sent.value_string
    if sent.value_integer is not None and str(sent.value_integer) in factor.levels:
        return str(sent.value_integer)
    raise UnfitError(f"must be a code of the system {system}, or a level as text")


def _number(unit: str, sent: Valued) -> float:
    if sent.value_integer is not None:
        return sent.value_integer
    if sent.value_decimal is not None:
        return sent.value_decimal
    if sent.value_quantity is None:
        raise UnfitError("must be a valueQuantity, a valueInteger or a valueDecimal")
    _require_unit(unit, sent.value_quantity)
    if sent.value_quantity.value is None:
        raise UnfitError("must have a value")
    return sent.value_quantity.value


def _require_unit(unit: str, sent: Quantity) -> None:
    if sent.comparator is not None:
        raise UnfitError("must be an exact value, without a comparator")
    allowed = UNITS.get(unit.casefold(), frozenset())
    if sent.code is not None:
        if sent.system != UCUM or sent.code not in allowed:
            codes = " or ".join(sorted(allowed)) or "no code of UCUM"
            raise UnfitError(f"must have the unit {codes} (system {UCUM})")
    elif sent.unit is not None and sent.unit != unit and sent.unit not in allowed:
        raise UnfitError(f"must have the unit {unit or '1'}")

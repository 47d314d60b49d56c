"""The entries of the form of one patient, made from the codebook in the language of now."""

from collections.abc import Mapping
from dataclasses import dataclass

from serving.beside import words
from serving.beside.safety import ANSWERS, FIELD, asked
from serving.language import family_description, family_label, label, level, note, unit
from serving.text import plain, span
from therapport.codebook import Factor
from therapport.language import gettext as _
from therapport.predictor import Predictor


@dataclass(frozen=True)
class Field:
    """One entry of the form."""

    name: str
    label: str
    hint: str
    low: str
    high: str
    step: str
    options: tuple[tuple[str, str], ...]
    """Value and label of each choice; empty for a number."""
    required: bool
    modifiable: bool
    value: str


@dataclass(frozen=True)
class FieldGroup:
    """The entries of one family."""

    label: str
    description: str
    colour: int
    fields: tuple[Field, ...]


def safety_field(predictor: Predictor, value: str) -> Field | None:
    """The safety question, where the model has to do with its instrument."""
    if not asked(predictor):
        return None
    options = tuple((one, one) for one in ANSWERS)
    return Field(FIELD, _(words.SAFETY_LABEL), _(words.SAFETY_HINT), "0", "3", "1", options, False, False, value)


def field_groups(predictor: Predictor, values: Mapping[str, str]) -> tuple[FieldGroup, ...]:
    """The form: one group for each family of the predictor, one field for each factor."""
    colours = {family: place for place, family in enumerate(predictor.codebook.families)}
    families, factors = predictor.codebook.families, predictor.codebook.factors
    return tuple(
        FieldGroup(
            family_label(family, families[family]),
            family_description(family, families[family]),
            colours[family],
            tuple(_field(name, factors[name], values.get(name, "")) for name in members),
        )
        for family, members in predictor.families.items()
    )


def _field(name: str, factor: Factor, value: str) -> Field:
    low, high = factor.range or (0.0, 0.0)
    allowed = span(plain(low), plain(high)) if factor.range else ""
    whole = _("whole number") if factor.kind == "integer" else ""
    hint = ", ".join(part for part in (unit(factor), allowed, whole) if part)
    return Field(
        name=name,
        label=label(factor),
        hint=f"{hint}. {note(factor).strip()}".strip(". ") if factor.note else hint,
        low=f"{low:g}",
        high=f"{high:g}",
        step="1" if factor.kind == "integer" else "any",
        options=_options(factor),
        required=factor.required,
        modifiable=factor.modifiable,
        value=value,
    )


def _options(factor: Factor) -> tuple[tuple[str, str], ...]:
    if factor.kind == "boolean":
        return ("true", _("yes")), ("false", _("no"))
    return tuple((code, level(factor, code)) for code in factor.levels)

"""The parts of FHIR R4 resources that are read. Types of our own: they say nothing of a value in errors.

What stands in a resource beside them is ignored; elements that change its meaning (`modifierExtension`,
`implicitRules`, `status`) are looked at, as FHIR demands.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Element(BaseModel):
    """Strict about types, silent about elements that it does not know."""

    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


class Coding(Element):
    """A code of a system."""

    system: str | None = None
    code: str | None = None

    @property
    def token(self) -> str:
        """As FHIR searches for it."""
        return f"{self.system or ''}|{self.code or ''}"


class Concept(Element):
    """A CodeableConcept."""

    coding: list[Coding] = Field(default_factory=list)


class Quantity(Element):
    """A number with its unit."""

    value: float | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Reference(Element):
    """To another resource."""

    reference: str | None = None


class Valued(Element):
    """What holds one value, of the kinds that a factor can have. Answers of a questionnaire have `valueCoding`."""

    value_integer: int | None = Field(None, alias="valueInteger")
    value_decimal: float | None = Field(None, alias="valueDecimal")
    value_quantity: Quantity | None = Field(None, alias="valueQuantity")
    value_boolean: bool | None = Field(None, alias="valueBoolean")
    value_string: str | None = Field(None, alias="valueString")
    value_concept: Concept | None = Field(None, alias="valueCodeableConcept")
    value_coding: Coding | None = Field(None, alias="valueCoding")

    @property
    def codings(self) -> list[Coding]:
        """Of a value that is a code."""
        if self.value_coding is not None:
            return [self.value_coding]
        return [] if self.value_concept is None else self.value_concept.coding

    @property
    def is_empty(self) -> bool:
        """Whether no value of these kinds is there."""
        return all(getattr(self, name) is None for name in Valued.model_fields)


class Resource(Element):
    """What every resource may have that changes its meaning."""

    id: str | None = None
    implicit_rules: str | None = Field(None, alias="implicitRules")
    modifier_extension: list[Any] | None = Field(None, alias="modifierExtension")

    @property
    def is_modified(self) -> bool:
        """Whether something in it could turn its meaning round."""
        return bool(self.implicit_rules or self.modifier_extension)


class Component(Valued):
    """A part of an observation."""

    code: Concept


class Observation(Resource, Valued):
    """A measurement."""

    status: str
    code: Concept
    subject: Reference | None = None
    component: list[Component] = Field(default_factory=list)


class Answer(Valued):
    """An answer, and questions that follow from it."""

    item: list["Item"] = Field(default_factory=list)


class Item(Element):
    """A question, or a group of them."""

    link_id: str = Field(alias="linkId")
    modifier_extension: list[Any] | None = Field(None, alias="modifierExtension")
    answer: list[Answer] = Field(default_factory=list)
    item: list["Item"] = Field(default_factory=list)


class QuestionnaireResponse(Resource):
    """A questionnaire that was filled in."""

    status: str
    subject: Reference | None = None
    item: list[Item] = Field(default_factory=list)


class Patient(Resource):
    """Whom it is about."""

    birth_date: str | None = Field(None, alias="birthDate")
    gender: str | None = None


KINDS: dict[str, type[Resource]] = {
    "Observation": Observation,
    "QuestionnaireResponse": QuestionnaireResponse,
    "Patient": Patient,
}
"""The types of resources that are read."""

"""The shapes of answers that are the same for every model, for the description of the API."""

from typing import Any

from pydantic import BaseModel, Field


class Span(BaseModel):
    """Between what the prediction would lie."""

    lowest: float
    highest: float


class FactorOfFamily(BaseModel):
    """One factor within its family."""

    factor: str
    label: str
    contribution: float = Field(description="On the log-odds, or in points of the end score.")
    modifiable: bool
    missing: bool


class FamilyPart(BaseModel):
    """What one family contributes, in probability points or in points of the end score."""

    family: str
    label: str
    contribution: float
    low: float | None
    high: float | None
    could_be_zero: bool | None = Field(description="Whether it cannot be told from zero; null without refits.")
    factors: list[FactorOfFamily]


class PairOfFamilies(BaseModel):
    """What two families do together, on the log-odds or in points."""

    families: list[str] = Field(min_length=2, max_length=2)
    interaction: float
    low: float | None
    high: float | None


class OutcomePart(BaseModel):
    """One outcome from the reference to the prediction."""

    reference: float
    value: float
    low: float | None
    high: float | None
    families: list[FamilyPart]
    interactions: list[PairOfFamilies]


class MissingFactor(BaseModel):
    """A factor without a value, and between what the prediction would lie with a plausible one."""

    factor: str
    label: str
    required: bool
    response_probability: Span | None
    end_score: Span | None


class Change(BaseModel):
    """The prediction with another value of one factor."""

    value: float | str | bool
    response_probability: float | None
    response_probability_low: float | None
    response_probability_high: float | None
    end_score: float | None
    end_score_low: float | None
    end_score_high: float | None


class WhatIf(BaseModel):
    """A factor that treatment could change: what changes is the prediction; it is no claim about the patient."""

    factor: str
    label: str
    changes: list[Change]


class Explanation(BaseModel):
    """All that is said beside the answer."""

    response: OutcomePart | None
    end_score: OutcomePart | None
    missing: list[MissingFactor]
    what_if: list[WhatIf]


class CurrentModel(BaseModel):
    """The model that answers now."""

    name: str
    version: str
    registry_version: str | None
    reference: str | None
    digest: str | None = Field(description="SHA-256 of the manifest of its folder.")
    codebook: str
    codebook_digest: str
    landmark: str
    outcome: str | None
    simulated: bool
    gate: dict[str, str] = Field(description="The gate's verdict, as the registry has it; empty for a folder.")
    refused: dict[str, str] | None = Field(description="A newer version that is not let in, and why.")
    evidence: dict[str, Any]


class KnownCodebook(BaseModel):
    """What to send."""

    id: str
    factors: list[str]
    required: list[str]
    digest: str
    codebook: dict[str, Any]


class Alive(BaseModel):
    """The process answers."""

    status: str


class ReadyModel(BaseModel):
    """One model that is ready."""

    version: str
    digest: str | None
    folder: str | None = Field(description="Whether its folder still is what was loaded: matches or differs.")
    refused: str | None = Field(description="Why a newer version is not let in.")
    registry: str | None = Field(description="Whether the registry can be asked: reached or away.")


class Ready(BaseModel):
    """Every model answers as when it was made."""

    status: str
    models: dict[str, ReadyModel]


class Disagreement(BaseModel):
    """Somebody contests a prediction, or an input of it."""

    patient_id: str = Field(min_length=1)
    about: str = Field(description="`prediction`, or the name of a factor.")
    said: str = Field(min_length=1, max_length=2000)


class Noted(BaseModel):
    """It is in the audit trail."""

    status: str

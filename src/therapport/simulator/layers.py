"""What lies on top of the linear core: every layer with its size, all off unless a scenario or the user says so."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Layers:
    """The size of each layer; 0 or true is the cohort of the linear core. docs/simulator.md has sources."""

    therapist_effect: float = 0.0
    """Share of the outcome's variance that a therapist's patients have in common beyond the therapist's rated skill."""
    site_effect: float = 0.0
    """Share of the outcome's variance that the patients of a site have in common."""
    reactance_by_directiveness: float = 0.0
    """Directiveness harms reactant patients and helps others: Cohen's d of the match (published: .8)."""
    guided_by_severity: float = 0.0
    """How much better guidance does per standard deviation of severity, in standard deviations of the outcome."""
    alliance_by_technique: float = 0.0
    """How much better competence does per standard deviation of alliance, in standard deviations of the outcome."""
    engagement_by_delivery: float = 0.0
    """How much better engagement does with guidance than on average, in standard deviations of the outcome."""
    technique_where_resistance_is_low: float = 0.0
    """What a standard deviation of adherence and of competence each gain where resistance is below the mean."""
    measurement_error: float = 0.0
    """Share of each instrument's published unreliability that its scores have; 1 is all of it."""
    whole_numbers: bool = True
    """Whether instruments give their whole numbers (or decimals) only."""
    floors_and_ceilings: bool = True
    """Whether instruments stop at the ends of their ranges."""
    caseness: bool = True
    """Whether only patients with a PHQ-9 of 10 or more at intake are in the cohort."""
    missing_by_severity: float = 0.0
    """Missing at random: how much more is missing per standard deviation of severity at intake (probit)."""
    missing_by_value: float = 0.0
    """Missing not at random: how much more is missing per standard deviation of the value itself downwards (probit)."""
    dropout: float = 0.0
    """Share of patients who leave after session 3; their end score is not known."""
    dropout_by_outcome: float = 0.0
    """How much more those leave who would end worse, per standard deviation of the end score (probit)."""
    early_change: float = 0.4
    """Share of the whole change in symptoms that has happened by session 3."""
    alliance_to_symptoms: float = 0.07
    """How much a session's alliance above the patient's own mean lowers the symptoms of the next one."""
    symptoms_to_alliance: float = 0.07
    """How much a session's symptoms above the patient's own course lower the alliance of the next one."""
    years: float = 3.0
    """Episodes start over so many years from January 2021 on, evenly."""
    drift: float = 0.0
    """Points by which the end score rises per year, whatever the factors."""
    alliance_fading: float = 0.0
    """Share of its direct path that the alliance loses per year."""
    face_to_face: float = 0.0
    """Share of the guided patients who are seen face to face, with the same effect as guided e-health."""
    blended: float = 0.0
    """Share of the guided patients whose treatment is blended, with the same effect again."""
    short_treatments: float = 0.0
    """Share of patients with 5 planned sessions in place of 12."""
    short_effect: float = 1.0
    """Points by which a short treatment ends worse, all else being equal."""
    leak: float = 0.0
    """Correlation with the outcome of a column that claims to be known at session 3 and is not; 0: no such column."""

    def problems(self) -> Iterator[str]:
        """Every size that cannot be."""
        for name, default in DEFAULTS.items():
            value = getattr(self, name)
            if isinstance(default, bool) is not isinstance(value, bool):
                yield f"{name}: it must be {'true or false' if isinstance(default, bool) else 'a number'}"
                return
        for name in SHARES:
            if not 0 <= getattr(self, name) < 1:  # false for nan, too
                yield f"{name}: {getattr(self, name):g}; it must be a share from 0 to below 1"
        for name, most in MOST.items():
            if not abs(getattr(self, name)) <= most:
                yield f"{name}: {getattr(self, name):g}; it must be from {-most:g} to {most:g}"
        if not 0 <= self.measurement_error <= 1:
            yield f"measurement_error: {self.measurement_error:g}; it must be from 0 to 1"
        if not 0 < self.years <= MOST_YEARS:
            yield f"years: {self.years:g}; it must be above 0 and at most {MOST_YEARS:g}"
        if self.face_to_face + self.blended > 1:
            yield "face_to_face and blended: together they are more than all guided patients; lower one of them"
        if self.therapist_effect + self.site_effect >= 1:
            yield "therapist_effect and site_effect: together they explain all variance or more; lower one of them"


SHARES = ("therapist_effect", "site_effect", "dropout", "early_change", "short_treatments", "face_to_face", "blended")
MOST: dict[str, float] = {
    "reactance_by_directiveness": 2,
    "guided_by_severity": 1,
    "alliance_by_technique": 1,
    "engagement_by_delivery": 1,
    "technique_where_resistance_is_low": 1,
    "missing_by_severity": 2,
    "missing_by_value": 2,
    "dropout_by_outcome": 2,
    "alliance_to_symptoms": 0.5,
    "symptoms_to_alliance": 0.5,
    "drift": 10,
    "alliance_fading": 1,
    "short_effect": 10,
    "leak": 0.999,
}
"""Beyond these a size is a slip of the pen."""
MOST_YEARS = 20.0
DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Layers)}

"""Presets: what is set apart from the published linear core, and what the truth then is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from therapport.simulator.path_model import LINEAR_CORE, OUTCOME

Response = Literal["reliable_improvement", "recovery", "half_drop"]
PATIENT = ("sev", "chron", "depriv")


@dataclass(frozen=True)
class Scenario:
    """A named set of parameters."""

    title: str
    truth: str
    """What is true in it, in a sentence or two."""
    layers: Mapping[str, Any] = field(default_factory=dict)
    paths: Mapping[str, float] = field(default_factory=dict)
    """`effect.cause` -> path coefficient, in place of that of the linear core."""
    response: Response = "reliable_improvement"


def _none_but(kept: Mapping[str, float]) -> Mapping[str, float]:
    """All paths into the outcome set to 0, but those kept."""
    return MappingProxyType({f"{OUTCOME}.{cause}": kept.get(cause, 0.0) for cause in LINEAR_CORE.equations[OUTCOME]})


_CORE = LINEAR_CORE.equations[OUTCOME]

SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "published": Scenario(
            "published effect sizes, linear",
            "Every correlation with the outcome is the published one; no interactions. Alliance counts half directly, "
            "half through resistance and engagement; technique hardly at all.",
        ),
        "realistic": Scenario(
            "published effect sizes under every layer",
            "The published paths, and on top of them all interactions, errors of measurement, absence of all kinds, "
            "dropout, drift and four modes of delivery. No model can reach the linear core's skill.",
            layers=MappingProxyType(
                {
                    "therapist_effect": 0.01,
                    "site_effect": 0.01,
                    "reactance_by_directiveness": 0.4,
                    "guided_by_severity": 0.07,
                    "alliance_by_technique": 0.1,
                    "engagement_by_delivery": 0.05,
                    "measurement_error": 1.0,
                    "missing_by_severity": 0.2,
                    "missing_by_value": 0.3,
                    "dropout": 0.2,
                    "drift": 0.3,
                    "face_to_face": 0.4,
                    "blended": 0.2,
                    "short_treatments": 0.3,
                }
            ),
        ),
        "common_factors_only": Scenario(
            "only common factors count",
            "Technique has no path to the outcome. Alliance, social influence and active role have one and a half "
            "times the published paths.",
            paths=_none_but(
                {cause: path for cause, path in _CORE.items() if cause in PATIENT}
                | {cause: round(1.5 * _CORE[cause], 4) for cause in ("expect", "ther", "alli3", "resist3", "engage")}
            ),
        ),
        "techniques_only": Scenario(
            "only techniques count",
            "Beside what the patient brings, adherence and competence alone have a path to the outcome; what "
            "correlates with competence (the therapist's skill) correlates with the outcome through it.",
            paths=_none_but(
                {cause: path for cause, path in _CORE.items() if cause in PATIENT}
                | {"tech_adh": -0.25, "tech_comp": -0.35}
            ),
        ),
        "null": Scenario(
            "nothing predicts the outcome",
            "The end score is drawn without regard to anything. So recovery cannot be predicted (AUC .50). Reliable "
            "improvement can, but by arithmetic alone: who starts high has far to fall.",
            paths=_none_but({}),
            response="recovery",
        ),
        "keijsers": Scenario(
            "techniques act only where alliance lowered resistance",
            "Alliance lowers resistance more than published. Adherence and competence help where resistance is "
            "below the mean, and nowhere else: alliance counts mainly by opening the door to technique.",
            layers=MappingProxyType({"technique_where_resistance_is_low": 0.35}),
            paths=MappingProxyType({"resist3.alli3": -0.6, "y.tech_adh": 0.0, "y.tech_comp": 0.0, "y.alli3": 0.0}),
        ),
        "ehealth_gap": Scenario(
            "engagement suffers in unguided e-health",
            "Guidance raises engagement by twice .45 standard deviations in place of twice .20, and engagement counts "
            "for more where there is guidance. The gap in outcome runs through engagement. Patients leave unguided "
            "e-health more often, too.",
            layers=MappingProxyType(
                {
                    "engagement_by_delivery": 0.08,
                    "guided_by_severity": 0.07,
                    "face_to_face": 0.5,
                    "blended": 0.2,
                    "short_treatments": 0.3,
                    "dropout": 0.3,
                }
            ),
            paths=MappingProxyType({"engage.format_guided": 0.45}),
        ),
        "leaky": Scenario(
            "a column of the end in the disguise of session 3",
            "The published truth, and a column `progress_note` that claims to be known at session 3 but was written "
            "after treatment. The truth leaves it out; a model whose skill lies above the truth's has found it.",
            layers=MappingProxyType({"leak": 0.8}),
        ),
        "drifting": Scenario(
            "the world changes over the years",
            "The published truth on the first day. Each year the end score rises by a point, whatever the factors, "
            "and the alliance loses a third of its direct path.",
            layers=MappingProxyType({"drift": 1.0, "alliance_fading": 0.33}),
        ),
    }
)

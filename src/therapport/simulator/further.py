"""Twenty-eight further factors, so that a cohort has forty: what else a service records.

None of them has a path to the outcome of its own. Numbers say again, less precisely, what one of the twelve says;
categories and yes-or-no questions say nothing. So their true contribution is 0 wherever the twelve are known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from therapport.simulator.measures import Measurement
from therapport.simulator.scales import Lognormal, Normal

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Indicator:
    """A number whose standardised value is a sum of latent values and independent noise."""

    loadings: Mapping[str, float]
    measurement: Measurement
    """Its latent name is the column itself."""


@dataclass(frozen=True)
class Choice:
    """A category or a yes-or-no question, independent of everything."""

    shares: Mapping[str, float] = field(default_factory=dict)
    """Level -> share of patients; True and False for a boolean."""


def _number(name: str, mean: float, sd: float, decimals: int = 0, **loadings: float) -> tuple[str, Indicator]:
    return name, Indicator(loadings, Measurement(name, Normal(mean, sd), decimals))


def _skewed(name: str, median: float, log_sd: float, **loadings: float) -> tuple[str, Indicator]:
    return name, Indicator(loadings, Measurement(name, Lognormal(median, log_sd)))


# GAD-7 at intake: NHS Talking Therapies 2022-23, read in a secondary source. All else are assumptions.
INDICATORS: Mapping[str, Indicator] = MappingProxyType(
    dict(
        (
            _number("gad7_intake", 14.0, 4.5, sev=0.6),
            _number("wsas_intake", 20, 9, sev=0.5, chron=0.2),
            _number("age_years", 41, 14),
            _skewed("prior_episodes", 2, 0.8, chron=0.4),
            _skewed("comorbidities", 1, 0.8, chron=0.3),
            _number("personality_difficulty", 3, 1.8, chron=0.2, react=0.2),
            _number("social_support", 4.8, 1.3, 2, depriv=-0.2),
            _skewed("adversity", 1.5, 0.9, depriv=0.2, chron=0.1),
            _number("alcohol", 3, 3),
            _skewed("prior_therapies", 1, 0.8, chron=0.2),
            _number("credibility", 19, 5, 1, expect=0.6),
            _skewed("therapist_experience", 6, 0.8),
            _number("readiness", 8, 2.5, 2, react=-0.3),
            _number("alliance_bond", 4.1, 0.7, 2, alli3=0.8),
            _number("alliance_task", 3.9, 0.7, 2, alli3=0.85),
            _number("alliance_goal", 4.0, 0.7, 2, alli3=0.85),
            _number("empathy", 4.0, 0.7, 2, alli3=0.6),
            _number("agenda_structure", 3.5, 0.8, 2, tech_comp=0.5),
            _number("skill_use", 2.5, 1.2, 1, engage=0.6),
            _number("attendance", 0.85, 0.15, 2, engage=0.5),
            _skewed("wait_days", 30, 0.7),
        )
    )
)
CHOICES: Mapping[str, Choice] = MappingProxyType(
    {
        "gender": Choice({"woman": 0.64, "man": 0.34, "other": 0.02}),
        "antidepressants": Choice({"none": 0.45, "past": 0.2, "current": 0.35}),
        "employment": Choice({"employed": 0.55, "unemployed": 0.15, "sick": 0.1, "student": 0.08, "other": 0.12}),
        "long_term_condition": Choice({"true": 0.28, "false": 0.72}),
        "exposure_started": Choice({"true": 0.4, "false": 0.6}),
        "preference_met": Choice({"true": 0.7, "false": 0.3}),
    }
)
BOOLEANS = ("long_term_condition", "exposure_started", "preference_met")


def loadings(correlations: pd.DataFrame) -> pd.DataFrame:
    """Rows: indicators; columns: latent variables, and `noise`, the deviation that fills up to unit variance."""
    table = pd.DataFrame(0.0, index=list(INDICATORS), columns=[*correlations.columns, "noise"])
    for name, indicator in INDICATORS.items():
        for cause, loading in indicator.loadings.items():
            table.loc[name, cause] = loading
    of_latent = table[list(correlations.columns)].to_numpy()
    table["noise"] = np.sqrt(1 - ((of_latent @ correlations.to_numpy()) * of_latent).sum(axis=1))
    return table


def indicators(latent: pd.DataFrame, correlations: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """Their standardised values, row for row."""
    table = loadings(correlations)
    names = [name for name in table.columns if name != "noise" and table[name].any()]
    noise = generator.standard_normal((len(table), len(latent))) * table["noise"].to_numpy()[:, np.newaxis]
    values = table[names].to_numpy() @ latent[names].to_numpy().T + noise
    return pd.DataFrame(dict(zip(table.index, values, strict=True)))


def choices(patients: int, generator: np.random.Generator) -> dict[str, "pd.Series[str]"]:
    """The levels of every category as text, the booleans as booleans."""
    drawn = {}
    for name, choice in CHOICES.items():
        place = np.searchsorted(np.cumsum(list(choice.shares.values()))[:-1], generator.random(patients), side="right")
        if name in BOOLEANS:
            drawn[name] = pd.Series(place == 0)
        else:
            drawn[name] = pd.Series(np.array(list(choice.shares))[place], dtype="str")
    return drawn

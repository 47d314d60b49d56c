"""The truth behind a simulated cohort: a standardised path model, and what follows from it in closed form.

Correlations of outcome with severity, expectancy, adherence, competence, alliance, homework and the therapist are
published effect sizes (see `PUBLISHED`). Those of chronicity, deprivation, resistance and format with the outcome, and
all correlations among the factors, are assumptions (see `ASSUMED`); the paths were solved to reproduce both.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from therapport.errors import DesignError

OUTCOME = "y"


@dataclass(frozen=True)
class PathModel:
    """Variables of unit variance; each endogenous one is a sum of earlier ones and independent noise."""

    exogenous: tuple[str, ...]
    correlations: Mapping[tuple[str, str], float]
    """Of two exogenous variables; 0 for a pair that is not named."""
    equations: Mapping[str, Mapping[str, float]]
    """Endogenous variable -> its predictors and their path coefficients, in an order in which causes come first."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Every variable, causes first."""
        return (*self.exogenous, *self.equations)


LINEAR_CORE = PathModel(
    exogenous=("sev", "chron", "depriv", "react", "ther", "tech_adh", "format_guided"),
    correlations=MappingProxyType(
        {("sev", "chron"): 0.25, ("sev", "depriv"): 0.20, ("chron", "depriv"): 0.20, ("react", "chron"): 0.10}
    ),
    equations=MappingProxyType(
        {
            "expect": {"chron": -0.136, "react": -0.136},
            "tech_comp": {"ther": 0.350},
            "alli3": {"expect": 0.171, "react": -0.174, "ther": 0.300, "sev": -0.074},
            "resist3": {"react": 0.292, "alli3": -0.292},
            "engage": {"alli3": 0.177, "resist3": -0.274, "expect": 0.137, "format_guided": 0.200},
            OUTCOME: {
                "sev": 0.389,
                "chron": 0.103,
                "depriv": 0.096,
                "expect": -0.093,
                "tech_adh": -0.020,
                "tech_comp": 0.014,
                "ther": -0.195,
                "alli3": -0.076,
                "resist3": 0.137,
                "engage": -0.132,
                "format_guided": -0.044,
            },
        }
    ),
)
"""`y` is severity after treatment (higher is worse), `sev` before it; 3 in a name: at session 3."""

PUBLISHED: Mapping[str, tuple[float, str]] = MappingProxyType(
    {
        "sev": (0.45, "intake severity: .40-.50; Buckman et al. 2021 find R2 .16 for severity alone"),
        "expect": (-0.18, "Constantino et al. 2018, 81 samples"),
        "tech_adh": (-0.02, "Webb et al. 2010, 32 effects"),
        "tech_comp": (-0.07, "Webb et al. 2010, 17 effects"),
        "alli3": (-0.278, "Flückiger et al. 2018, 295 samples"),
        "engage": (-0.26, "Mausbach et al. 2010, homework, 23 samples"),
        "ther": (-0.235, "5.5 % of variance: 5 % over 20 studies (PubMed 30442478), 5.8 % in Saxon et al. 2016"),
    }
)
"""Correlations with the outcome that were read or recalled from the literature, and where."""

ASSUMED: Mapping[str, float] = MappingProxyType(
    {"chron": 0.25, "depriv": 0.20, "resist3": 0.25, "format_guided": -0.07}
)
"""Correlations with the outcome that nobody published in this form."""

FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "patient": ("sev", "chron", "depriv"),
        "alliance": ("alli3",),
        "technique": ("tech_adh", "tech_comp"),
        "social_influence": ("expect", "ther"),
        "active_role": ("react", "resist3", "engage"),
        "delivery": ("format_guided",),
    }
)
MEDIATORS = ("resist3", "engage")
"""What carries half of the alliance's effect: with them among the factors its share falls."""


def implied_correlations(model: PathModel = LINEAR_CORE) -> pd.DataFrame:
    """Population correlations of all variables, shape (variables, variables), labelled on both axes.

    Raises DesignError that names the variable of which more than all variance would be explained, or whose causes do
    not come before it.
    """
    return _solve(model)[0]


def noise_sd(model: PathModel = LINEAR_CORE) -> dict[str, float]:
    """The standard deviation of the independent noise that brings each endogenous variable to unit variance.

    Raises DesignError as `implied_correlations` does.
    """
    return _solve(model)[1]


def r_squared(correlations: pd.DataFrame, predictors: Sequence[str], *, outcome: str = OUTCOME) -> float:
    """The share of the outcome's variance that the best linear prediction explains; 0 without predictors."""
    names = list(predictors)
    with_outcome = correlations.loc[names, outcome].to_numpy()
    return float(with_outcome @ np.linalg.solve(correlations.loc[names, names].to_numpy(), with_outcome))


def shapley_shares(
    correlations: pd.DataFrame, families: Mapping[str, Sequence[str]], *, outcome: str = OUTCOME
) -> dict[str, float]:
    """What each family adds to R2, averaged over all orders of the families; the shares sum to R2.

    Exact, by all 2^families coalitions. Source: Lindeman, Merenda & Gold 1980 (LMG), with families as players.
    """
    explained = {
        frozenset(coalition): r_squared(
            correlations, [name for family in coalition for name in families[family]], outcome=outcome
        )
        for size in range(len(families) + 1)
        for coalition in itertools.combinations(families, size)
    }
    shares = dict.fromkeys(families, 0.0)
    for coalition, value in explained.items():
        for family in families.keys() - coalition:
            orders = math.factorial(len(coalition)) * math.factorial(len(families) - len(coalition) - 1)
            shares[family] += orders / math.factorial(len(families)) * (explained[coalition | {family}] - value)
    return shares


def _solve(model: PathModel) -> tuple[pd.DataFrame, dict[str, float]]:
    names = list(model.variables)
    place = {name: position for position, name in enumerate(names)}
    correlations = np.eye(len(names))
    for (one, other), value in model.correlations.items():
        correlations[place[one], place[other]] = correlations[place[other], place[one]] = value
    exogenous = correlations[: len(model.exogenous), : len(model.exogenous)]
    if np.linalg.eigvalsh(exogenous).min() <= 0:
        raise DesignError(
            "No variables can have the correlations that the path model gives to its exogenous ones "
            f"(they are not positive definite): lower {_to_be_lowered(exogenous, model)}."
        )
    noise: dict[str, float] = {}
    for name, paths in model.equations.items():
        late = [cause for cause in paths if cause not in names[: place[name]]]
        if late:
            raise DesignError(f"The path model gives {name} causes that do not come before it: {', '.join(late)}.")
        causes, weights = [place[cause] for cause in paths], np.array(list(paths.values()))
        before = slice(0, place[name])
        correlations[place[name], before] = correlations[before, place[name]] = (
            correlations[before][:, causes] @ weights
        )
        explained = float(weights @ correlations[np.ix_(causes, causes)] @ weights)
        if explained > 1:
            cause, largest = max(paths.items(), key=lambda path: abs(path[1]))
            raise DesignError(
                f"The path model explains {explained:.3f} of the variance of {name}, which is 1: "
                f"lower the paths into {name}, first of all {name}.{cause} = {largest:g}."
            )
        noise[name] = math.sqrt(1 - explained)
    return pd.DataFrame(correlations, index=names, columns=names), noise


def _to_be_lowered(exogenous: npt.NDArray[np.float64], model: PathModel) -> str:
    """The correlation without which the rest comes nearest to being possible."""
    place = {name: position for position, name in enumerate(model.exogenous)}

    def smallest_without(pair: tuple[str, str]) -> float:
        changed = exogenous.copy()
        one, other = place[pair[0]], place[pair[1]]
        changed[one, other] = changed[other, one] = 0.0
        return float(np.linalg.eigvalsh(changed).min())

    one, other = max(model.correlations, key=smallest_without)
    return f"{one}.{other} = {model.correlations[one, other]:g}"

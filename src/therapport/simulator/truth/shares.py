"""How much each family truly adds to the explained variance of the standardised outcome, before any measurement.

Lindeman, Merenda and Gold's shares with families as players, of the best prediction that there can be: in closed form
where the truth is linear, else from standardised patients of fixed seed.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from therapport.simulator import effects, latent, path_model
from therapport.simulator.covariance import Covariance
from therapport.simulator.design import DIRECTIVENESS, SHORT, Design
from therapport.simulator.path_model import FAMILIES, MEDIATORS
from therapport.simulator.truth.family_game import shapley_weights

SAMPLE = 1 << 15
"""An R2 of .40 has a standard error of .003 then."""
Table = dict[str, dict[str, float]]


def families(design: Design, *, mediators: bool = True) -> dict[str, tuple[str, ...]]:
    """Family -> its variables of the path model, with or without resistance and engagement."""
    extra = {"social_influence": (DIRECTIVENESS,), "delivery": (SHORT,)}
    return {
        family: tuple(
            name
            for name in (*members, *extra.get(family, ()))
            if name in design.model.exogenous or name in design.model.equations
            if mediators or name not in MEDIATORS
        )
        for family, members in FAMILIES.items()
    }


def shares(design: Design, players: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Family -> its share of R2; they sum to R2."""
    correlations = path_model.implied_correlations(design.model)
    if not effects.effects(design):
        return path_model.shapley_shares(correlations, players)
    people = latent.population(design.model, design.layers.short_treatments, patients=SAMPLE)
    values = np.empty(1 << len(players))
    for coalition in range(len(values)):
        known = [name for place, members in enumerate(players.values()) if coalition >> place & 1 for name in members]
        values[coalition] = _explained(design, people, correlations, known) if known else 0.0
    found = values @ shapley_weights(len(players))
    return dict(zip(players, map(float, found), strict=True))


def table(design: Design) -> Table:
    """Shares with the mediators among the factors and without, and their sum as `r2`."""
    rows = {}
    for name, mediators in (("mediators_out", False), ("mediators_in", True)):
        found = shares(design, families(design, mediators=mediators))
        rows[name] = {family: round(value, 5) for family, value in found.items()}
        rows[name]["r2"] = round(sum(found.values()), 5)
    return rows


def _explained(design: Design, people: pd.DataFrame, correlations: pd.DataFrame, known: list[str]) -> float:
    """The variance of what is expected of the outcome, given those variables."""
    acting = {name for effect in effects.effects(design) for name in (effect.one, effect.other)}
    acting |= {name for name, path in design.model.equations[path_model.OUTCOME].items() if path}
    names = [name for name in correlations.index if name in acting]
    between = correlations.loc[known, names].to_numpy()
    weights = np.linalg.solve(correlations.loc[known, known].to_numpy(), between)
    means = people[known].to_numpy() @ weights
    spread = Covariance(tuple(names), correlations.loc[names, names].to_numpy() - between.T @ weights)
    mean = dict.fromkeys(correlations.index, np.zeros(len(people))) | dict(zip(names, means.T, strict=True))
    return float(np.var(effects.systematic(design, mean, spread)))

"""Latent values of a simulated cohort as if they had been recorded: shares are held against the truth on them."""

from functools import cache

import numpy as np
import pandas as pd

from therapport import codebook as codebooks
from therapport import features, validation
from therapport.codebook import Codebook
from therapport.models import Task
from therapport.simulator import Simulated
from therapport.simulator.path_model import OUTCOME
from therapport.simulator.truth import shares
from training.design import Target
from training.shares.material import Material

WITHOUT_CASENESS: dict[str, float | bool] = {"caseness": False}
"""What else has to be switched off, latent values having neither error nor floors."""


def material(made: Simulated, *, folds: int = 5, repeats: int = 1, seed: int = 1) -> Material:
    """The standardised outcome, by therapists that no fold splits, from every variable of the path model."""
    families = shares.families(made.design)
    described = _codebook(tuple((name, family) for family, members in families.items() for name in members))
    factors = tuple(described.factors)
    matrix = features.factor_matrix(made.latent, described, factors)
    outcome = made.latent[OUTCOME].to_numpy()
    cluster = pd.factorize(made.cohort["therapist_id"])[0].astype(np.int64)
    target = Target(Task("score", described, factors, "sev", seed), np.arange(len(outcome)), matrix, outcome, cluster)
    fold = validation.fold_numbers(cluster, outcome, folds=folds, repeats=repeats, seed=seed, binary=False)
    owner = [list(families).index(described.factors[name].family) for name in factors]
    return Material(target, tuple(families), np.array(owner), fold, cluster)


@cache
def _codebook(owners: tuple[tuple[str, str], ...]) -> Codebook:
    factors = "\n".join(
        f'[factors.{name}]\nlabel = "{name}"\nfamily = "{family}"\nkind = "number"\nknown_at = "session3"\n'
        f"range = [-20, 20]"
        for name, family in owners
    )
    head = 'format = 1\nname = "latent"\ntitle = "Latent"\nsource = "Simulated"\nid = "id"\n'
    return codebooks.parse(f"{head}{factors}\n".encode(), name="latent")

"""How many patients a model of so many parameters needs."""

import math

from training.findings.codes import Finding

SHRINKAGE = 0.9
OPTIMISM = 0.05
PRECISION = 0.05
NAGELKERKE = 0.15
"""Assumed share of the largest R2 that a new model reaches, where nothing is known of it."""
RESIDUAL = 234
"""Patients beyond the parameters that a residual standard deviation within 10 % takes."""
EXPLAINED = 0.2
"""Assumed adjusted R2 of a model of the end score: published models at intake reach .15 to .30."""


def needed_for_response(parameters: int, share: float) -> int:
    """Patients for a binary outcome of this share. Source: Riley 2019 and 2020, criteria 1 to 3."""
    largest = 1 - (share**share * (1 - share) ** (1 - share)) ** 2
    assumed = NAGELKERKE * largest
    shrunk = parameters / ((SHRINKAGE - 1) * math.log(1 - assumed / SHRINKAGE))
    # The shrinkage at which the apparent R2 is within the optimism that is allowed.
    kept = assumed / (assumed + OPTIMISM * largest)
    optimistic = parameters / ((kept - 1) * math.log(1 - assumed / kept))
    intercept = (1.96 / PRECISION) ** 2 * share * (1 - share)
    patients: float = max(shrunk, optimistic, intercept)
    return math.ceil(patients)


def needed_for_score(parameters: int) -> int:
    """Patients for an end score. Source: Riley 2019, part I, criteria 1 to 3."""
    shrunk = 1 + parameters / ((SHRINKAGE - 1) * math.log(1 - EXPLAINED / SHRINKAGE))
    optimistic = 1 + parameters * (1 - EXPLAINED) / OPTIMISM
    return math.ceil(max(shrunk, optimistic, RESIDUAL + parameters))


def small_sample(patients: int, parameters: int, share: float | None) -> Finding | None:
    """What is said of fewer patients than a regression on so many parameters takes; `share` is that of an outcome."""
    needed = needed_for_score(parameters) if share is None else needed_for_response(parameters, share)
    if patients >= needed:
        return None
    what = "the end score" if share is None else "this outcome"
    return Finding(
        "small-sample",
        f"{patients:,} patients; a regression of {what} on {parameters} parameters asks for about {needed:,} "
        f"(Riley 2020), and trees for more: expect wide intervals, and little beyond severity.",
    )

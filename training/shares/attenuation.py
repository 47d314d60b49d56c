"""Item 7 of the debate, second part: shares of a linear model if every factor had been measured without error.

Spearman's correction for attenuation, for all factors together: error of measurement adds to the variances of the
factors and to nothing else, so that part is taken off the diagonal of their covariance before it is solved. Errors are
taken for independent of each other, of the outcome and of the true values. Other than the shares of `partition` these
are not out of sample: they describe the correlations of this cohort, corrected for the number of columns.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from therapport.explanation import shapley
from therapport.features.encoding import Column
from training.shares import worth
from training.shares.material import Inputs, Material, Part
from training.shares.partition import figure
from training.shares.results import Corrected, FamilySpread

FloatArray = NDArray[np.float64]
SMALLEST_EIGENVALUE = 0.02
"""Of the corrected correlations; below it the reliabilities given leave next to nothing of some combination."""
DRAWS = 200


def corrected(material: Material, spread: Mapping[str, FamilySpread], *, seed: int) -> Corrected | None:
    """Shares as measured and without error; None where no reliability below 1 is known, or they are too low."""
    names = material.target.task.factors
    known = {one.factor: one.reliability for family in spread.values() for one in family.factors}
    reliability = np.array([1.0 if known[name] is None else known[name] for name in names], dtype=np.float64)
    if (reliability == 1).all():
        return None
    everyone = np.arange(len(material.target.outcome))
    inputs = material.inputs(Part(0, 0, everyone, everyone), impute=True)
    error = np.where(
        inputs.encoding.kind == Column.VALUE, (1 - reliability)[inputs.encoding.factor], 0.0
    ) * inputs.seen.var(axis=0)
    ones = np.ones((1, len(everyone)))
    as_measured, without_error = (_shares(material, inputs, ones, lost) for lost in (np.zeros_like(error), error))
    if np.isnan(without_error).any():
        return None
    groups = int(material.cluster.max()) + 1
    weights = worth.draws(groups, number=DRAWS, seed=seed)[:, material.cluster]
    drawn = [_shares(material, inputs, weights, lost) for lost in (np.zeros_like(error), error)]
    measured, ideal = (
        {
            family: figure(value, each, 1.0, groups)
            for family, value, each in zip(material.families, values[0], draws.T, strict=True)
        }
        for values, draws in zip((as_measured, without_error), drawn, strict=True)
    )
    return Corrected(
        as_measured=measured,
        without_error=ideal,
        assumed=tuple(name for name in names if known[name] is None),
    )


def _shares(material: Material, inputs: Inputs, weights: FloatArray, error: FloatArray) -> FloatArray:
    """Shares of the families in each draw, (draws, families); NaN where the corrected correlations are impossible."""
    outcome, mask = material.target.outcome, inputs.mask(len(material.families))
    found = np.full((len(weights), len(material.families)), np.nan)
    used = inputs.seen.std(axis=0) > 0
    columns, mask, error = inputs.seen[:, used], mask[:, used], error[used]
    for draw, weight in enumerate(weights):
        patients = weight.sum()
        centred = columns - weight @ columns / patients
        deviation = outcome - weight @ outcome / patients
        covariance = (centred * weight[:, np.newaxis]).T @ centred / patients
        if not _is_possible(covariance, error):
            continue
        along = (centred * weight[:, np.newaxis]).T @ deviation / patients
        total = float(weight @ deviation**2 / patients)
        explained = _explained(covariance - np.diag(error), along, mask) / total
        # What chance alone would explain, by the number of columns.
        adjusted = 1 - (1 - explained) * (patients - 1) / np.maximum(patients - 1 - mask.sum(axis=1), 1)
        found[draw] = adjusted @ shapley.weights(len(material.families))
    return found


def _explained(covariance: FloatArray, along: FloatArray, mask: NDArray[np.bool_]) -> FloatArray:
    systems = covariance * mask[:, :, np.newaxis] * mask[:, np.newaxis, :]
    places = np.arange(len(along))
    systems[:, places, places] += ~mask
    systems[:, places, places] += 1e-9 * np.diag(covariance).max()  # levels of a category add up to one
    right = along * mask
    return np.asarray((np.linalg.solve(systems, right[..., np.newaxis])[..., 0] * right).sum(axis=1))


def _is_possible(covariance: FloatArray, error: FloatArray) -> bool:
    """Only the columns with error: others may determine each other, and a hair's breadth decides nothing."""
    with_error = np.flatnonzero(error > 0)
    if not len(with_error):
        return True
    own = covariance[np.ix_(with_error, with_error)] - np.diag(error[with_error])
    scale = np.sqrt(np.diag(own).clip(min=0))
    if (scale <= 0).any():
        return False
    return bool(np.linalg.eigvalsh(own / np.outer(scale, scale)).min() > SMALLEST_EIGENVALUE)

"""The known-therapist analysis: apart from the shares, because a new patient's therapist is not one of these."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from therapport import features
from therapport.codebook import Codebook, Landmark
from training.design import Design, Target
from training.shares.path.found import therapists as therapist_codes
from training.shares.path.stages import standardised
from training.shares.therapists import components, slopes, spread
from training.shares.therapists.results import Slopes, Therapists, Variances

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FEWEST = 10
"""Therapists, and as many again patients as therapists: below that a share between them means nothing."""
SITE = "site"
ALLIANCE = "alliance"
OF_PATIENT = "patient"
HELD = ("nothing", "case mix", "all factors")


def therapists(design: Design, target: Target) -> Therapists | None:
    """None where therapists are not known, too few, or everybody has their own."""
    therapist = therapist_codes(design, target)
    if therapist is None:
        return None
    count, patients = int(therapist.max()) + 1, len(therapist)
    if count < FEWEST or patients < 2 * count:
        return None
    codebook, factors = design.study.codebook, design.study.factors
    site = _sites(design, target)
    levels = [therapist] if site is None else [therapist, site]
    own = _of_therapist(target.matrix, factors, therapist)
    mix = [name for name in factors if _is_case_mix(codebook, name) and name not in own]
    outcome = target.outcome
    variances, after_mix = [], None
    for held, names in zip(HELD, ((), mix, factors), strict=True):
        inputs = _encoded(target, [factors.index(name) for name in names], codebook, names)
        found = components.shares(inputs, outcome, levels)
        variances.append(
            Variances(
                held=held,
                therapist=found.shares[0],
                site=None if site is None else found.shares[1],
                sd=float(found.components.ratios[0] * found.components.residual),
            )
        )
        if held == "case mix":
            after_mix = found.components
    shown = ((), 0) if after_mix is None else spread.bars(after_mix.effects[0], np.bincount(therapist))
    return Therapists(
        therapists=count,
        patients=patients,
        sites=None if site is None else int(site.max()) + 1,
        unit="points" if target.kind == "score" else "probability",
        variances=tuple(variances),
        characteristics={codebook.factors[name].label: codebook.factors[name].family for name in own},
        bars=shown[0],
        shown=shown[1],
        slopes=_slopes(target, factors, codebook, therapist),
    )


def _sites(design: Design, target: Target) -> IntArray | None:
    column = design.study.codebook.groups.get(SITE)
    if column is None:
        return None
    codes, names = pd.factorize(design.cohort.table[column].iloc[target.rows])
    return None if (codes < 0).any() or len(names) < 2 else codes.astype(np.int64)  # noqa: PLR2004 - one has no spread


def _is_case_mix(codebook: Codebook, name: str) -> bool:
    """What a patient brought: known at intake, and nothing of treatment."""
    factor = codebook.factors[name]
    return factor.known_at is Landmark.INTAKE and not factor.modifiable


def _of_therapist(matrix: FloatArray, factors: tuple[str, ...], therapist: IntArray) -> list[str]:
    """Factors that vary, and never among the patients of one therapist."""
    found = []
    for name, values in zip(factors, matrix.T, strict=True):
        known = ~np.isnan(values)
        grouped = pd.Series(values[known]).groupby(therapist[known])
        if known.any() and np.ptp(values[known]) > 0 and float((grouped.max() - grouped.min()).max()) == 0:
            found.append(name)
    return found


def _encoded(target: Target, places: list[int], codebook: Codebook, names: Sequence[str]) -> FloatArray:
    if not places:
        return np.empty((len(target.outcome), 0))
    own = target.matrix[:, places]
    return np.asarray(features.fit(own, codebook, tuple(names), impute=True).apply(own))


def _slopes(target: Target, factors: tuple[str, ...], codebook: Codebook, therapist: IntArray) -> Slopes | None:
    """Of the first number among the factors of alliance, all others held constant."""
    name = next(
        (
            one
            for one in factors
            if codebook.factors[one].family == ALLIANCE and codebook.factors[one].kind != "category"
        ),
        None,
    )
    if name is None:
        return None
    own = target.matrix[:, factors.index(name)]
    if len(np.unique(own[~np.isnan(own)])) < 2:  # noqa: PLR2004 - one value has no slope
        return None
    others = [one for one in factors if one != name]
    factor = standardised(own)
    held = np.column_stack(
        [
            np.ones(len(own)),
            np.nan_to_num(factor),
            _encoded(target, [factors.index(one) for one in others], codebook, others),
        ]
    )
    coefficients = np.linalg.lstsq(held, target.outcome, rcond=None)[0]
    coefficients[1] = 0.0
    found = slopes.slopes(target.outcome - held @ coefficients, factor, therapist)
    if found is None:
        return None
    mean, sd, number = found
    return Slopes(factor=name, label=codebook.factors[name].label, mean=mean, sd=sd, therapists=number)

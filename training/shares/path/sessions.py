"""The path within patients, from session to session of the long table.

Alliance at one session, what the patient did by the next, symptoms there; the patient's own level is taken out. About
a patient's mean over *all* sessions that is biased wherever symptoms feed back into alliance, because the mean holds
later sessions (Nickell 1981; here a third of the path and more). So the level is taken out of what is explained by
means of what follows, and out of what explains by means of what came before (forward deviations, instruments that are
backward ones: Arellano and Bover 1995, Hayakawa 2009). That is wider, and right if errors of later sessions are new.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport.predictor.evidence import Figure
from training.shares import worth
from training.shares.path import bootstrap

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FEWEST_PATIENTS = 50
"""With three steps or more in a row: below that nothing is said."""


@dataclass(frozen=True)
class Steps:
    """From one session to the next, sorted by patient and session; arrays of shape (steps,)."""

    patient: IntArray
    session: IntArray
    explaining: FloatArray
    """Shape (steps, 3 + mediators): where the path begins, symptoms there and one session earlier, mediators there.

    Two past scores, because patients improve at different paces: from one alone the pace cannot be told."""
    mediators: FloatArray
    """Shape (steps, mediators), at the next session."""
    outcome: FloatArray
    """At the next session."""


@dataclass(frozen=True)
class Within:
    """In standard deviations within patients."""

    patients: int
    steps: int
    total: Figure
    direct: Figure
    mediated: Figure
    centred: Figure
    points: float
    """A figure times this is in units of the outcome per unit of where the path begins."""


def steps(first: FloatArray, mediators: Sequence[FloatArray], outcome: FloatArray) -> Steps:
    """From arrays (patients, sessions) with NaN where nothing was measured."""
    now = [first[:, 1:-1], outcome[:, 1:-1], outcome[:, :-2], *(one[:, 1:-1] for one in mediators)]
    later = [*(one[:, 2:] for one in mediators), outcome[:, 2:]]
    whole = np.stack([*now, *later])
    patient, session = np.nonzero(~np.isnan(whole).any(axis=0))
    held = whole[:, patient, session]
    return Steps(patient, session + 1, held[: len(now)].T, held[len(now) : -1].T, held[-1])


def within(found: Steps, cluster: IntArray, *, draws: int, seed: int) -> Within | None:
    """All parts, `cluster` being a code for each patient; None where too few patients have enough sessions."""
    place = _Place.of(found.patient)
    patients = len(np.unique(found.patient[place.used]))
    if patients < FEWEST_PATIENTS:
        return None
    session = _indicators(found.session)
    level = np.column_stack([found.explaining, found.mediators])
    scale_y = _spread(found.outcome, session, found.patient)
    scale_x = _spread(found.explaining[:, 0], session, found.patient)
    group, groups = cluster[found.patient], int(cluster.max()) + 1
    forward = [_forward(one, place) for one in (*level.T, *session.T, found.outcome)]
    regressors, outcome = np.column_stack(forward[:-1])[place.used], forward[-1][place.used]
    backward = [_backward(one, place) for one in level.T]
    instruments = np.column_stack([*backward, *forward[level.shape[1] : -1]])[place.used]
    there = np.abs(regressors).max(axis=0) > 0
    early = there & ~np.isin(np.arange(len(there)), np.arange(found.explaining.shape[1], level.shape[1]))
    whole, brief = (
        _Sums.of(regressors[:, held], instruments[:, held], outcome, group[place.used], groups)
        for held in (there, early)
    )
    own = np.column_stack([*(_centred(one, found.patient) for one in (*found.explaining.T, *session.T))])
    own = own[:, np.abs(own).max(axis=0) > 0]
    plain = _Sums.of(own, own, _centred(found.outcome, found.patient), group, groups)

    def row(weight: FloatArray) -> FloatArray:
        total, direct = brief.first(weight), whole.first(weight)
        return np.array([total, direct, total - direct, plain.first(weight)]) * scale_x / scale_y

    drawn = np.array([row(one) for one in worth.draws(groups, number=draws, seed=seed)])
    figures = bootstrap.figures(row(np.ones(groups)), drawn, groups)
    total, direct, mediated, centred = figures
    return Within(patients, int(place.used.sum()), total, direct, mediated, centred, scale_y / scale_x)


@dataclass(frozen=True)
class _Place:
    """Where in its patient's row each step stands: its number, how many follow, and the ends of rows."""

    number: IntArray
    following: IntArray
    begin: IntArray
    end: IntArray

    @property
    def used(self) -> BoolArray:
        """Steps with one before and one after."""
        return np.asarray((self.number > 0) & (self.following > 0))

    @classmethod
    def of(cls, patient: IntArray) -> "_Place":
        begin = np.flatnonzero(np.append(True, patient[1:] != patient[:-1]))
        count = np.diff(np.append(begin, len(patient)))
        start, size = np.repeat(begin, count), np.repeat(count, count)
        number = np.arange(len(patient)) - start
        return cls(number, size - number - 1, start, start + size - 1)


@dataclass(frozen=True)
class _Sums:
    """Cross-products of instruments with regressors and outcome, by group."""

    left: FloatArray
    right: FloatArray

    @classmethod
    def of(
        cls, regressors: FloatArray, instruments: FloatArray, outcome: FloatArray, group: IntArray, groups: int
    ) -> "_Sums":
        width = regressors.shape[1]
        left, right = np.zeros((groups, width, width)), np.zeros((groups, width))
        order = np.argsort(group, kind="stable")
        for code, rows in zip(*_runs(group[order], order), strict=True):
            left[code] = instruments[rows].T @ regressors[rows]
            right[code] = instruments[rows].T @ outcome[rows]
        return cls(left, right)

    def first(self, weight: FloatArray) -> float:
        """The coefficient of the first regressor; least squares where a session was drawn by nobody."""
        system = np.tensordot(weight, self.left, axes=1)
        return float(np.linalg.lstsq(system, weight @ self.right, rcond=None)[0][0])


def _runs(codes: IntArray, order: IntArray) -> tuple[IntArray, list[IntArray]]:
    distinct, begin = np.unique(codes, return_index=True)
    return distinct, np.split(order, begin[1:])


def _forward(values: FloatArray, place: _Place) -> FloatArray:
    """Less the mean of the steps that follow."""
    summed = np.cumsum(values)
    after = summed[place.end] - summed
    left = place.following
    return np.where(left > 0, np.sqrt(left / (left + 1)) * (values - after / np.maximum(left, 1)), 0.0)


def _backward(values: FloatArray, place: _Place) -> FloatArray:
    """Less the mean of the steps before."""
    summed = np.cumsum(values)
    before = summed - values - (summed[place.begin] - values[place.begin])
    number = place.number
    return np.where(number > 0, np.sqrt(number / (number + 1)) * (values - before / np.maximum(number, 1)), 0.0)


def _centred(values: FloatArray, patient: IntArray) -> FloatArray:
    size = np.maximum(np.bincount(patient), 1)
    return np.asarray(values - (np.bincount(patient, weights=values) / size)[patient])


def _indicators(session: IntArray) -> FloatArray:
    return np.asarray(session[:, np.newaxis] == np.unique(session)[1:], dtype=np.float64)


def _spread(values: FloatArray, session: FloatArray, patient: IntArray) -> float:
    """Standard deviation within patients, the mean course over sessions taken out."""
    held = (
        np.column_stack([_centred(one, patient) for one in session.T]) if session.size else np.zeros((len(values), 1))
    )
    own = _centred(values, patient)
    rest = own - held @ np.linalg.lstsq(held, own, rcond=None)[0]
    freedom = max(len(values) - len(np.unique(patient)) - held.shape[1], 1)
    return float(np.sqrt(rest @ rest / freedom)) or 1.0

"""From a design to everything of item 8, with intervals from refits on groups drawn again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from therapport import features
from therapport.models import Kind as OutcomeKind
from therapport.outcome import Response
from therapport.performance import SMALLEST_CELL
from therapport.predictor.figure import Figure
from training import design as designs
from training.design import Design
from training.shares import worth
from training.shares.across import kinds as delivering
from training.shares.across import taking_part
from training.shares.across.kinds import Delivered, Kind
from training.shares.partition import figure
from training.shares.policy import shifts as mixes
from training.shares.policy import support
from training.shares.policy.results import Policy, Shifted
from training.shares.policy.standardised import Treated, average
from training.shares.policy.table import PolicyTable, Shift

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
DRAWS = 100
FEWEST = 30
"""Patients of a kind of delivery, below whom nothing is said of it."""
FEWEST_GROUPS = 10


@dataclass(frozen=True)
class _Asked:
    """What the models are fitted to and asked."""

    treated: Treated
    outcomes: Mapping[str, FloatArray]
    """end_score, response, response_if_lost_failed and sessions, as far as known; NaN where unknown; (patients,)."""
    modes: tuple[Kind, ...]
    shifts: tuple[Shift | None, ...]
    """None is the mix as it was."""
    price: FloatArray | None
    """Of a session of each kind."""

    def figures(self, rows: IntArray) -> FloatArray:
        """(shifts, figures) for these patients, in the order of `NAMES`."""
        predicted = {
            name: self.treated.predicted(rows, values, binary=name.startswith("response"))
            for name, values in self.outcomes.items()
        }
        own = self.treated.own()[rows]
        names = [mode.name for mode in self.modes]
        found = np.full((len(self.shifts), len(NAMES)), np.nan)
        for place, shift in enumerate(self.shifts):
            weights = mixes.weights(shift, names, own)
            each = {name: average(values, weights) for name, values in predicted.items()}
            if {"sessions", "response"} <= set(each):
                each["sessions_per_response"] = each["sessions"] / each["response"]
                if self.price is not None:
                    cost = average(predicted["sessions"] * self.price[:, np.newaxis], weights)
                    each["cost_per_response"] = cost / each["response"]
            found[place] = [each.get(name, np.nan) for name in NAMES]
        changed = NAMES.index("response_change")
        found[:, changed] = found[:, NAMES.index("response")] - found[0, NAMES.index("response")]
        return found


NAMES = (
    "end_score",
    "response",
    "response_if_lost_failed",
    "response_change",
    "sessions",
    "sessions_per_response",
    "cost_per_response",
)


def found(design: Design, definitions: Mapping[OutcomeKind, str], *, done: Callable[[], None]) -> Policy | None:
    """None where nothing can be shifted, or groups are too few to say how sure; `definitions` by kind of outcome."""
    delivered = delivering.delivered(design)
    cluster = np.unique(designs.cluster_codes(design.study, design.cohort), return_inverse=True)[1]
    groups = int(cluster.max()) + 1
    asked, kept, left_out = _asked(design, delivered)
    if asked is None or groups < FEWEST_GROUPS:
        return None
    members = _members(cluster[kept], groups)
    everyone = np.arange(len(kept))
    value = asked.figures(everyone)
    done()
    drawn = worth.draws(groups, number=DRAWS, seed=design.study.table.seed).astype(np.int64)
    again = Parallel(n_jobs=-1, return_as="generator")(
        delayed(asked.figures)(np.concatenate([np.repeat(members[one], times) for one, times in enumerate(draw)]))
        for draw in drawn
    )
    each = []
    for one in again:
        each.append(one)
        done()
    spread = np.array(each)
    table = design.study.table.policy
    return Policy(
        outcome=definitions.get("binary", ""),
        patients=len(kept) - len(kept) % SMALLEST_CELL,
        adjusted_for=tuple(
            design.study.codebook.factors[name].label for name in taking_part.adjusters(design, delivered, intake=True)
        ),
        currency=table.currency,
        rare=support.RARE,
        draws=DRAWS,
        shifts=tuple(
            _shifted(asked, place, value[place], spread[:, place], groups) for place in range(len(asked.shifts))
        ),
        left_out=tuple(left_out),
    )


def steps() -> int:
    """How many times `found` reports progress, at most."""
    return DRAWS + 1


def _asked(design: Design, delivered: Delivered) -> tuple[_Asked | None, IntArray, list[str]]:
    column, planned = delivered.table.column, delivered.table.planned
    everyone = np.ones(len(design.cohort.table), dtype=np.bool_)
    split = next((one for one in delivered.splits if one.name == column), None)
    lengths = next((one for one in delivered.splits if one.name == planned), None)
    modes = split.kinds if split is not None else (Kind("any", "As it was", everyone),)
    large = tuple(mode for mode in modes if mode.members.sum() >= FEWEST)
    left_out = [f"{mode.label}: fewer than {FEWEST} patients" for mode in modes if mode not in large]
    if lengths is not None and min(kind.members.sum() for kind in lengths.kinds) < FEWEST:
        left_out.append(f"Short and longer treatments: fewer than {FEWEST} patients in one of them")
        lengths = None
    if len(large) < 2 and lengths is None:  # noqa: PLR2004 - nothing to shift
        return None, np.array([], dtype=np.int64), left_out
    inside = np.logical_or.reduce([mode.members for mode in large]) if large else everyone
    if lengths is not None:
        inside = inside & np.logical_or.reduce([kind.members for kind in lengths.kinds])
    kept = np.flatnonzero(inside)
    large = tuple(Kind(mode.name, mode.label, mode.members[kept]) for mode in large or modes)
    kind = np.argmax([mode.members for mode in large], axis=0)
    short = np.zeros(len(kept), dtype=np.int64) if lengths is None else lengths.kinds[0].members[kept].astype(np.int64)
    shares = {mode.name: float(mode.members.mean()) for mode in large}
    table = design.study.table.policy
    usable = tuple(shift for shift in table.shifts if all(name in shares for name, part in shift.mix.items() if part))
    left_out += [f"{shift.name}: a kind of delivery is too small" for shift in table.shifts if shift not in usable]
    labels = {mode.name: mode.label for mode in large}
    wanted = usable or mixes.drafted(labels, shares, has_short=lengths is not None)
    treated = Treated(_case_mix(design, delivered, kept), kind, short, len(large), lengths is not None)
    return (
        _Asked(treated, _outcomes(design, delivered, kept), large, (None, *wanted), _price(table, large)),
        kept,
        left_out,
    )


def _case_mix(design: Design, delivered: Delivered, kept: IntArray) -> FloatArray:
    names = taking_part.adjusters(design, delivered, intake=True)
    matrix = features.factor_matrix(design.cohort.table, design.study.codebook, names)[kept]
    inputs = features.fit(matrix, design.study.codebook, names, impute=True).apply(matrix)
    return np.asarray(inputs[:, inputs.std(axis=0) > 0])


def _outcomes(design: Design, delivered: Delivered, kept: IntArray) -> dict[str, FloatArray]:
    found = {}
    for target in design.targets:
        values = np.full(len(design.cohort.table), np.nan)
        values[target.rows] = target.outcome
        values = values[kept]
        response = design.study.table.outcome.response
        if target.kind == "score":
            found["end_score"] = values
        elif response is not None and response.favourable:
            found["response"] = values
            if response.rests_on != "event" and response is not Response.RELIABLE_DETERIORATION:
                found["response_if_lost_failed"] = np.nan_to_num(values)
    if delivered.table.sessions is not None:
        values = design.cohort.table[delivered.table.sessions].to_numpy(dtype=np.float64, na_value=np.nan)
        found["sessions"] = values[kept]
    return found


def _price(table: PolicyTable, modes: Sequence[Kind]) -> FloatArray | None:
    if table.price is None and not table.prices:
        return None
    return np.array([table.prices.get(mode.name, table.price or np.nan) for mode in modes])


def _members(cluster: IntArray, groups: int) -> list[IntArray]:
    order = np.argsort(cluster, kind="stable")
    return np.split(order, np.searchsorted(cluster[order], np.arange(1, groups)))


def _shifted(asked: _Asked, place: int, value: FloatArray, drawn: FloatArray, groups: int) -> Shifted:
    shift, own = asked.shifts[place], asked.treated.own().mean(axis=0)
    now = {mode.name: float(share) for mode, share in zip(asked.modes, own.sum(axis=1), strict=True)}
    mix = shift.mix if shift is not None and shift.mix else now
    short_now = float(own[:, 1].sum()) if asked.treated.has_short else None
    short = shift.short if shift is not None and shift.short is not None else short_now
    far, kind = _beyond(asked, mix, now, short, short_now)
    labels = {mode.name: mode.label for mode in asked.modes}
    figures: dict[str, Figure | None] = {
        name: None if np.isnan(one) else figure(float(one), each, 1.0, groups)
        for name, one, each in zip(NAMES, value, drawn.T, strict=True)
    }
    if shift is None:
        figures["response_change"] = None
    return Shifted(
        name=mixes.AS_IT_WAS if shift is None else shift.name,
        mix={labels[name]: round(mix.get(name, 0.0), 2) for name in now},
        short=None if short is None else round(short, 2),
        beyond=far,
        beyond_kind=kind,
        **figures,
    )


def _beyond(
    asked: _Asked, mix: Mapping[str, float], now: Mapping[str, float], short: float | None, short_now: float | None
) -> tuple[float, str]:
    """The largest share of patients beyond what was seen, over all kinds of which there is to be more."""
    treated, found = asked.treated, [(0.0, "")]
    rare = support.beyond(support.probabilities(treated.mix, treated.kind, treated.kinds))
    for place, mode in enumerate(asked.modes):
        if mix.get(mode.name, 0.0) > now[mode.name] + 1e-9:
            found.append((float(rare[place]), mode.label))
    if short is not None and short_now is not None and abs(short - short_now) > 1e-9:  # noqa: PLR2004 - rounding
        lengths = support.beyond(support.probabilities(treated.mix, treated.short, 2))
        found.append((float(lengths[int(short > short_now)]), "Short" if short > short_now else "Longer"))
    return max(found)

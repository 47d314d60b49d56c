"""The family game on the true conditional expectation: what explanations of a perfect model would be.

For patient x and reference patients b, the value of a coalition S of families is the mean over b of the truth for
somebody with the columns of S from x and all others from b; where x lacks a column of S, the truth is that for its
absence. A family's contribution is its Shapley value in that game, by all 2^families coalitions.
"""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from therapport.simulator import dates
from therapport.simulator.truth import link
from therapport.simulator.truth.expectation import END_GRID, Expectation

Values = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
GRID = np.linspace(-8, 8, 513)
"""Of sums of contributions of an additive truth, which are then read off a curve; finer than .001 points."""
ODDS_GRID = np.linspace(-30, 30, 6001)
ODDS_CURVE = link.log_odds(ODDS_GRID)
AT_ONCE = 1 << 16
"""Pairs of patient and reference patient that are held in memory together."""


@dataclass(frozen=True, eq=False)
class People:
    """Patients or reference patients: standardised columns, recorded severity, and when they started."""

    columns: Values
    """Shape (people, columns); NaN where missing."""
    before: Values
    """The PHQ-9 at intake, shape (people,)."""
    days: Values

    @functools.cached_property
    def filled(self) -> Values:
        """The columns with 0 where they are missing, which has no weight then."""
        return np.asfortranarray(np.nan_to_num(self.columns))


@dataclass(frozen=True, eq=False)
class Game:
    """Values of every coalition, shape (patients, 2^families), for the end score and for the log-odds."""

    end_score: Values
    log_odds: Values

    @property
    def players(self) -> int:
        """How many families there are."""
        return int(self.end_score.shape[1]).bit_length() - 1

    def contributions(self) -> tuple[Values, Values]:
        """Of each family to end score and log-odds, shape (patients, families) each."""
        weights = shapley_weights(self.players)
        return self.end_score @ weights, self.log_odds @ weights


@functools.cache
def shapley_weights(players: int) -> Values:
    """Shape (2^players, players): coalition values @ weights = Shapley values; bit i of a row's number is player i."""
    weights = np.zeros((1 << players, players))
    for coalition in range(1 << players):
        size = coalition.bit_count()
        for player in range(players):
            inside = coalition >> player & 1
            others = size - inside
            orders = math.factorial(others) * math.factorial(players - others - 1) / math.factorial(players)
            weights[coalition, player] = orders if inside else -orders
    return weights


class FamilyGame:
    """The game of one truth against fixed reference patients, who have every column."""

    def __init__(self, expectation: Expectation, families: tuple[str, ...], reference: People, response: str) -> None:
        self.expectation = expectation
        self.families = families
        self.reference = reference
        self.response = response
        self.member = np.array([[family == one for one in families] for family in expectation.observed.family])
        """Shape (columns, families)."""
        self.severity = families.index("patient")
        self._curves: dict[tuple[int, bytes], tuple[Values, Values]] = {}

    def of(self, people: People) -> Game:
        """The values of all coalitions for each patient."""
        coalitions = 1 << len(self.families)
        values = Game(*(np.empty((len(people.before), coalitions)) for _ in range(2)))
        present = ~np.isnan(people.columns)
        for coalition in range(coalitions):
            held = (coalition >> np.arange(len(self.families)) & 1).astype(np.bool_)
            inside: npt.NDArray[np.bool_] = np.any(self.member & held, axis=1)
            for rows, known in _alike(present, inside):
                end_score, log_odds = self._values(people, rows, coalition, inside, known)
                values.end_score[rows, coalition], values.log_odds[rows, coalition] = end_score, log_odds
        return values

    def _values(
        self, people: People, rows: Rows, coalition: int, inside: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]
    ) -> tuple[Values, Values]:
        given = self.expectation.given(known)
        has_severity = bool(coalition >> self.severity & 1)
        if not self.expectation.is_additive or len(rows) < len(GRID):  # for few patients a curve costs more
            return self._enumerated(people, rows, inside, known, has_severity=has_severity)
        linear = dates.moved(self.expectation.design, people.days[rows], np.zeros(1))
        # Column by column: most have no weight, and to pick rows of all of them would copy them.
        for column in np.flatnonzero(inside & (given.linear != 0)):
            linear = linear + given.linear[column] * people.filled[:, column][rows]
        end_curve, odds_curve = self._curve(coalition, inside, known, has_severity=has_severity)
        index = -linear
        if has_severity:
            index = index + link.borders(self.response, people.before[rows], self.expectation.design.layers)
        return _read(linear, GRID, end_curve), _read(index / given.sd, GRID, odds_curve)

    def _curve(
        self, coalition: int, inside: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_], *, has_severity: bool
    ) -> tuple[Values, Values]:
        """Means over the reference patients, for every value that the coalition's columns can add up to."""
        key = (coalition, np.packbits(known).tobytes())
        if key not in self._curves:
            given, layers = self.expectation.given(known), self.expectation.design.layers
            others = self.reference.columns[:, ~inside] @ given.linear[~inside]
            total = GRID[:, None] + others
            end_score = _read(total, END_GRID, given.end_curve).mean(axis=1)
            index = -others
            if not has_severity:
                index = index + link.borders(self.response, self.reference.before, layers)
            log_odds = _read(GRID[:, None] + index / given.sd, ODDS_GRID, ODDS_CURVE).mean(axis=1)
            self._curves[key] = end_score, log_odds
        return self._curves[key]

    def _enumerated(
        self,
        people: People,
        rows: Rows,
        inside: npt.NDArray[np.bool_],
        known: npt.NDArray[np.bool_],
        *,
        has_severity: bool,
    ) -> tuple[Values, Values]:
        """Every patient beside every reference patient."""
        truth, layers = self.expectation, self.expectation.design.layers
        given = truth.given(known)
        own, others = people.filled[np.ix_(rows, np.flatnonzero(inside))], self.reference.columns[:, ~inside]
        end_score, log_odds = np.empty(len(rows)), np.empty(len(rows))
        place = {name: truth.observed.latent.index(name) for name in truth.needed}
        for part in _parts(len(rows), max(1, AT_ONCE // len(others))):

            def mixed(weights: Values, part: slice = part) -> Values:
                mixture: Values = (own[part] @ weights[inside])[:, None] + others @ weights[~inside]
                return mixture

            mean = {name: mixed(given.weights[position]) for name, position in place.items()}
            total = truth.of_means(mixed(given.linear), mean, given, people.days[rows[part], None])
            before = people.before[rows[part], None] if has_severity else self.reference.before[None, :]
            index = (link.borders(self.response, before, layers) - total) / given.sd
            end_score[part] = _read(total, END_GRID, given.end_curve).mean(axis=1)
            log_odds[part] = _read(index, ODDS_GRID, ODDS_CURVE).mean(axis=1)
        return end_score, log_odds


def _alike(
    present: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_]
) -> Iterator[tuple[Rows, npt.NDArray[np.bool_]]]:
    """Patients with the same columns of a coalition, and the columns that are then known: all others are there."""
    lacking = ~present & inside
    ever = np.flatnonzero(lacking.any(axis=0))
    code = lacking[:, ever] @ (1 << np.arange(len(ever)))
    for one in np.unique(code):
        rows = np.flatnonzero(code == one)
        yield rows, ~lacking[rows[0]]


def _parts(rows: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, rows, size))


def _read(at: Values, grid: Values, curve: Values) -> Values:
    """A curve on an even grid, read in a straight line between two points; several times faster than numpy.interp."""
    place = np.clip((at - grid[0]) / (grid[1] - grid[0]), 0, len(grid) - 1.000001)
    whole = place.astype(np.int32)
    step = np.append(np.diff(curve), 0.0)
    value: Values = curve.take(whole) + (place - whole) * step.take(whole)
    return value

"""The expected course: between which scores people lie, session by session, who began treatment at the same score.

A band of those who were still in treatment at that session, and were measured; who left has no part in it.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from therapport.predictor.figure import Figure
from therapport.tomlfile import Strict

FloatArray = NDArray[np.float64]
Side = Literal["within", "above", "below"]


class Shape(Strict):
    """The band at one moment, as a function of the score at intake.

    The middle is a straight line; ends lie so many scales from it, and the scale is a straight line too: scores spread
    less near the end of an instrument's range.
    """

    intercept: float
    slope: float
    scale: float
    """At an intake score of 0."""
    scale_slope: float
    least_scale: float
    low: float
    """Lower end of the band, in scales from the middle."""
    high: float

    def scales(self, intake: FloatArray) -> FloatArray:
        """In points, above zero."""
        return np.maximum(self.scale + self.scale_slope * intake, self.least_scale)

    def ends(
        self, intake: FloatArray, allowed: tuple[float, float], step: float
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Lower end, middle and upper end, each of the shape of `intake`, as scores that the instrument can give."""
        middle, scales = self.intercept + self.slope * intake, self.scales(intake)
        low, between, high = (
            np.clip(stepped(middle + moved * scales, step), *allowed) for moved in (self.low, 0.0, self.high)
        )
        return low, np.clip(between, low, high), high


class Moment(Shape):
    """One session or week."""

    when: int
    patients: int
    """Still in treatment and measured; rounded down to tens."""
    held: Figure
    """Share of patients of other groups whose score the band held."""


class Held(Figure):
    """How often the band held the scores of people whom it had not met."""

    of: Literal["scores", "intake", "people"]
    """All scores; those of people who began in a third of the intake scores; people all of whose scores it held."""
    label: str = ""
    """Of the third."""
    patients: int
    """Rounded down to tens."""


class Ends(Strict):
    """The band of one person at one moment."""

    when: int
    low: float
    middle: float
    high: float

    def side(self, score: float, step: float) -> Side:
        """Where a score lies, to the nearest that the instrument can give."""
        told = float(stepped(np.asarray(score), step))
        return "below" if told < self.low else "above" if told > self.high else "within"


class ExpectedCourse(Strict):
    """The band of a study's instrument, from the training cohort's long table."""

    unit: Literal["session", "week"]
    intake: str
    """The factor with the score at intake: all that the band knows of a person."""
    instrument: str
    """By label."""
    range: tuple[float, float]
    step: float
    level: float
    """Share of scores that the band is to hold, at each moment."""
    lowest: float
    """Intake scores between which ten people or more began at either end; beyond them there is no band."""
    highest: float
    group: str
    """The grouping level whose groups are the units."""
    groups: int
    moments: tuple[Moment, ...]
    """In the order of time; those with too few people are left out."""
    held: tuple[Held, ...]

    def band(self, intake: float) -> tuple[Ends, ...]:
        """For a person who began at this score; empty where too few began so low or so high."""
        if not self.lowest <= intake <= self.highest:
            return ()
        made = []
        for moment in self.moments:
            low, middle, high = (float(one) for one in moment.ends(np.asarray(intake), self.range, self.step))
            made.append(Ends(when=moment.when, low=low, middle=middle, high=high))
        return tuple(made)


def stepped(scores: FloatArray, step: float) -> FloatArray:
    """The nearest scores that an instrument can give; rounded once more, so that equal ones are equal."""
    return np.round(np.round(scores / step) * step, 9)

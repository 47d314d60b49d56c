"""The alarm is what its definition says, false as seldom as stated, and loud where calibration has gone."""

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import binom

from serving.monitoring.alarm import LEVEL, SHIFTS, TOLERANCE, alarms

STREAMS, PATIENTS = 400, 600
MOST_FALSE = int(binom.ppf(0.999, STREAMS, LEVEL))
"""Of 400 streams 35 at most: sound alarms of 5 % have more in 1 of 1,000 draws, alarms of 12 % in 98 of 100."""


def stream(generator: np.random.Generator, *, shift: float = 0.0, since: int = 0) -> tuple[np.ndarray, ...]:
    log_odds = generator.normal(0, 1, PATIENTS)
    month = np.arange(PATIENTS) // 25
    moved = log_odds + np.where(np.arange(PATIENTS) >= since, shift, 0.0)
    return log_odds, (generator.random(PATIENTS) < expit(moved)).astype(float), month


def share_of_alarms(shift: float, *, tolerance: float = TOLERANCE, since: int = 0) -> float:
    generator = np.random.default_rng(1)
    found = 0
    for _ in range(STREAMS):
        found += any(
            one.at is not None for one in alarms(*stream(generator, shift=shift, since=since), tolerance=tolerance)
        )
    return found / STREAMS


def test_it_is_the_weighted_mean_of_likelihood_ratios() -> None:
    """Three patients in two months, by hand: probability 1/2, no tolerance."""
    log_odds, truth, month = np.zeros(3), np.array([1.0, 0.0, 1.0]), np.array([0, 0, 1])
    more, fewer = alarms(log_odds, truth, month, tolerance=0.0)
    for found, sign in ((more, 1), (fewer, -1)):
        reached = [2 * expit(sign * shift) for shift in SHIFTS]
        not_reached = [2 - one for one in reached]
        first = np.mean([a * b * a for a, b in zip(reached, not_reached, strict=True)])
        second = np.mean(reached)
        assert np.exp(found.evidence[-1]) == pytest.approx(first / 2 + second / 6 + 1 / 3)
        assert found.limit == pytest.approx(np.log(2 / LEVEL))


@pytest.mark.parametrize("tolerance", [0.0, TOLERANCE])
def test_it_is_its_definition_in_a_stream_with_empty_months(tolerance: float) -> None:
    """Shift by shift, month by month, patient by patient; months without anybody included."""
    generator = np.random.default_rng(3)
    log_odds, truth, month = stream(generator, shift=0.4)
    month = np.sort(generator.choice([0, 1, 4, 5, 9], PATIENTS))
    for found, sign in zip(alarms(log_odds, truth, month, tolerance=tolerance), (1, -1), strict=True):
        edge = log_odds + sign * tolerance
        for last in (0, 1, 200, 599):
            mean = 1.0 / (month[last] + 2)
            for begin in range(month[last] + 1):
                there = np.flatnonzero((month >= begin) & (np.arange(PATIENTS) <= last))
                for shift in SHIFTS:
                    then, now = expit(edge[there] + sign * shift), expit(edge[there])
                    ratio = np.prod(np.where(truth[there] > 0, then / now, (1 - then) / (1 - now)))
                    mean += ratio / len(SHIFTS) / ((begin + 1) * (begin + 2))
            assert found.evidence[last] == pytest.approx(np.log(mean), abs=1e-9)


@pytest.mark.parametrize(("shift", "tolerance"), [(0.0, 0.0), (TOLERANCE, TOLERANCE), (-TOLERANCE, TOLERANCE)])
def test_false_alarms_are_as_seldom_as_stated(shift: float, tolerance: float) -> None:
    """Looking after every patient, with no shift and at the very edge of what is tolerated."""
    assert share_of_alarms(shift, tolerance=tolerance) <= MOST_FALSE / STREAMS


@pytest.mark.parametrize("shift", [0.9, -0.9])
def test_a_lost_calibration_is_noticed_whenever_it_begins(shift: float) -> None:
    assert share_of_alarms(shift) > 0.95
    assert share_of_alarms(shift, since=300) > 0.9


def test_it_tells_the_direction_and_when() -> None:
    truth = np.ones(200)
    more, fewer = alarms(np.full(200, logit(0.5)), truth, np.zeros(200, dtype=np.int64))
    assert fewer.at is None
    assert more.at is not None
    assert more.at < 30

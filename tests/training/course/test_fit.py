"""The band of one moment beside hand arithmetic, a law that is known, and an independent calculation."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from tests.training.course import known
from therapport import conformal
from therapport.predictor.course import Shape
from training.course.fit import shape
from training.course.held import held, share

LEVEL = 0.8


def test_a_tiny_cohort_by_hand() -> None:
    """Forty people, alone in their groups, two points above or below the line 2 + 0.5 x: 20 above, 20 below."""
    intake = np.repeat(np.arange(10.0), 4)
    score = 2 + 0.5 * intake + np.tile([2.0, -2.0], 20)
    # In each fold whole pairs of one above and one below at the same intake: every line is the same.
    fold = np.repeat(np.tile([0, 1], 10), 2)
    made = shape(intake, score, np.arange(40), fold, level=LEVEL)
    assert made is not None
    assert (made.intercept, made.slope) == pytest.approx((2, 0.5))
    # Everyone is 2 from the line, so the scale is 2 everywhere and everyone is one scale away; no error is left.
    assert (made.scale, made.scale_slope) == pytest.approx((2, 0))
    assert (made.low, made.high) == pytest.approx((-1, 1))
    low, middle, high = made.ends(np.array([4.0, 0.0, 100.0]), (0, 27), 1)
    assert low.tolist() == [2, 0, 27]
    assert middle.tolist() == [4, 2, 27]
    assert high.tolist() == [6, 4, 27]


def test_the_same_by_loops() -> None:
    """Conformalised ends, computed person by person."""
    generator = np.random.default_rng(4)
    intake, cluster = generator.uniform(5, 25, 60), np.repeat(np.arange(12), 5)
    score, fold = 3 + 0.6 * intake + generator.normal(0, 0.1 * intake), np.repeat(np.arange(4), 15)
    made = shape(intake, score, cluster, fold, level=LEVEL)
    assert made is not None

    def lines(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        middle = np.polyfit(intake[rows], score[rows], 1)
        apart = np.abs(score[rows] - np.polyval(middle, intake[rows]))
        return middle, np.polyfit(intake[rows], apart, 1), 0.25 * apart.mean()

    def away(one: int, middle: np.ndarray, scale: np.ndarray, least: float) -> float:
        return float((score[one] - np.polyval(middle, intake[one])) / max(np.polyval(scale, intake[one]), least))

    errors = []
    for person in range(60):
        others = np.flatnonzero(fold != fold[person])
        fitted = lines(others)
        low, high = np.quantile([away(int(one), *fitted) for one in others], [0.1, 0.9])
        errors.append(max(low - away(person, *fitted), away(person, *fitted) - high))
    # Twelve groups of five: each person has the mass 1 / (13 * 5); the first error that reaches 0.8 of it.
    ordered = sorted(errors)
    further = ordered[int(np.ceil(LEVEL * 13 * 5 - 1e-9)) - 1]
    assert conformal.half_width(np.array([errors]), cluster, level=LEVEL) == further
    fitted = lines(np.arange(60))
    low, high = np.quantile([away(one, *fitted) for one in range(60)], [0.1, 0.9])
    assert (made.low, made.high) == pytest.approx((low - further, high + further))


def test_the_band_finds_a_law_that_is_known_and_holds_people_of_new_groups() -> None:
    """Normal scores around a line, wider for those who began higher, with a level of each therapist."""
    learned, new = known.cohort(therapists=150, each=20, seed=1), known.cohort(therapists=1000, each=20, seed=2)
    made = shape(learned.intake, learned.scores[:, 0], learned.cluster, learned.cluster % 5, level=LEVEL)
    assert made is not None
    low, middle, high = made.ends(new.intake, (-1000, 1000), 1e-6)
    true_low, true_high = (known.quantile(new.intake, 1, share) for share in (0.1, 0.9))
    np.testing.assert_allclose(middle, known.quantile(new.intake, 1, 0.5), atol=0.6)
    np.testing.assert_allclose(low, true_low, atol=0.8)
    np.testing.assert_allclose(high, true_high, atol=0.8)
    # What remains is that of 150 therapists: a share's own standard error there is about 0.01.
    inside = ((low <= new.scores[:, 0]) & (new.scores[:, 0] <= high)).mean()
    assert abs(inside - LEVEL) < 0.03


def test_what_it_held_out_of_fold_is_what_it_holds_of_new_people() -> None:
    """Over forty cohorts the stated share and the true one agree within Monte Carlo error, and reach the level."""
    stated, true = [], []
    for seed in range(40):
        one, new = known.cohort(therapists=20, each=8, seed=seed), known.cohort(therapists=200, each=8, seed=900 + seed)
        arrays = (one.intake, one.scores[:, 1], one.cluster, one.cluster % 5)
        made = shape(*arrays, level=LEVEL)
        kept = held(*arrays, level=LEVEL, allowed=(-1000, 1000), step=1e-6)
        assert made is not None
        assert kept is not None
        stated.append(kept.mean())
        low, _, high = made.ends(new.intake, (-1000, 1000), 1e-6)
        true.append(((low <= new.scores[:, 1]) & (new.scores[:, 1] <= high)).mean())
    error = np.std(stated, ddof=1) / np.sqrt(40)
    # A band from four fifths of the groups is a little wider than one from all.
    assert abs(np.mean(stated) - np.mean(true)) < 3 * error + 0.01
    assert np.mean(true) > LEVEL - 0.01


def test_nobody_has_a_part_in_the_band_that_is_held_against_them() -> None:
    """A group whose scores are moved far away is missed, and nobody else's verdict rests on its own fold's."""
    one = known.cohort(therapists=25, each=8, seed=3)
    fold, moved = one.cluster % 5, one.scores[:, 0].copy()
    arrays = {"level": LEVEL, "allowed": (-1000.0, 1000.0), "step": 1e-6}
    before = held(one.intake, moved, one.cluster, fold, **arrays)  # type: ignore[arg-type]
    moved[fold == 2] += 500
    after = held(one.intake, moved, one.cluster, fold, **arrays)  # type: ignore[arg-type]
    assert before is not None
    assert after is not None
    assert after[fold == 2].sum() == 0
    alone = shape(*(values[fold != 2] for values in (one.intake, one.scores[:, 0], one.cluster, fold)), level=LEVEL)
    assert alone is not None
    low, _, high = alone.ends(one.intake[fold == 2], (-1000, 1000), 1e-6)
    expected = (low <= one.scores[fold == 2, 0]) & (one.scores[fold == 2, 0] <= high)
    assert before[fold == 2].tolist() == expected.astype(float).tolist()


@pytest.mark.parametrize(("people", "groups"), [(19, 19), (60, 3)])
def test_too_few_people_or_groups_bear_out_no_band(people: int, groups: int) -> None:
    generator = np.random.default_rng(1)
    intake, cluster = generator.uniform(10, 25, people), np.arange(people) % groups
    assert shape(intake, intake + generator.normal(size=people), cluster, cluster % 3, level=LEVEL) is None


def test_scores_that_all_lie_on_the_line_and_intakes_that_are_all_alike() -> None:
    cluster = np.arange(30)
    on_line = shape(cluster / 2.0, cluster / 2.0, cluster, cluster % 5, level=LEVEL)
    assert on_line is not None
    low, middle, high = on_line.ends(np.array([7.0]), (0, 27), 1)
    assert [float(one[0]) for one in (low, middle, high)] == [7, 7, 7]
    alike = shape(np.full(30, 12.0), cluster / 3.0, cluster, cluster % 5, level=LEVEL)
    assert alike is not None
    assert alike.slope == 0


def test_the_interval_of_a_share_is_that_of_a_cluster_robust_mean() -> None:
    generator = np.random.default_rng(6)
    cluster = np.repeat(np.arange(15), generator.integers(2, 9, 15))
    values = (generator.random(len(cluster)) < 0.8).astype(float)
    found = share(values, cluster)
    robust = sm.OLS(values, np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    error = float(robust.bse[0]) * np.sqrt(15 / 14)
    reach = stats.t.ppf(0.975, 14) * error
    assert found.low == pytest.approx(values.mean() - reach)
    assert found.high == pytest.approx(min(1, values.mean() + reach))


def test_scales_never_fall_to_nothing() -> None:
    made = Shape(intercept=0, slope=1, scale=4, scale_slope=-0.5, least_scale=0.5, low=-1, high=1)
    assert made.scales(np.array([0.0, 4.0, 20.0])).tolist() == [4, 2, 0.5]

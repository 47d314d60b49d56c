"""How good a model is, with intervals, against the baselines and against its rivals.

Every figure is computed from out-of-fold predictions: within the folds, then averaged over folds and repeats.
Calibration slope and intercept are one figure for all folds of a repeat, then averaged over repeats: a slope over the
twenty patients of one small fold is not estimable, and the mean of five such slopes is no better. The slope is common
to the folds, each with an intercept of its own, so that it too compares patients with those of their own fold. The
integrated calibration index rests on a curve, and is one figure for all folds of a repeat for the same reason.
Intervals of 95 % come from a cluster bootstrap of these predictions, stretched where groups are few (`reach`); the
models are not refitted, so they say how sure the figure is for these fitted models, not how much another training
cohort would change them. docs/validity.md has what they held in simulated studies.
"""

from therapport.cohort.rows import SMALLEST_CELL
from therapport.performance.binary import BINARY_METRICS, CAPACITY, evaluate_binary
from therapport.performance.bootstrap import bootstrap_weights
from therapport.performance.choice import Choice, Loss, paired_difference, paired_differences, simplest_unbeaten
from therapport.performance.corrected import CorrectedDifference, corrected_difference
from therapport.performance.curve import CalibrationBin, calibration_curve, score_curve
from therapport.performance.decision import NetBenefit, decision_curve
from therapport.performance.estimate import Estimate, share
from therapport.performance.out_of_fold import OutOfFold
from therapport.performance.score import SCORE_METRICS, evaluate_score

__all__ = [
    "BINARY_METRICS",
    "CAPACITY",
    "SCORE_METRICS",
    "SMALLEST_CELL",
    "CalibrationBin",
    "Choice",
    "CorrectedDifference",
    "Estimate",
    "Loss",
    "NetBenefit",
    "OutOfFold",
    "bootstrap_weights",
    "calibration_curve",
    "corrected_difference",
    "decision_curve",
    "evaluate_binary",
    "evaluate_score",
    "paired_difference",
    "paired_differences",
    "score_curve",
    "share",
    "simplest_unbeaten",
]

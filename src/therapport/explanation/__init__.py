"""Exact Shapley values with families as players, against reference patients; per-factor values for drill-down.

For patient x, score f and reference patients b, the value of a coalition S of players is the mean over b of
f(x on the factors of S, b on all others). A player's contribution is its Shapley value in that game.
"""

from therapport.explanation.explainer import Explainer, Explanation, compile_explainer
from therapport.explanation.probability import in_probability_points, points_with_bounds
from therapport.explanation.split import AnyExplainer, SplitExplainer
from therapport.explanation.uncertainty import Margin, Refits, refits

__all__ = [
    "AnyExplainer",
    "Explainer",
    "Explanation",
    "Margin",
    "Refits",
    "SplitExplainer",
    "compile_explainer",
    "in_probability_points",
    "points_with_bounds",
    "refits",
]

"""Keys of a candidate's figures, the same for all; `oof/…` comes first, because the UI sorts its sections by name."""

from therapport.predictor.evidence import CandidateResult, Comparison

NET_BENEFIT_AT = (0.2, 0.4, 0.6)
"""The thresholds that are charted; the whole curve is a table of the study's run."""
BY_FOLD = "oof_by_fold"
MEANING = {
    "oof/…": "figures out of fold, in patients whom the model had not seen; `_low` and `_high` end 95 % intervals",
    "oof_by_fold/…": "the same figures fold by fold, one step each, on the same patients for every candidate",
    "oof_difference/…": "loss minus that of a baseline: below zero, the candidate is better; `_corrected_` ends "
    "allow for models fitted anew (Nadeau and Bengio)",
    "oof_net_benefit/…": "of acting where the probability of the poor outcome reaches 20, 40, 60 %",
    "oof_lost/…": "of the preferred candidate with those who were lost: weighted, or had all ended poorly or well",
    "rests_on/…": "how far a family of factors moves predictions on average, as a share of probability or in points",
    "learning/…": "figures over the number of patients learned from, where the study asked for the curve",
    "sites/…": "of the preferred candidate at left-out sites, pooled; `_further_` ends are for a further site",
    "subgroup/…": "of the preferred candidate in subgroups, the largest first",
    "time/…": "of the preferred candidate in those who started later than all it learned from",
}
"""Prefix -> what stands under it, as the experiment says it."""


def of_candidate(name: str, comparison: Comparison) -> dict[str, float]:
    """Key -> figure; what is not defined for a candidate is left out."""
    return {
        **_own(comparison.candidates[name]),
        **_beside(name, comparison),
        "oof/loss_above_best": comparison.differences[name].value,
    }


def _beside(name: str, comparison: Comparison) -> dict[str, float]:
    """The differences to the two simplest baselines, both intervals, and three points of the decision curve."""
    figures = {}
    for baseline in ("prevalence", "severity"):
        difference = comparison.beside.get(name, {}).get(baseline)
        if difference is None:
            continue
        for end in ("value", "low", "high", "corrected_low", "corrected_high"):
            if (figure := getattr(difference, end)) is not None:
                figures[f"oof_difference/{baseline}" + ("" if end == "value" else f"_{end}")] = figure
    for point in comparison.decision:
        if point.threshold in NET_BENEFIT_AT and name in point.candidates:
            figures[f"oof_net_benefit/at_{round(100 * point.threshold)}"] = point.candidates[name].value
    return figures


def _own(result: CandidateResult) -> dict[str, float]:
    figures = {}
    for metric, figure in result.metrics.items():
        figures[f"oof/{metric}"] = figure.value
        if figure.low is not None and figure.high is not None:
            figures[f"oof/{metric}_low"], figures[f"oof/{metric}_high"] = figure.low, figure.high
    return figures | {f"rests_on/{family}": value for family, value in result.families.items()}

"""The checks of the gate: each passed, failed or not assessed, with the figure that it rests on."""

from collections.abc import Iterator

from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison, Figure
from therapport.predictor.gate import HIGHER_IS_BETTER
from therapport.registry import against_champion, in_subgroups, working
from therapport.registry.against_champion import Beside
from therapport.registry.check import Check
from therapport.registry.measure import WORDS, in_words, known, measure_of

SIMPLE = ("prevalence", "severity")
"""The baselines that everything more complex must beat."""


def judge(challenger: Predictor, champion: Predictor | None, *, beside: Beside | None = None) -> tuple[Check, ...]:
    """Every check, by the rules that the challenger's own study stated."""
    return tuple(_checks(challenger, champion, beside))


def _checks(challenger: Predictor, champion: Predictor | None, beside: Beside | None) -> Iterator[Check]:
    for comparison in challenger.evidence.comparisons:
        yield against_champion.check(challenger, champion, comparison, beside)
    for comparison in challenger.evidence.comparisons:
        yield _against_baselines(challenger, comparison)
    for comparison in challenger.evidence.comparisons:
        yield from _calibration(challenger, comparison, beside)
    if beside is None:
        # Never passed without figures: what studies carry has none by subgroup yet.
        yield Check("subgroups", "not assessed", "the evidence holds no figures by subgroup", required=False)
    else:
        for kind, subgroups in beside.subgroups.items():
            yield in_subgroups.check(challenger, kind, beside.challenger[kind], subgroups)
    yield from working.checks(challenger)


def _against_baselines(challenger: Predictor, comparison: Comparison) -> Check:
    name, order = f"baseline ({WORDS[comparison.kind]})", list(comparison.candidates)
    simple = [baseline for baseline in SIMPLE if baseline in order]
    chosen, differences = comparison.chosen, comparison.differences
    label = comparison.candidates[chosen].label
    if not simple:
        return Check(name, "not assessed", "the study compared no simple baseline (prevalence, severity)")
    # Of the chosen one itself zero must be possible, of what is simpler it must not be.
    if chosen != comparison.best and not _holds_zero(differences[chosen]):
        figure = f"{label} is beaten by {comparison.candidates[comparison.best].label}: {in_words(differences[chosen])}"
        return Check(name, "failed", figure)
    simpler = [baseline for baseline in simple if order.index(baseline) < order.index(chosen)]
    for baseline in simpler:
        low = differences[baseline].low
        if low is None or low <= 0:
            beside = comparison.candidates[baseline].label
            text = (
                f"{beside} is simpler and not shown to be worse: loss {in_words(differences[baseline])} above the best"
            )
            return Check(name, "failed", text)
    if not simpler:
        return Check(name, "passed", f"{label}: the simplest candidate, and nothing beats it")
    measure = measure_of(challenger, comparison.kind)
    own = known(comparison.candidates[chosen].metrics, measure)
    others = [known(comparison.candidates[baseline].metrics, measure) for baseline in simpler]
    values = [one.value for one in others if one is not None]
    if own is None or len(values) < len(simpler):
        return Check(name, "not assessed", f"{measure} is not among the figures")
    best = max(values) if measure in HIGHER_IS_BETTER else min(values)
    is_better = own.value > best if measure in HIGHER_IS_BETTER else own.value < best
    figure = f"{measure} {own.value:.4f} beside {best:.4f} of the best simple baseline"
    return Check(name, "passed" if is_better else "failed", figure)


def _calibration(challenger: Predictor, comparison: Comparison, beside: Beside | None) -> Iterator[Check]:
    kind, rules = comparison.kind, challenger.evidence.gate
    where = "out of fold" if beside is None else beside.where
    metrics = comparison.candidates[comparison.chosen].metrics if beside is None else beside.challenger[kind]
    slope, intercept = metrics.get("calibration_slope"), metrics.get("calibration_intercept")
    name = f"calibration slope ({WORDS[kind]})"
    if slope is not None:
        yield _inside(name, slope, *rules.calibration_slope, where=where)
    elif comparison.chosen == SIMPLE[0]:
        yield Check(name, "not assessed", "everyone gets the same answer, which has no slope", required=False)
    else:
        yield Check(name, "not assessed", "the slope is not defined")
    name = f"calibration in the large ({WORDS[kind]})"
    most = rules.calibration_intercept if kind == "binary" else rules.end_score_intercept
    if intercept is None:
        yield Check(name, "not assessed", "it is not among the figures")
    else:
        yield _inside(name, intercept, -most, most, where=where)


def _inside(name: str, figure: Figure, least: float, most: float, *, where: str) -> Check:
    """Failed only if chance does not explain it: outside, and the interval does not reach in."""
    text = f"{in_words(figure)}, {where}; {least:g} to {most:g} was asked"
    if least <= figure.value <= most:
        return Check(name, "passed", text)
    if figure.low is not None and figure.high is not None and figure.low <= most and figure.high >= least:
        return Check(name, "not assessed", f"{text}: too few patients to tell", required=False)
    return Check(name, "failed", text)


def _holds_zero(figure: Figure) -> bool:
    return figure.low is not None and figure.high is not None and figure.low <= 0 <= figure.high

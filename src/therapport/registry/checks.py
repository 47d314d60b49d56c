"""The checks of the gate: each passed, failed or not assessed, with the figure that it rests on."""

from collections.abc import Iterator

from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison, Difference, Figure
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
    yield from _in_subgroups(challenger, beside)
    yield from working.checks(challenger)


def _in_subgroups(challenger: Predictor, beside: Beside | None) -> Iterator[Check]:
    if beside is not None:
        for kind, subgroups in beside.subgroups.items():
            yield in_subgroups.check(challenger, kind, beside.challenger[kind], subgroups)
        return
    known = [(one.kind, in_subgroups.of_evidence(one)) for one in challenger.evidence.comparisons]
    for kind, found in known:
        if found is not None:
            yield in_subgroups.check(challenger, kind, found.everyone, found.by_name)
    if all(found is None for _, found in known):
        # Never passed without figures.
        yield Check("subgroups", "not assessed", "the evidence holds no figures by subgroup", required=False)


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
        if (text := _unbeaten(comparison, baseline)) is not None:
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
    figure += "".join(f"; {_paired(comparison, baseline)}" for baseline in simpler)
    return Check(name, "passed" if is_better else "failed", figure)


def _unbeaten(comparison: Comparison, baseline: str) -> str | None:
    """Why a simple baseline is not shown to be worse, where it is not; by the paired difference of the chosen one."""
    label, difference = comparison.candidates[baseline].label, _difference(comparison, baseline)
    if difference is not None:
        if difference.high is not None and difference.high < 0:
            return None
        return f"{label} is simpler and not shown to be worse: {_paired(comparison, baseline)}"
    # Evidence from before each candidate was held against each baseline has differences to the best one only.
    to_best = comparison.differences[baseline]
    if to_best.low is not None and to_best.low > 0:
        return None
    return f"{label} is simpler and not shown to be worse: loss {in_words(to_best)} above the best"


def _paired(comparison: Comparison, baseline: str) -> str:
    difference, label = _difference(comparison, baseline), comparison.candidates[baseline].label.lower()
    if difference is None:
        return f"{label}: no paired difference is known"
    text = (
        f"loss {in_words(difference)} minus that of {label}, over models fitted anew {difference.corrected_low:.3f} to "
        f"{difference.corrected_high:.3f}"
    )
    return f"{text}, which holds 0" if difference.corrected_low <= 0 <= difference.corrected_high else text


def _difference(comparison: Comparison, baseline: str) -> Difference | None:
    return comparison.beside.get(comparison.chosen, {}).get(baseline)


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

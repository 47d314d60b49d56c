"""The check against the champion: on one cohort, or on the out-of-fold figures of the same one, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass

from therapport.models import Kind
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison, Figure, Recalibration
from therapport.predictor.gate import HIGHER_IS_BETTER
from therapport.registry.check import Check
from therapport.registry.in_subgroups import Subgroups
from therapport.registry.measure import WORDS, in_words, known, measure_of

Figures = Mapping[Kind, Mapping[str, Figure]]


@dataclass(frozen=True)
class Beside:
    """Figures of challenger and champion on one and the same cohort, which neither was fitted on."""

    where: str
    challenger: Figures
    champion: Figures
    differences: Mapping[Kind, Figure]
    """Loss of the challenger minus that of the champion, paired: below zero, the challenger is better."""
    subgroups: Mapping[Kind, Subgroups]
    """Figures of the challenger in each subgroup."""


def check(challenger: Predictor, champion: Predictor | None, comparison: Comparison, beside: Beside | None) -> Check:
    """Whether the challenger is better than the champion on the measure that its study states, by its margin."""
    kind, rules = comparison.kind, challenger.evidence.gate
    name, measure = f"champion ({WORDS[kind]})", measure_of(challenger, kind)
    margin = rules.margin if kind == "binary" else rules.end_score_margin
    theirs = _of_kind(champion, kind)
    if champion is None or theirs is None:
        why = (
            "there is no champion to compare with"
            if champion is None
            else f"the champion does not predict the {WORDS[kind]}"
        )
        return Check(name, "not assessed", why, required=False)
    if champion.version == challenger.version:
        return Check(name, "passed", f"the same model, {challenger.version}")
    again = challenger.evidence.recalibration
    if beside is None and again is not None and again.parent == champion.version and kind in again.gains:
        return _recalibrated(name, again, kind)
    if beside is None and not _comparable(challenger, champion):
        text = "their figures are not of the same patients, outcome and line; compare on one cohort with --on STUDY"
        return Check(name, "not assessed", text)
    figures = (comparison.candidates[comparison.chosen].metrics, theirs.candidates[theirs.chosen].metrics)
    if beside is not None:
        figures = (dict(beside.challenger[kind]), dict(beside.champion[kind]))
    own, other = (known(metrics, measure) for metrics in figures)
    if beside is None:
        return _better(name, measure, own, other, margin=margin, where="out of fold")
    return _paired(name, measure, own, other, beside.differences[kind], margin=margin, where=beside.where)


def _of_kind(predictor: Predictor | None, kind: Kind) -> Comparison | None:
    every = () if predictor is None else predictor.evidence.comparisons
    return next((one for one in every if one.kind == kind), None)


def _paired(
    name: str,
    measure: str,
    own: Figure | None,
    other: Figure | None,
    difference: Figure,
    *,
    margin: float,
    where: str,
) -> Check:
    if difference.low is not None and difference.low > 0:
        return Check(name, "failed", f"loss {in_words(difference)} above the champion's, paired, {where}")
    told = f"{where}, paired difference of losses {in_words(difference)}"
    return _better(name, measure, own, other, margin=margin, where=told)


def _recalibrated(name: str, again: Recalibration, kind: Kind) -> Check:
    """A child must be shown to help: its parent is simpler, and simpler is preferred where nothing can be told."""
    gain, loss = again.gains[kind], "Brier score" if kind == "binary" else "squared error"
    figure = f"{loss} {in_words(gain)} compared with before recalibration"
    if _helps(gain):
        return Check(name, "passed", figure)
    if gain.low is not None and gain.low > 0:
        return Check(name, "failed", f"{figure}: it does harm")
    if any(_helps(other) for other in again.gains.values()):
        return Check(name, "not assessed", f"{figure}: too few patients to tell", required=False)
    return Check(name, "failed", f"{figure}: not shown to help, and the champion is simpler")


def _helps(gain: Figure) -> bool:
    return gain.high is not None and gain.high < 0


def _comparable(challenger: Predictor, champion: Predictor) -> bool:
    """Whether their out-of-fold figures are of the same patients, outcome and grouping."""
    own, their = challenger.evidence, champion.evidence
    return (
        own.cohort.digest == their.cohort.digest
        and challenger.outcome == champion.outcome
        and challenger.end_score_instrument == champion.end_score_instrument
        and own.group == their.group
        and own.recalibration is None
        and their.recalibration is None
    )


def _better(name: str, measure: str, own: Figure | None, other: Figure | None, *, margin: float, where: str) -> Check:
    if own is None or other is None:
        return Check(name, "not assessed", f"{measure} is not among the figures")
    ahead = own.value - other.value if measure in HIGHER_IS_BETTER else other.value - own.value
    figure = f"{measure} {own.value:.4f} beside {other.value:.4f}, {where}; at least {margin:g} better was asked"
    return Check(name, "passed" if ahead >= margin else "failed", figure)

"""What else the evidence says of one outcome: differences to the baselines, decision curve, intervals that held."""

from collections.abc import Sequence
from dataclasses import dataclass

from serving import charts
from serving.text import listed, number, sentence_case
from therapport.performance import SMALLEST_CELL
from therapport.predictor import REASONS, Predictor
from therapport.predictor.evidence import Abstention, Comparison, Coverage, DecisionPoint, Difference, Figure

LOSS = {"binary": "Brier score", "score": "squared error"}
WORDS = {
    "auc": ("AUC", 3),
    "brier": ("Brier score", 3),
    "rmse": ("RMSE", 2),
    "r2": ("R²", 3),
    "calibration_intercept": ("calibration intercept", 2),
}
CLEAR = 5e-4
"""A net benefit that is larger by less is the same curve."""


@dataclass(frozen=True)
class Beside:
    """The preferred candidate beside one baseline."""

    label: str
    value: str
    drawn: str
    """Interval over other patients."""
    corrected: str
    """Interval over models fitted anew."""
    words: str


@dataclass(frozen=True)
class DecisionRow:
    """Net benefit at one threshold, of 100 people."""

    threshold: str
    chosen: str
    severity: str
    everyone: str


@dataclass(frozen=True)
class Decision:
    """The decision curve of the preferred candidate, as drawing, sentence and table."""

    sentence: str
    drawn: charts.Curves
    labels: tuple[str, ...]
    rows: tuple[DecisionRow, ...]


@dataclass(frozen=True)
class Held:
    """How often the interval of the end score held in some patients."""

    whom: str
    patients: str
    share: str


@dataclass(frozen=True)
class LeftOut:
    """In whom the predictor abstains, by its study's rules."""

    sentence: str
    reasons: tuple[tuple[str, str], ...]
    """What stands against a prediction, in how many."""
    rows: tuple[tuple[str, str, str], ...]
    """Figure, in those with a prediction, in the others."""


@dataclass(frozen=True)
class Further:
    """Everything of one outcome that stands behind its main figures."""

    loss: str
    beside: tuple[Beside, ...]
    decision: Decision | None
    interval: str
    held: tuple[Held, ...]
    left_out: LeftOut | None


def further(predictor: Predictor, comparison: Comparison) -> Further:
    """What the evidence of an earlier version lacks is left out."""
    return Further(
        loss=LOSS[comparison.kind],
        beside=tuple(
            _beside(comparison.candidates[baseline].label, one)
            for baseline, one in comparison.beside.get(comparison.chosen, {}).items()
            if baseline != comparison.chosen
        ),
        decision=_decision(comparison) if comparison.decision else None,
        interval=_interval(comparison),
        held=()
        if comparison.interval is None
        else tuple(
            Held(_whom(predictor, one), f"{one.patients:,}", _share(one)) for one in comparison.interval.coverage
        ),
        left_out=None if comparison.abstention is None else _left_out(comparison.abstention),
    )


def reads(one: Difference) -> str:
    """A difference in words: what other patients, and what models fitted anew, leave of it."""
    if one.high is not None and one.high < 0:
        return "better" if one.corrected_high < 0 else "better, but not surely so with models fitted anew"
    if one.low is not None and one.low > 0:
        return "worse" if one.corrected_low > 0 else "worse, but not surely so with models fitted anew"
    return "cannot be told from it"


def useful(points: Sequence[DecisionPoint], chosen: str) -> str:
    """At which thresholds the predictions do better than following up everybody, or nobody."""
    above = [
        chosen in one.candidates and one.candidates[chosen].value > max(one.everyone.value, 0.0) + CLEAR
        for one in points
    ]
    thresholds = [f"{100 * one.threshold:.0f} %" for one in points]
    if not any(above):
        return "At no threshold did the predictions do better than following up everybody, or nobody."
    runs: list[list[str]] = []
    for place, is_above in enumerate(above):
        if is_above and place and above[place - 1]:
            runs[-1].append(thresholds[place])
        elif is_above:
            runs.append([thresholds[place]])
    said = listed([one[0] if len(one) == 1 else f"{one[0]} to {one[-1]}" for one in runs])
    return f"At thresholds of {said} the predictions did better than following up everybody, or nobody."


def _beside(label: str, one: Difference) -> Beside:
    return Beside(
        label=label,
        value=number(one.value, 3),
        drawn=_ends(one.low, one.high, 3),
        corrected=_ends(one.corrected_low, one.corrected_high, 3),
        words=reads(one),
    )


def _decision(comparison: Comparison) -> Decision:
    chosen = comparison.chosen
    shown = [chosen] if chosen == "severity" or "severity" not in comparison.candidates else [chosen, "severity"]
    curves = [
        [(one.threshold, one.candidates[name].value) for one in comparison.decision if name in one.candidates]
        for name in shown
    ]
    everyone = [(one.threshold, one.everyone.value) for one in comparison.decision]
    return Decision(
        sentence=useful(comparison.decision, chosen),
        drawn=charts.curves([*curves, everyone]),
        labels=(*(comparison.candidates[name].label for name in shown), "Everybody"),
        rows=tuple(
            DecisionRow(
                f"{100 * one.threshold:.0f} %",
                _of_100(one.candidates.get(chosen)),
                _of_100(one.candidates.get("severity")),
                _of_100(one.everyone),
            )
            for one in comparison.decision
        ),
    )


def _interval(comparison: Comparison) -> str:
    one = comparison.interval
    if one is None:
        return ""
    new = "new patients" if one.group == "patient" else f"patients of new {one.group}s"
    if one.half_width is None:
        return (
            f"{one.groups} {one.group}s are too few for an interval that holds {100 * one.level:.0f} % of {new}; the "
            f"range of the instrument stands in for it."
        )
    return (
        f"The prediction −/+ {number(one.half_width, 1)} points is to hold the end score of {100 * one.level:.0f} % of "
        f"{new}. How often it did, in patients whom it had not met:"
    )


def _whom(predictor: Predictor, one: Coverage) -> str:
    if one.by == "everyone":
        return "Everyone"
    if one.by.startswith("left-out "):
        return f"At a {one.by.removeprefix('left-out ')} that was left out"
    known = predictor.codebook.factors.get(one.by)
    return f"{one.by if known is None else known.label}: {one.label}"


def _share(one: Coverage) -> str:
    text = f"{100 * one.share:.0f} %"
    return text if one.low is None or one.high is None else f"{text} ({100 * one.low:.0f} to {100 * one.high:.0f})"


def _left_out(found: Abstention) -> LeftOut:
    if not found.abstained:
        sentence = (
            f"By the rules of the study fewer than {SMALLEST_CELL} of {found.patients:,} patients get no prediction."
        )
    else:
        share = "" if found.share is None else f" ({100 * found.share:.0f} %)"
        sentence = (
            f"By the rules of the study about {found.abstained:,} of {found.patients:,} patients{share} get none."
        )
    return LeftOut(
        sentence,
        tuple((REASONS.get(code, code), f"about {count:,}") for code, count in found.reasons.items() if count),
        tuple(
            (
                sentence_case(WORDS[name][0]),
                _figure(one, WORDS[name][1]),
                _figure(found.left_out.get(name), WORDS[name][1]),
            )
            for name, one in found.predicted.items()
        )
        if found.abstained
        else (),
    )


def _figure(one: Figure | None, digits: int) -> str:
    return "too few to tell" if one is None else f"{number(one.value, digits)} ({_ends(one.low, one.high, digits)})"


def _of_100(one: Figure | None) -> str:
    if one is None:
        return "-"
    low, high = (None if end is None else 100 * end for end in (one.low, one.high))
    return f"{number(100 * one.value, 1)} ({_ends(low, high, 1)})"


def _ends(low: float | None, high: float | None, digits: int) -> str:
    return "no interval" if low is None or high is None else f"{number(low, digits)} to {number(high, digits)}"

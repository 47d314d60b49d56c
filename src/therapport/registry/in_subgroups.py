"""The check in subgroups: the measure must hold in each, as far as there are patients to tell."""

from collections.abc import Mapping
from typing import Protocol

from therapport.models import Kind
from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure
from therapport.predictor.gate import HIGHER_IS_BETTER
from therapport.registry.check import Check
from therapport.registry.measure import WORDS, in_words, known, measure_of

Subgroups = Mapping[str, Mapping[str, Figure]]
"""'factor: level' -> figures in its patients."""


class ByLevel(Protocol):
    """Out-of-fold figures of the chosen candidate, in everyone and in each subgroup, computed alike."""

    @property
    def everyone(self) -> Mapping[str, Figure]:
        """In everyone."""

    @property
    def by_name(self) -> Subgroups:
        """In each subgroup."""


def of_evidence(comparison: object) -> ByLevel | None:
    """The figures by subgroup of a comparison; None where it has none, as evidence of earlier versions."""
    found: ByLevel | None = getattr(comparison, "subgroups", None)
    return found


def check(challenger: Predictor, kind: Kind, everyone: Mapping[str, Figure], subgroups: Subgroups) -> Check:
    """Failed where the measure falls short of everyone's by more than the tolerance, and chance does not explain it."""
    name, measure = f"subgroups ({WORDS[kind]})", measure_of(challenger, kind)
    tolerance, whole = challenger.evidence.gate.subgroup_tolerance, known(everyone, measure)
    found = {level: known(figures, measure) for level, figures in subgroups.items()}
    own = {level: figure for level, figure in found.items() if figure is not None}
    if whole is None or not own:
        return Check(name, "not assessed", "no subgroup has enough patients", required=False)
    sign = 1 if measure in HIGHER_IS_BETTER else -1
    worst = min(own, key=lambda level: sign * own[level].value)
    text = f"worst in {worst}: {measure} {in_words(own[worst])} beside {whole.value:.3f}; {len(own)} subgroups"
    least = sign * whole.value - tolerance
    if all(sign * figure.value >= least for figure in own.values()):
        return Check(name, "passed", text)
    if any(_best(figure, sign) < least for figure in own.values()):
        return Check(name, "failed", f"{text}; at most {tolerance:g} worse was asked")
    return Check(name, "not assessed", f"{text}: too few patients to tell", required=False)


def _best(figure: Figure, sign: int) -> float:
    """The better end of the interval, counted upwards; without an interval everything is possible."""
    end = figure.high if sign > 0 else figure.low
    return float("inf") if end is None else sign * end

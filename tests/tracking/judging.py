"""Predictors with other rules and figures, and what the gate says of them."""

from dataclasses import replace

from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure
from therapport.predictor.gate import GateTable
from therapport.registry import checks
from therapport.registry.against_champion import Beside
from therapport.registry.check import Check


def by_name(found: tuple[Check, ...]) -> dict[str, Check]:
    return {check.name: check for check in found}


def judged(challenger: Predictor, champion: Predictor | None = None, beside: Beside | None = None) -> dict[str, str]:
    return {name: check.standing for name, check in by_name(checks.judge(challenger, champion, beside=beside)).items()}


def with_rules(predictor: Predictor, **rules: object) -> Predictor:
    return replace(predictor, evidence=predictor.evidence.model_copy(update={"gate": GateTable.model_validate(rules)}))


def with_figure(predictor: Predictor, metric: str, figure: Figure) -> Predictor:
    """The response's chosen candidate with another figure."""
    first, *others = predictor.evidence.comparisons
    result = first.candidates[first.chosen]
    changed = result.model_copy(update={"metrics": {**result.metrics, metric: figure}})
    comparison = first.model_copy(update={"candidates": {**first.candidates, first.chosen: changed}})
    evidence = predictor.evidence.model_copy(update={"comparisons": (comparison, *others)})
    return replace(predictor, evidence=evidence)

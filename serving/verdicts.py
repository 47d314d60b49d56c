"""Why a candidate was taken: kept in English with the model, and made anew in other languages."""

from therapport import language
from therapport.language import ENGLISH, N_
from therapport.language import gettext as _
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison

CANDIDATES = (
    N_("Prevalence"),
    N_("Severity alone"),
    N_("Severity and landmark score"),
    N_("Elastic net"),
    N_("Mixed model"),
    N_("Random forest"),
    N_("Boosted trees"),
)
"""Labels of candidates that pages show; they come with the model."""


def verdict(predictor: Predictor, comparison: Comparison) -> str:
    """The sentence that is kept with the model; in another language one that is made of the same evidence."""
    if language.code() == ENGLISH:
        return comparison.verdict
    outcome = predictor.outcome if comparison.kind == "binary" else None
    what = _("the end score") if outcome is None else outcome.label
    return f"{_chosen(comparison, what)}{_besides(comparison)}"


def _chosen(comparison: Comparison, what: str) -> str:
    if comparison.chosen == "prevalence":
        return _(
            "For predicting {what}, nothing beats the prevalence: no candidate does better than the same answer for "
            "everyone.",
            what=what,
        )
    if comparison.chosen == "severity":
        return _(
            "For predicting {what}, nothing beats severity alone: the other factors add nothing that can be told from "
            "chance.",
            what=what,
        )
    label = _label(comparison, comparison.chosen)
    if len(comparison.candidates) - len(comparison.only_compared) == 1:
        return _("For predicting {what}, the study offers {label} alone to be kept.", what=what, label=label)
    if comparison.chosen == comparison.best:
        return _(
            "For predicting {what}, {label} did best, and no simpler candidate came close enough to be preferred.",
            what=what, label=label,
        )  # fmt: skip
    return _(
        "For predicting {what}, {best} had the lowest error, but {label}, which is simpler, cannot be told from it and "
        "is preferred.",
        what=what, best=_label(comparison, comparison.best), label=label,
    )  # fmt: skip


def _besides(comparison: Comparison) -> str:
    """A baseline that was only compared with, and that the chosen candidate is not shown to beat."""
    beside = comparison.beside.get(comparison.chosen, {})
    ends = {name: beside[name].high for name in comparison.only_compared if name in beside}
    unbeaten = [name for name, high in ends.items() if high is None or high >= 0]
    if not unbeaten or comparison.chosen == "prevalence":
        return ""
    label = _label(comparison, unbeaten[0])
    return " " + _("It is not shown to do better than {label}, which the study does not offer to be kept.", label=label)


def _label(comparison: Comparison, name: str) -> str:
    return _(comparison.candidates[name].label).lower()

"""Sentences for what a prediction lacks: why there is none, which factors are missing, which are unusual."""

from collections.abc import Sequence

from serving.text import listed
from therapport.language import N_, ngettext
from therapport.language import gettext as _

FAILED = N_("No prediction: the answer did not pass its own check (its parts did not add up), so it is withheld.")
COMPLETE = N_("Everything that this model can use is filled in.")
TOO_UNSURE = N_(
    "No prediction: fitted anew to patients of the same kind, the model gives answers that lie further apart than the "
    "study allows."
)


def abstained(labels: Sequence[str]) -> str:
    """Why there is no prediction: what is missing, by label."""
    return ngettext(
        "No prediction: {labels} is not known, and without it this model does not answer.",
        "No prediction: {labels} are not known, and without them this model does not answer.",
        len(labels),
        labels=listed(labels),
    )


def too_much_missing(most: float) -> str:
    """Why there is no prediction where too many factors are not known."""
    return _(
        "No prediction: more than {share} % of the factors are not known, and then this model does not answer.",
        share=f"{100 * most:.0f}",
    )


def too_far(labels: Sequence[str], most: int) -> str:
    """Why there is no prediction for somebody unlike the training cohort: which factors lie outside it, by label."""
    said = ngettext(
        "No prediction: {labels} lies outside what the training cohort covers.",
        "No prediction: {labels} lie outside what the training cohort covers.",
        len(labels),
        labels=listed(labels),
    )
    if most == 0:
        return " ".join([said, _("This model answers where no factor does.")])
    allowed = ngettext(
        "This model answers where at most {most} factor does.",
        "This model answers where at most {most} factors do.",
        most,
        most=most,
    )
    return f"{said} {allowed}"


def missing(unknown: int, factors: int) -> str:
    """How many factors are not known, and what that means for the prediction."""
    if not unknown:
        return _(COMPLETE)
    return ngettext(
        "{unknown} of {factors} factors is not known. The prediction rests on the others, and can shift once it is "
        "filled in.",
        "{unknown} of {factors} factors are not known. The prediction rests on the others, and can shift once they are "
        "filled in.",
        unknown,
        unknown=unknown,
        factors=factors,
    )


def unusual(factors: int) -> str:
    """What it means that so many factors are unusual in the training cohort; empty if none is."""
    if not factors:
        return ""
    return ngettext(
        "One value is unusual in the training cohort. The model has seen few like that, so take more care.",
        "{factors} values are unusual in the training cohort. The model has seen few like that, so take more care.",
        factors,
        factors=factors,
    )

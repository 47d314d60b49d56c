"""What is said of a caseload: where people stand and what speaks against a good end, held against the numbers."""

from serving import sentences
from serving.caseload.standing import Standing
from serving.text import count, listed, number
from therapport.instruments import Instrument
from therapport.language import N_, clause, ngettext
from therapport.language import gettext as _
from therapport.outcome import AnyOutcome

LABELS: dict[Standing, str] = {
    "not": N_("not on track"),
    "unsure": N_("cannot be told"),
    "on": N_("on track"),
    "none": N_("no prediction"),
}
SORTS = {
    "worst": N_("poorest first"),
    "best": N_("best first"),
    "widest": N_("least sure first"),
    "missing": N_("most missing first"),
    "id": N_("by number"),
}
NOTHING_AGAINST = N_("No family clearly speaks against a good end.")
NOBODY = N_("Nobody is in this list.")
LIMIT = N_(
    "The list is a help to decide whom to look at first. It is no verdict on anyone, and never a reason to deny care."
)
SCORED = N_("This page rests on a scored cohort: it shows what was answered then, and no values of the person.")
NO_FAMILIES = N_("What the prediction rests on: the cohort was scored without families.")
NO_INTERVAL = N_("How sure the model is of the chance: the cohort was scored without intervals.")
NO_FAMILY_INTERVALS = N_("How sure the figures of families are: the cohort was scored without their intervals.")
NO_VALUES = N_(
    "Single factors within a family, what families do together, the prediction with another value, and what a missing "
    "value would change: a scored cohort holds no values."
)
NO_COURSE = N_("The course so far, and the expected band: they need the scores of sessions.")


def line_of_chance(outcome: AnyOutcome, base_rate: float) -> str:
    """Where the line lies, for a chance."""
    reached = sentences.people(base_rate)
    they = _("{count} of 100 people", count=reached)
    known = _(
        "In the training cohort {they_do} ({rule}).",
        they_do=clause(they, sentences.do(outcome.phrase, reached)),
        rule=sentences.definition(outcome),
    )
    if outcome.response.favourable:
        means = _("Not on track means: the model expects fewer than that, with its whole range.")
    else:
        means = _("Not on track means: the model expects more than that, with its whole range.")
    return " ".join([known, means, _("Where the range holds that figure, it cannot be told.")])


def line_of_score(instrument: Instrument, mean: float) -> str:
    """Where the line lies, for a score."""
    known = _(
        "In the training cohort the mean {name} at the end was {mean}.", name=instrument.label, mean=number(mean, 1)
    )
    if instrument.better == "lower":
        means = _("Not on track means: the model expects a higher score than that.")
    else:
        means = _("Not on track means: the model expects a lower score than that.")
    return " ".join([known, means, _("The range of a person’s score is wide, so look at it too.")])


def summary(counts: dict[Standing, int]) -> str:
    """How many stand where."""
    everyone = sum(counts.values())
    off, on, unsure, none = (counts[one] for one in ("not", "on", "unsure", "none"))
    parts = [
        ngettext("{count} is not on track", "{count} are not on track", off, count=count(off)),
        ngettext("{count} is on track", "{count} are on track", on, count=count(on)),
    ]
    if unsure:
        parts.insert(1, _("of {count} it cannot be told", count=count(unsure)))
    if none:
        parts.append(ngettext("{count} has no prediction", "{count} have no prediction", none, count=count(none)))
    return ngettext(
        "Of {count} patient {parts}.",
        "Of {count} patients {parts}.",
        everyone,
        count=count(everyone),
        parts=listed(parts),
    )


def against(labels: list[str], outcome: AnyOutcome | None) -> str:
    """Which families clearly speak against a good end, the largest first; an outcome is what the model predicts."""
    if not labels:
        return _(NOTHING_AGAINST)
    families, several = listed(labels), len(labels)
    what = _("a better score") if outcome is None else outcome.phrase.noun
    if outcome is None or outcome.response.favourable:
        return ngettext(
            "{families} speaks against {what}.", "{families} speak against {what}.", several,
            families=families, what=what,
        )  # fmt: skip
    return ngettext(
        "{families} speaks for {what}.", "{families} speak for {what}.", several, families=families, what=what
    )


def cautions(missing: int, factors: int, unusual: int, *, wide: bool) -> str:
    """What to be careful about in one answer; empty if nothing is."""
    parts = []
    if missing:
        parts.append(
            ngettext(
                "{missing} of {factors} factors is not known",
                "{missing} of {factors} factors are not known",
                missing,
                missing=missing,
                factors=factors,
            )
        )
    if unusual:
        parts.append(
            ngettext(
                "{unusual} value is unusual in the training cohort",
                "{unusual} values are unusual in the training cohort",
                unusual,
                unusual=unusual,
            )
        )
    if wide:
        parts.append(_("the range is wide"))
    return _("Take care: {parts}.", parts=listed(parts)) if parts else ""


def of_another_version(scored: str, now: str) -> str:
    """Said where answers of another version are shown."""
    return _("These answers are of version {scored} of the model; version {now} answers now.", scored=scored, now=now)

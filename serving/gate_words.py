"""What the gate said, as a reader of the model's page finds it: named in words, in the order of importance."""

from collections.abc import Mapping
from dataclasses import dataclass

from therapport.language import N_
from therapport.language import gettext as _

VERDICT, DAY = "gate", "gate_judged_at"
CHECKS = {
    "gate_reason": N_("Let in although checks say no; the reason"),
    "gate_champion": N_("Better than the model before it"),
    "gate_baseline": N_("Better than the simple baselines"),
    "gate_calibration_in_the_large": N_("Neither too high nor too low on average"),
    "gate_calibration_slope": N_("Neither too bold nor too timid"),
    "gate_subgroups": N_("Holds in subgroups"),
    "gate_adds_up": N_("The parts add up to the prediction"),
    "gate_golden_rows": N_("Answers as when it was made"),
    "gate_answers_fast": N_("Answers fast enough"),
}
"""Tags of the registry, without the outcome that ends some of them, in the order of the page."""
OUTCOMES = {"_response": N_("the outcome"), "_end_score": N_("the end score")}
STANDINGS = {
    "passed": N_("passed"),
    "failed": N_("not passed"),
    "not assessed": N_("not assessed"),
    "forced": N_("let in by force"),
}


@dataclass(frozen=True)
class Said:
    """One check."""

    label: str
    standing: str
    """In a word; empty where the registry has other words."""
    figure: str
    """What it rests on, in the registry's English."""


def told(tags: Mapping[str, str]) -> tuple[Said, ...]:
    """All that the registry's tags say of the gate; tags that are not known here stand as they are, at the end."""
    places = {key: place for place, key in enumerate(CHECKS)}
    found: list[tuple[int, str, Said]] = []
    for key, text in tags.items():
        if key == VERDICT:
            day = tags.get(DAY, "")[:10]
            found.append((-1, key, Said(_("Verdict"), _standing(text) or text, day)))
        elif key.startswith(VERDICT) and key != DAY:
            check, outcome = _parted(key)
            known = CHECKS.get(check)
            label = key if known is None else _(known)
            standing, colon, figure = text.partition(": ")
            word = _standing(standing) if colon else ""
            found.append(
                (
                    places.get(check, len(places)),
                    key,
                    Said(f"{label}: {_(outcome)}" if outcome else label, word, figure if word else text),
                )
            )
    return tuple(said for _place, _key, said in sorted(found, key=lambda one: one[:2]))


def _parted(key: str) -> tuple[str, str]:
    """The check and the outcome that it is about, if it is about one."""
    for ending, outcome in OUTCOMES.items():
        if key.endswith(ending) and key.removesuffix(ending) in CHECKS:
            return key.removesuffix(ending), outcome
    return key, ""


def _standing(word: str) -> str:
    known = STANDINGS.get(word)
    return "" if known is None else _(known)

"""The cards: one sentence, what it rests on in Markdown, where to see more. Never critical: no model may say so."""

import uuid
from typing import Any

from serving import family_words, sentences, shortfalls
from serving.fhir.assessment import SAFETY
from serving.fhir.mapping import Mapped
from serving.fhir.told import WHY
from therapport.predictor import AnswerRow, Predictor

Card = dict[str, Any]
LONGEST = 139
"""Characters of a summary: fewer than 140."""
REASONS = "urn:therapport:override-reason"
OVERRIDE = {
    "clinical-picture": "Does not fit the clinical picture",
    "outdated-input": "Rests on values that are out of date or wrong",
    "not-relevant": "Not relevant to this patient",
}


def cards(predictor: Predictor, mapped: Mapped, answer: AnswerRow, base: str) -> list[Card]:
    """What to show; `base` is the address of this model's pages."""
    made = [_card(predictor, base, *_said(predictor, mapped, answer))]
    if mapped.safety:
        text = SAFETY.format(instruments=", ".join(mapped.safety))
        summary = _short(f"{', '.join(mapped.safety)}: the item about thoughts of death or self-harm is above 0.")
        made.insert(0, _card(predictor, base, summary, "warning", text))
    return made


def _said(predictor: Predictor, mapped: Mapped, answer: AnswerRow) -> tuple[str, str, str]:
    if answer["status"] != "scored":
        missing = _labels(predictor, answer)
        text = [
            f"The model abstains: {answer['status'].partition(': ')[2]}." if isinstance(answer["status"], str) else ""
        ]
        text += [f"Missing: {missing}."] if missing else []
        return "No prediction for this patient.", "info", _markdown([*text, *_not_used(mapped), *sentences.LIMITS])
    lines = []
    probability, low, high = (_known(answer, f"response_probability{end}") for end in ("", "_low", "_high"))
    score, score_low, score_high = (_known(answer, f"end_score{end}") for end in ("", "_low", "_high"))
    summary, indicator = "", "info"
    if predictor.outcome is not None and probability is not None:
        lines += [sentences.chances(predictor.outcome, probability, low, high)]
        base_rate = predictor.evidence.cohort.base_rate
        if base_rate is not None:
            lines += [sentences.base_rate(base_rate)]
            indicator = "warning" if _is_behind(predictor, low, high, base_rate) else "info"
        reached = sentences.people(probability)
        span = "" if low is None or high is None else f" ({sentences.between(low, high)})"
        does = sentences.do(predictor.outcome.phrase, reached)
        about = f"about {reached}" if reached.isdigit() else reached
        summary = f"Of 100 people like this, {about}{span} {does}."
        lines += ["**What the prediction rests on**", _families(predictor, answer)]
    if predictor.end_score_instrument is not None and score is not None:
        level = 0.8 if predictor.end_score is None else predictor.end_score.level
        sentence = sentences.end_score(predictor.end_score_instrument, score, score_low, score_high, level=level)
        lines += [sentence]
        summary = summary or sentence
    missing = _labels(predictor, answer)
    lines += [f"Missing: {missing}."] if missing else [shortfalls.COMPLETE]
    lines += [f"Note: {answer['noticed']}."] if answer["noticed"] else []
    lines += [*_not_used(mapped), *sentences.LIMITS]
    lines += [f"{sentences.SIMULATED}."] if predictor.codebook.simulated else []
    return _short(summary), indicator, _markdown(lines)


def _is_behind(predictor: Predictor, low: float | None, high: float | None, base_rate: float) -> bool:
    """Whether the whole interval lies on the poor side of the training cohort; without an interval nobody is behind."""
    if low is None or high is None or predictor.outcome is None:
        return False
    return high < base_rate if predictor.outcome.response.favourable else low > base_rate


def _families(predictor: Predictor, answer: AnswerRow) -> str:
    rows = ["| family | people of 100 |", "|---|---|"]
    ordered = sorted(predictor.families, key=lambda family: -abs(_known(answer, f"contribution_{family}") or 0.0))
    for family in ordered:
        moved = _known(answer, f"contribution_{family}") or 0.0
        low, high = (_known(answer, f"contribution_{family}_{end}") for end in ("low", "high"))
        unclear = f" ({family_words.WORDS['unclear']})" if family_words.holds_zero(low, high) else ""
        rows.append(f"| {predictor.codebook.families[family].label} | {family_words.people_moved(moved)}{unclear} |")
    return "\n".join(rows)


def _card(predictor: Predictor, base: str, summary: str, indicator: str, detail: str) -> Card:
    return {
        "uuid": str(uuid.uuid4()),
        "summary": summary,
        "indicator": indicator,
        "detail": detail,
        "source": {"label": f"{predictor.name} {predictor.version} (research use)", "url": f"{base}/v1/models/current"},
        "overrideReasons": [{"code": code, "system": REASONS, "display": said} for code, said in OVERRIDE.items()],
        "links": [{"label": "The patient page", "url": f"{base}/patient", "type": "absolute"}],
    }


def _not_used(mapped: Mapped) -> list[str]:
    reasons = dict.fromkeys(one.reason for one in mapped.not_used)
    return [f"Not used, because {WHY[reason]}: {_count(mapped, reason)}." for reason in reasons]


def _count(mapped: Mapped, reason: str) -> str:
    several = [one for one in mapped.not_used if one.reason == reason]
    named = list(dict.fromkeys(one.code for one in several if one.code is not None))
    return f"{len(several)} in the record" + (f" ({', '.join(named)})" if named else "")


def _labels(predictor: Predictor, answer: AnswerRow) -> str:
    names = [name for name in str(answer["missing"]).split(", ") if name]
    return "; ".join(predictor.codebook.factors[name].label for name in names)


def _known(answer: AnswerRow, column: str) -> float | None:
    value = answer.get(column)
    return value if isinstance(value, float) else None


def _short(text: str) -> str:
    """At most so long as a summary may be, cut at a word."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rpartition(' ')[0]}…"


def _markdown(lines: list[str]) -> str:
    return "\n\n".join(lines)

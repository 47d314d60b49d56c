"""What the page of one patient shows, gathered once: sentences, charts and facts, ready for any template."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from serving import breakdown, charts, family_words, sentences, shortfalls
from serving.breakdown import Breakdown
from serving.language import label
from serving.text import count, plain
from therapport import instruments
from therapport.codebook import Factor, Landmark
from therapport.cohort import Cohort
from therapport.instruments import Instrument
from therapport.language import gettext as _
from therapport.outcome import Outcome, Phrase
from therapport.predictor import Predictor

Row = Any
"""One row of a table: values of several types."""


@dataclass(frozen=True)
class Chances:
    """The binary outcome of this patient."""

    sentence: str
    uncertainty: str
    comparison: str
    keys: tuple[str, str]
    """What the filled and the outlined people of the icon array do."""
    phrase: Phrase
    icons: charts.IconArray
    rests_on: Breakdown


@dataclass(frozen=True)
class EndScore:
    """The score at the end."""

    sentence: str
    comparison: str
    label: str
    """Of the instrument."""
    held: str
    """How many people the interval holds, such as 8 of 10."""
    clinical_range: str
    """Empty where no cut-off is known."""
    predicted: str
    start: str
    """The score before treatment, in words; empty where it is not known."""
    scale: charts.ScoreScale
    rests_on: Breakdown


@dataclass(frozen=True)
class PatientView:
    """Everything that the page of one patient shows."""

    problem: str
    """Why there is no prediction; empty if there is one."""
    chances: Chances | None
    end_score: EndScore | None
    two_questions: str
    """Said where a family speaks for one outcome and against the other."""
    missing: str
    missing_factors: tuple[str, ...]
    """By label."""
    unusual: str
    unusual_factors: tuple[str, ...]
    entries: dict[str, str]
    """Factor -> its value as it would be typed into the form; unknown ones are left out."""
    facts: tuple[tuple[str, str], ...]
    simulated: bool

    @property
    def sentence(self) -> str:
        """The one sentence to read if there is time for one."""
        if self.chances is not None:
            return self.chances.sentence
        return self.end_score.sentence if self.end_score is not None else self.problem


def patient_view(predictor: Predictor, cohort: Cohort) -> PatientView:
    """The view of the only patient of a validated cohort; an answer that was not scored brings no number into it."""
    row = cohort.table.iloc[0]
    entries = {
        name: _typed(predictor.codebook.factors[name], row[name])
        for name in predictor.factors
        if not pd.isna(row[name])
    }
    return _view(predictor, cohort, predictor.answer(cohort).iloc[0], entries)


def of_answer(predictor: Predictor, answer: Row) -> PatientView:
    """The same from an answer alone: without factors within families, and without entries of a form."""
    return _view(predictor, None, answer, {})


def _view(predictor: Predictor, cohort: Cohort | None, answer: Row, entries: dict[str, str]) -> PatientView:
    problem = why_none(predictor, answer)
    missing = () if problem else _labels(predictor, answer["missing"])
    unusual = () if problem else _labels(predictor, answer["noticed"].partition(": ")[2])
    favourable = predictor.outcome is None or predictor.outcome.response.favourable
    chances = None if problem else _chances(predictor, cohort, answer)
    end_score = None if problem else _end_score(predictor, cohort, answer)
    return PatientView(
        problem=problem,
        chances=chances,
        end_score=end_score,
        two_questions=two_questions(chances, end_score, favourable=favourable),
        missing="" if problem else shortfalls.missing(len(missing), len(predictor.factors)),
        missing_factors=missing,
        unusual=shortfalls.unusual(len(unusual)),
        unusual_factors=unusual,
        entries=entries,
        facts=facts(predictor),
        simulated=predictor.codebook.simulated,
    )


def facts(predictor: Predictor) -> tuple[tuple[str, str], ...]:
    """What one should know of the model beside every answer."""
    evidence = predictor.evidence
    return (
        (_("Study"), evidence.title),
        (_("Learned from"), learned_from(predictor)),
        (_("Predicts"), sentences.at(predictor.landmark)),
        (_("Model"), _("{name}, version {version}", name=predictor.name, version=predictor.version)),
        (_("Codebook"), predictor.codebook.digest()),
    )


def learned_from(predictor: Predictor) -> str:
    """How many people, and which."""
    patients = count(predictor.evidence.cohort.patients)
    return _("{patients} people: {cohort}", patients=patients, cohort=predictor.codebook.title)


def two_questions(chances: Chances | None, end_score: EndScore | None, *, favourable: bool) -> str:
    """Which families speak for one outcome and against the other; `favourable` if the binary one is good news."""
    if chances is None or end_score is None or not (chances.rests_on.families and end_score.rests_on.families):
        return ""
    pairs = zip(chances.rests_on.families, end_score.rests_on.families, strict=True)
    opposite = {("for", "against"), ("against", "for")} if favourable else {("for", "for"), ("against", "against")}
    labels = [one.label for one, other in pairs if (one.direction, other.direction) in opposite]
    return family_words.two_questions(labels, chances.phrase)


def why_none(predictor: Predictor, answer: Row) -> str:
    """Why an answer holds no prediction, in a sentence; empty if it holds one."""
    status, limits = str(answer["status"]), predictor.limits
    if status == "scored":
        return ""
    if not status.startswith("abstained"):
        return _(shortfalls.FAILED)
    # The first code is the one that the status tells.
    code = str(answer["reason"]).split(", ")[0]
    if code == "beyond-cohort" and limits.beyond is not None:
        return shortfalls.too_far(_labels(predictor, answer["noticed"].partition(": ")[2]), limits.beyond)
    if code == "much-missing" and limits.missing is not None:
        return shortfalls.too_much_missing(limits.missing)
    if code == "wide":
        return _(shortfalls.TOO_UNSURE)
    missing = str(answer["missing"]).split(", ")
    lacking = [name for name in predictor.required if name in missing]
    return shortfalls.abstained([label(predictor.codebook.factors[name]) for name in lacking])


def _chances(predictor: Predictor, cohort: Cohort | None, answer: Row) -> Chances | None:
    outcome, base_rate = predictor.outcome, predictor.evidence.cohort.base_rate
    if predictor.response is None or outcome is None:
        return None
    probability = float(answer["response_probability"])
    low, high = (_optional(answer.get(f"response_probability_{end}")) for end in ("low", "high"))
    return Chances(
        sentence=sentences.chances(outcome, probability, low, high),
        uncertainty=sentences.uncertainty(low, high),
        comparison="" if base_rate is None else sentences.base_rate(base_rate),
        keys=_keys(outcome.phrase, probability),
        phrase=outcome.phrase,
        icons=charts.icon_array(sentences.whole(probability)),
        rests_on=breakdown.of_response(predictor, cohort, answer),
    )


def _keys(phrase: Phrase, probability: float) -> tuple[str, str]:
    reached, others = sentences.people(probability), sentences.others(probability)
    return f"{reached} {sentences.do(phrase, reached)}", f"{others} {sentences.do_not(others)}"


def _end_score(predictor: Predictor, cohort: Cohort | None, answer: Row) -> EndScore | None:
    instrument, mean = predictor.end_score_instrument, predictor.evidence.cohort.mean_end_score
    if predictor.end_score is None or instrument is None:
        return None
    value = float(answer["end_score"])
    low, high = (_optional(answer.get(f"end_score_{end}")) for end in ("low", "high"))
    cutoff = _cutoff(predictor, instrument)
    start = _start(predictor, instrument)
    before = None if start is None or cohort is None else _optional(cohort.table.iloc[0][start])
    return EndScore(
        sentence=sentences.end_score(instrument, value, low, high, level=predictor.end_score.level),
        comparison="" if mean is None else sentences.mean_end_score(mean),
        label=instrument.label,
        held=sentences.held(predictor.end_score.level),
        clinical_range="" if cutoff is None else sentences.clinical_range(instrument, cutoff),
        predicted=sentences.score(value, instrument),
        start="" if start is None or before is None else f"{label(predictor.codebook.factors[start])}: {plain(before)}",
        scale=charts.score_scale(
            ends=instrument.range,
            value=value,
            interval=None if low is None or high is None else (low, high),
            cutoff=cutoff,
            lower_is_better=instrument.better == "lower",
            start=before,
        ),
        rests_on=breakdown.of_end_score(predictor, cohort, answer),
    )


def _cutoff(predictor: Predictor, instrument: Instrument) -> float | None:
    """The study's cut-off for this instrument, else its own, if anyone states one."""
    outcome = predictor.outcome
    if isinstance(outcome, Outcome) and outcome.instrument.label == instrument.label:
        return outcome.known_cutoff
    return instrument.stated_cutoff


def _start(predictor: Predictor, instrument: Instrument) -> str | None:
    """The earliest factor that is a score of the same instrument."""
    moments = list(Landmark)
    known, shipped = predictor.codebook.factors, instruments.all_instruments()
    codes = {code for code, one in shipped.items() if one.label == instrument.label}
    same = [name for name in predictor.factors if known[name].instrument in codes]
    return min(same, key=lambda name: moments.index(known[name].known_at), default=None)


def _typed(factor: Factor, value: Row) -> str:
    if factor.kind == "boolean":
        return "true" if value else "false"
    return str(value) if factor.kind == "category" else f"{value:g}"


def _labels(predictor: Predictor, names: str) -> tuple[str, ...]:
    return tuple(label(predictor.codebook.factors[name]) for name in names.split(", ") if name)


def _optional(value: Row) -> float | None:
    return None if pd.isna(value) else float(value)

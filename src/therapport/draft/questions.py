"""The outcomes that the columns of a file allow, each as the [outcome] of a study."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from therapport import instruments
from therapport.codebook import Landmark
from therapport.draft import toml
from therapport.draft.guess import Guess, Pair


class Question(NamedTuple):
    """One [outcome], and the factor that `severity alone` uses beside it."""

    about: str
    severity: str
    lines: tuple[str, ...]
    """Below [outcome]."""


def questions(guesses: Sequence[Guess], pairs: Sequence[Pair]) -> tuple[Question, ...]:
    """Every question that can be asked, the one that is likeliest meant first."""
    scores = [_on_one_measure(pair) for pair in pairs]
    finished = _finished(guesses)
    nhs = list(_on_two_measures(pairs, finished))
    # Only a file of NHS Talking Therapies says who finished a course of treatment by two columns.
    ordered = [*nhs, *scores] if finished else [*scores[:1], *nhs, *scores[1:]]
    return (*ordered, *_dropout(guesses, pairs))


def _on_one_measure(pair: Pair) -> Question:
    shipped = instruments.all_instruments().get(pair.instrument)
    label = shipped.label if shipped is not None else pair.instrument.removeprefix("own_").replace("_", " ")
    if shipped is not None and shipped.stated_reliable_change is not None:
        response = f'response = "reliable_improvement"  # REVIEW: {label}: {shipped.stated_reliable_change:g} points'
    elif shipped is not None and shipped.stated_cutoff is not None:
        response = f'response = "below_cutoff"  # REVIEW: the cut-off of {label} is {shipped.stated_cutoff:g}'
    else:
        response = "# REVIEW: no threshold is known; with a cutoff or a reliable_change you can ask for a response too."
    lines = (
        "# REVIEW: the first score and the one at the end of treatment; are these the right two?",
        f"before = {toml.text(pair.before)}",
        f"after = {toml.text(pair.after)}",
        response,
        "end_score = true",
    )
    return Question(f"what follows from {pair.before} and {pair.after}", pair.before, lines)


def _on_two_measures(pairs: Sequence[Pair], finished: tuple[str, str] | None) -> Iterator[Question]:
    """NHS Talking Therapies: PHQ-9 with GAD-7, and measures of single disorders that have both thresholds."""
    first = {pair.instrument: pair for pair in reversed(pairs)}
    if not {"phq9", "gad7"} <= first.keys():
        return
    depression, anxiety = first["phq9"], first["gad7"]
    known = instruments.symptoms()
    specific = [
        pair
        for name, pair in first.items()
        if name in known
        and known[name].about in ANXIETY_DISORDERS
        and known[name].stated_cutoff is not None
        and known[name].stated_reliable_change is not None
    ]
    lines = [
        "# REVIEW: or nhs_reliable_improvement, nhs_reliable_recovery, nhs_reliable_deterioration",
        'response = "nhs_recovery"',
        f"before = {toml.text(depression.before)}",
        f"after = {toml.text(depression.after)}",
        f"anxiety = {_scores(anxiety)}",
    ]
    if specific:
        lines.append(f"specific = [{', '.join(map(_scores, specific))}]  # REVIEW: preferred to the anxiety measure")
    if finished is None:
        lines.append("# REVIEW: with ended and contacts (columns of [measures]) only finished courses count.")
    else:
        lines += [f"ended = {toml.text(finished[0])}", f"contacts = {toml.text(finished[1])}"]
    lines.append("end_score = true")
    yield Question("recovery by the rules of NHS Talking Therapies", depression.before, tuple(lines))


RECORDED = {"dropout": ("dropped_out", "dropped out"), "completion": ("completed", "completed")}
"""What a column was recognised to record -> the study's key for it, and what its 1 means."""


def _finished(guesses: Sequence[Guess]) -> tuple[str, str] | None:
    ended = [guess.column for guess in guesses if guess.event == "ended"]
    contacts = [guess.column for guess in guesses if guess.kind == "count"]
    return (ended[0], contacts[0]) if ended and contacts else None


def _dropout(guesses: Sequence[Guess], pairs: Sequence[Pair]) -> Iterator[Question]:
    severity = pairs[0].before if pairs else _severity(guesses)
    if severity is None:
        return
    for guess in guesses:
        if guess.event in RECORDED:
            key, meaning = RECORDED[guess.event]
            lines = (
                f'response = "dropout"  # REVIEW: or "completion"; 1, true or yes must mean: {meaning}',
                f"{key} = {toml.text(guess.column)}",
            )
            yield Question(f"dropout, of which {guess.column} tells", severity, lines)


def _severity(guesses: Sequence[Guess]) -> str | None:
    """The first symptom score at intake, or else the first number that is known then."""
    early = [guess for guess in guesses if guess.role == "factor" and guess.known_at is Landmark.INTAKE]
    symptoms = [guess for guess in early if guess.instrument in instruments.symptoms()]
    numbers = [guess for guess in early if guess.kind in ("number", "integer")]
    return next((guess.column for guess in (*symptoms, *numbers)), None)


ANXIETY_DISORDERS = (
    "social anxiety",
    "panic",
    "agoraphobia",
    "health anxiety",
    "post-traumatic stress",
    "obsessions and compulsions",
)


def _scores(pair: Pair) -> str:
    return f"{{ before = {toml.text(pair.before)}, after = {toml.text(pair.after)} }}"

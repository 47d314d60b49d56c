"""The drafted study as TOML: the first pair of scores is what it asks about."""

from collections.abc import Iterator, Sequence

from therapport import instruments
from therapport.codebook import Landmark
from therapport.draft import toml
from therapport.draft.guess import Guess, Pair

FOLDS = 5


def study_document(
    guesses: Sequence[Guess], pairs: Sequence[Pair], *, name: str, cohort: str, group: str, sampled: str
) -> str:
    """The study; `training.study.read` takes it if there is a pair, and says what is lacking if there is none."""
    pair = pairs[0] if pairs else None
    landmark = Landmark.INTAKE
    if pair is not None:
        landmark = next((guess.known_at for guess in guesses if guess.column == pair.before), None) or landmark
    lines = [
        "# A draft, made by `therapport init`. Every guess is marked REVIEW.",
        *([toml.remark(sampled)] if sampled else []),
        "",
        "format = 1",
        f"name = {toml.text(name)}",
        f"title = {toml.text(name + ', draft')}  # REVIEW: the question, in a sentence",
        f"cohort = {toml.text(cohort)}",
        'codebook = "codebook.toml"',
        "# REVIEW: the moment at which you predict; a factor known later is not used.",
        f"landmark = {toml.text(landmark.value)}",
        *(_without_a_pair() if pair is None else _question(pair, pairs)),
        "",
        "[validation]",
        *_validation(group),
        f"folds = {FOLDS}",
        "repeats = 2",
        "draws = 1000  # of the bootstrap",
        "",
        "[reference]",
        "patients = 500",
    ]
    return "\n".join(lines) + "\n"


def _question(pair: Pair, pairs: Sequence[Pair]) -> Iterator[str]:
    yield f"severity = {toml.text(pair.before)}  # the factor that `severity alone` uses"
    yield "seed = 1"
    yield ""
    yield "[outcome]"
    for other in pairs[1:]:
        yield toml.remark(f"REVIEW: another pair is {other.before} and {other.after}.")
    yield "# REVIEW: the first score and the one at the end of treatment; are these the right two?"
    yield f"before = {toml.text(pair.before)}"
    yield f"after = {toml.text(pair.after)}"
    shipped = instruments.all_instruments().get(pair.instrument)
    if shipped is not None and shipped.stated_reliable_change is not None:
        yield f'response = "reliable_improvement"  # REVIEW: {shipped.label}: {shipped.stated_reliable_change:g} points'
    elif shipped is not None and shipped.stated_cutoff is not None:
        yield f'response = "below_cutoff"  # REVIEW: the cut-off of {shipped.label} is {shipped.stated_cutoff:g}'
    else:
        yield "# REVIEW: no threshold is known; with a cutoff or a reliable_change you can ask for a response too."
    yield "end_score = true"


def _without_a_pair() -> Iterator[str]:
    yield ""
    yield "# TO BE FILLED IN: no column was recognised as a first score with one at the end of treatment."
    yield "# 1. In codebook.toml, describe the first score under [factors], the last under [measures],"
    yield "#    both with the same instrument."
    yield "# 2. Remove the marks before these lines, and name the two columns:"
    yield '# severity = "name of the first score"'
    yield "# [outcome]"
    yield '# before = "name of the first score"'
    yield '# after = "name of the last score"'
    yield '# response = "reliable_improvement"'
    yield "# end_score = true"


def _validation(group: str) -> Iterator[str]:
    if group == "patient":
        yield 'group = "patient"  # REVIEW: no column of therapists or sites with enough of them was recognised'
    else:
        yield f"group = {toml.text(group)}  # no {group} is in two folds"

"""The drafted study as TOML: it asks the first question, and shows the others as remarks."""

from collections.abc import Iterator, Sequence

from therapport.codebook import Landmark
from therapport.draft import toml
from therapport.draft.guess import Guess
from therapport.draft.questions import Question

FOLDS = 5


def study_document(
    guesses: Sequence[Guess],
    asked: Sequence[Question],
    *,
    name: str,
    cohort: str,
    encoding: str | None,
    group: str,
    sampled: str,
) -> str:
    """The study; `training.study.read` takes it if there is a question, and says what is lacking if there is none."""
    landmark = Landmark.INTAKE
    if asked:
        landmark = next((guess.known_at for guess in guesses if guess.column == asked[0].severity), None) or landmark
    lines = [
        "# A draft, made by `therapport init`. Every guess is marked REVIEW.",
        *([toml.remark(sampled)] if sampled else []),
        "",
        "format = 1",
        f"name = {toml.text(name)}",
        f"title = {toml.text(name + ', draft')}  # REVIEW: the question, in a sentence",
        f"cohort = {toml.text(cohort)}",
        *([] if encoding is None else [f"encoding = {toml.text(encoding)}"]),
        'codebook = "codebook.toml"',
        "# REVIEW: the moment at which you predict; a factor known later is not used.",
        f"landmark = {toml.text(landmark.value)}",
        *(_question(asked) if asked else _without_a_pair()),
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


def _question(asked: Sequence[Question]) -> Iterator[str]:
    first, *others = asked
    yield f"severity = {toml.text(first.severity)}  # the factor that `severity alone` uses"
    yield "seed = 1"
    yield ""
    yield "[outcome]"
    yield from first.lines
    for other in others:
        yield ""
        yield toml.remark(f"REVIEW: another question, {other.about}: put these lines in the place of those above.")
        if other.severity != first.severity:
            yield toml.remark(f"severity = {toml.text(other.severity)}  (above, in the place of the other)")
        yield from (line if line.startswith("#") else toml.remark(line) for line in other.lines)


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
    yield "# Or ask about dropout: under [outcome] only response and dropped_out (or completed), of kind boolean."


def _validation(group: str) -> Iterator[str]:
    if group == "patient":
        yield 'group = "patient"  # REVIEW: no column of therapists or sites with enough of them was recognised'
    else:
        yield f"group = {toml.text(group)}  # no {group} is in two folds"

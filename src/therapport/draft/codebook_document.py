"""The drafted codebook as TOML, every guess with its reason."""

from collections.abc import Iterable, Iterator, Sequence

from therapport.codebook import default_families
from therapport.draft import toml
from therapport.draft.guess import Guess, OwnInstrument

NO_ID = "patient_id"


def codebook_document(
    guesses: Sequence[Guess], own: Iterable[OwnInstrument], *, name: str, file: str, sampled: str
) -> str:
    """The codebook; `therapport.codebook.read` takes it unless no column can be a factor."""
    lines = [
        toml.remark(f"A draft, made by `therapport init` from the columns of {file}. Every guess is marked REVIEW."),
        *([toml.remark(sampled)] if sampled else []),
        "",
        "format = 1",
        f"name = {toml.text(name)}",
        f"title = {toml.text(name + ', draft')}  # REVIEW: who these patients are",
        'source = "to be filled in"  # REVIEW: where the file comes from, and of what date it is',
        *_id(guesses),
        *_ignored(guesses),
    ]
    if groups := [guess for guess in guesses if guess.role == "group"]:
        lines += ["", "[groups]"]
        for guess in groups:
            lines += [_review(guess), f"{guess.level} = {toml.text(guess.column)}"]
    if not any(guess.role == "factor" for guess in guesses):
        lines += ["", "[factors]", "# REVIEW: TO BE FILLED IN: no column was recognised as a factor."]
    for family, described in default_families().items():
        members = [guess for guess in guesses if guess.role == "factor" and guess.family == family]
        if members:
            lines += ["", f"# {described.label}"]
        for guess in members:
            lines += ["", *_factor(guess)]
    if measures := [guess for guess in guesses if guess.role == "measure"]:
        lines += ["", "# What is known at the end only"]
        for guess in measures:
            lines += ["", *_measure(guess)]
    for instrument in own:
        lines += ["", *_instrument(instrument)]
    return "\n".join(lines) + "\n"


def _review(guess: Guess) -> str:
    return toml.remark(f"REVIEW: {guess.sure}: {guess.why}")


def _id(guesses: Sequence[Guess]) -> Iterator[str]:
    found = next((guess for guess in guesses if guess.role == "id"), None)
    if found is None:
        yield toml.remark(
            "REVIEW: TO BE FILLED IN: no column tells all patients apart. Add one to the file, name it here."
        )
        yield toml.remark("A file with several rows of one patient has to become one with a row per patient first.")
    else:
        yield _review(found)
    yield f"id = {toml.text(NO_ID if found is None else found.column)}"


def _ignored(guesses: Sequence[Guess]) -> Iterator[str]:
    kept_out = [guess for guess in guesses if guess.role == "ignored"]
    if not kept_out:
        return
    yield from ("", "# Kept out: these columns are never read.", "ignored = [")
    for guess in kept_out:
        usual = f" Usual levels: {', '.join(guess.usual_levels)}." if guess.usual_levels else ""
        yield f"  {toml.text(guess.column)},  {_review(guess)}.{usual}"
    yield "]"


def _factor(guess: Guess) -> Iterator[str]:
    yield f"[factors.{toml.key(guess.column)}]"
    yield _review(guess)
    yield f"label = {toml.text(guess.label)}"
    yield f"family = {toml.text(guess.family)}"
    yield f"kind = {toml.text(guess.kind or '')}"
    yield f"known_at = {toml.text(guess.known_at.value if guess.known_at else '')}"
    if guess.range is not None:
        yield f"range = [{toml.number(guess.range[0])}, {toml.number(guess.range[1])}]"
    yield from _missing_codes(guess)
    if guess.levels:
        labels = {level: guess.level_labels.get(level) or level or "empty" for level in guess.levels}
        pairs = ", ".join(f"{toml.key(level)} = {toml.text(label)}" for level, label in labels.items())
        yield f"levels = {{ {pairs} }}"
    if guess.unit:
        yield f"unit = {toml.text(guess.unit)}"
    if guess.instrument is not None:
        yield f"instrument = {toml.text(guess.instrument)}"
    if guess.modifiable:
        yield "modifiable = true"
    if guess.required:
        yield "required = true"


def _measure(guess: Guess) -> Iterator[str]:
    yield f"[measures.{toml.key(guess.column)}]"
    yield _review(guess)
    yield f"label = {toml.text(guess.label)}"
    if guess.kind != "score":
        yield f"kind = {toml.text(guess.kind or '')}"
    yield from _missing_codes(guess)
    if guess.instrument is not None:
        yield f"instrument = {toml.text(guess.instrument)}"


def _missing_codes(guess: Guess) -> Iterator[str]:
    if guess.missing_codes:
        yield f"missing_codes = {toml.codes(guess.missing_codes)}  # REVIEW: do these mean that nothing is known?"


def _instrument(own: OwnInstrument) -> Iterator[str]:
    yield f"[instruments.{toml.key(own.name)}]"
    yield "# REVIEW: unsure: a measure that is not shipped; its range and direction are guessed."
    yield "# With a cutoff or a reliable_change here, the study can ask for more outcomes."
    yield f"label = {toml.text(own.label)}"
    yield f"range = [{toml.number(own.range[0])}, {toml.number(own.range[1])}]"
    yield 'better = "lower"  # REVIEW: or "higher"'
    yield f"step = {toml.number(own.step)}"

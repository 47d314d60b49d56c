"""What a draft holds, in a few lines for whoever asked for it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from therapport.codebook import default_families
from therapport.draft.guess import Draft, Guess
from therapport.draft.roles import UNTIL_REVIEWED

SHOWN = 8


def summary(made: Draft) -> Iterator[str]:
    """What was recognised, what to review first, what is lacking; columns by name, never a value."""
    if made.sampled:
        yield made.sampled
    roles = Counter(guess.role for guess in made.guesses)
    yield (
        f"{len(made.guesses):,} columns: {roles['factor']} factors, {roles['measure']} measures of the outcome, "
        f"{roles['group']} groups, {roles['ignored']} kept out."
    )
    families = Counter(guess.family for guess in made.guesses if guess.role == "factor")
    labels = default_families()
    if families:
        yield "Factors: " + ", ".join(f"{labels[family].label} {count}" for family, count in families.items()) + "."
    if made.pairs:
        yield f"Before and after: {_plain(made.pairs[0].before)} and {_plain(made.pairs[0].after)}."
    if made.asks:
        others = f" Other questions stand in study.toml as remarks: {len(made.asks) - 1}." if len(made.asks) > 1 else ""
        yield f"The study asks: {_plain(made.asks[0])}.{others}"
    coded = [
        f"{_plain(guess.column)} ({', '.join(map(str, guess.missing_codes))})"
        for guess in made.guesses
        if guess.missing_codes
    ]
    if coded:
        yield f"Taken for codes of missing values: {_shown(coded)}."
    if made.asks and not made.pairs:
        yield "No first score with one at the end of treatment was recognised."
    unsure = [guess for guess in made.guesses if guess.sure == "unsure" and guess.known_at is UNTIL_REVIEWED]
    if unsure:
        yield f"Not known to us, so not used at intake until you say when they are known: {_names(unsure)}."
    kept_out = [guess for guess in made.guesses if guess.role == "ignored"]
    if kept_out:
        yield f"Kept out, each with its reason in codebook.toml: {_names(kept_out)}."
    for guess in made.guesses:
        if guess.flaw:
            yield f"TO BE MENDED in the file: {_plain(guess.column)}: {guess.flaw}; check names the rows."
    for missing in made.lacks:
        yield f"TO BE FILLED IN: {missing}."


def _names(guesses: Sequence[Guess]) -> str:
    return _shown([_plain(guess.column) for guess in guesses])


def _shown(texts: Sequence[str]) -> str:
    more = len(texts) - SHOWN
    return ", ".join(texts[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _plain(name: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in name)

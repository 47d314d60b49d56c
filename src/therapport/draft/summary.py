"""What a draft holds, in a few lines for whoever asked for it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from therapport.codebook import default_families
from therapport.draft.guess import Draft, Guess

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
    unsure = [guess for guess in made.guesses if guess.role == "factor" and guess.sure == "unsure"]
    if unsure:
        yield f"Not known to us, so not used at intake until you say when they are known: {_names(unsure)}."
    kept_out = [guess for guess in made.guesses if guess.role == "ignored"]
    if kept_out:
        yield f"Kept out, each with its reason in codebook.toml: {_names(kept_out)}."
    for missing in made.lacks:
        yield f"TO BE FILLED IN: {missing}."


def _names(guesses: Sequence[Guess]) -> str:
    more = len(guesses) - SHOWN
    return ", ".join(_plain(guess.column) for guess in guesses[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _plain(name: str) -> str:
    return "".join(mark if mark.isprintable() else " " for mark in name)

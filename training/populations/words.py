"""What was found in subgroups and of those who were lost, in a sentence each."""

from collections.abc import Iterator

from therapport.performance import SMALLEST_CELL
from therapport.predictor.evidence import Comparison, Figure
from therapport.predictor.populations import Completers, Subgroup, Subgroups

HEADLINE: dict[str, tuple[str, str]] = {"binary": ("auc", "AUC"), "score": ("mae", "MAE")}
MEAN = {"binary": "outcome", "score": "mean end score"}
LEVEL = 0.05
LARGE = 0.1
"""Standardised differences above it are called imbalance (Austin 2009)."""


def lines(comparison: Comparison) -> Iterator[str]:
    """Of subgroups, and of completers, as far as the study has them."""
    if comparison.subgroups is not None and (comparison.subgroups.shown or comparison.subgroups.suppressed):
        yield _subgroups(comparison, comparison.subgroups)
    if comparison.completers is not None and comparison.completers.lost != 0:
        yield _completers(comparison, comparison.completers)


def _subgroups(comparison: Comparison, found: Subgroups) -> str:
    key, name = HEADLINE[comparison.kind]
    sentence = f"Subgroups: {len(found.shown)} shown, {found.suppressed} with fewer than {SMALLEST_CELL} left out"
    known = [one for one in found.shown if key in one.figures]
    if not known:
        return f"{sentence}."
    lowest, highest = (end(known, key=lambda one: one.figures[key].value) for end in (min, max))
    sentence += f"; {name} from {_named(lowest, key)} to {_named(highest, key)}"
    counted = [one.contrasts[key] for one in found.shown if key in one.contrasts]
    compared = [one for one in counted if one.adjusted is not None]
    if compared:
        alone = sum(one.p_value is not None and one.p_value < LEVEL for one in compared)
        holds = sum(one.adjusted is not None and one.adjusted < LEVEL for one in compared)
        chance = LEVEL * len(compared)
        sentence += (
            f". Of {len(compared)} comparison{'s' * (len(compared) != 1)} with the others, {alone} differ taken alone "
            f"({chance:.2g} expected by chance), {holds} after Holm's correction"
        )
    return f"{sentence}."


def _completers(comparison: Comparison, found: Completers) -> str:
    if found.lost is None:
        return f"Lost: fewer than {SMALLEST_CELL}."
    key, name = ("auc", "AUC") if comparison.kind == "binary" else ("r2", "R2")
    sentence = f"Lost: at least {found.lost:,} ({found.share:.0%}) have no outcome"
    large = [one for one in found.differences if abs(one.standardised) > LARGE]
    if large:
        most = large[0]
        sentence += f"; they differ most in {most.label} ({most.standardised:+.2f} standard deviations)"
    known = {"as they are": found.completers, "weighted for them": found.weighted}
    known |= {WORDS[end]: figures for end, figures in found.bounds.items()}
    figures = [f"{figures[key].value:.3f} {words}" for words, figures in known.items() if key in figures]
    return f"{sentence}. {name} {', '.join(figures)}." if figures else f"{sentence}."


WORDS = {
    "poor": "had all of them ended poorly",
    "good": "had all of them ended well",
    "last": "had they stayed as last seen",
}


def _named(one: Subgroup, key: str) -> str:
    return f"{_interval(one.figures[key])} in {one.label}: {one.level}"


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"

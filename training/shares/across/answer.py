"""The plain answer for a cohort: do short treatments and e-health fall short at getting patients to take part."""

from collections.abc import Iterator, Sequence

from therapport.predictor.figure import Figure
from training.shares import words
from training.shares.across.results import Gap

HALVES = (("E-health", ("ehealth", "guided", "unguided", "blended")), ("Short treatment", ("short",)))
VERBS = {
    "far_short": "falls far short of",
    "short": "falls short of",
    "better": "does better than",
    "none": "does not differ by anything that matters from",
    "unclear": "cannot be told from",
}
QUESTION = "Do short treatments and e-health fall short at getting patients to take part?"


def answer(gaps: Sequence[Gap]) -> tuple[str, ...]:
    """A sentence for each half of the question."""
    return tuple(_answer(gaps))


def amount(gap: Gap, figure: Figure) -> str:
    """`16.1 points (9.9 to 22.3)`, or in the measure's own unit."""
    if gap.unit == "points":
        return f"{words.amount(figure.value)} percentage points ({words.interval(figure)})"
    low, high = figure.low, figure.high
    span = "–" if low is None or high is None else f"{_own(low)} to {_own(high)}"
    return f"{_own(figure.value)} ({span})"


def sentence(gap: Gap) -> str:
    """One gap in words."""
    name = f"{gap.label[:1].lower()}{gap.label[1:]}"
    sizes = _standard(gap.standardised)
    found = f"adjusted difference {amount(gap, gap.adjusted)}, {sizes}, p {words.probability(gap.holm)}"
    return f"{gap.one} {VERBS[gap.verdict]} {gap.other} in: {name} ({found})."


def details(gaps: Sequence[Gap]) -> tuple[str, ...]:
    """What each comparison said, those that fall short first."""
    order = list(VERBS)
    return tuple(sentence(gap) for gap in sorted(gaps, key=lambda gap: order.index(gap.verdict)))


def _answer(gaps: Sequence[Gap]) -> Iterator[str]:
    for subject, names in HALVES:
        yield _half(subject, [gap for gap in gaps if gap.comparison in names])


def _half(subject: str, own: Sequence[Gap]) -> str:
    if not own:
        lacking = "short and longer treatments" if subject == "Short treatment" else "e-health beside anything else"
        return f"{subject}: this cohort cannot say; it lacks {lacking} with a known measure of taking part."
    short = [gap for gap in own if gap.verdict in ("far_short", "short")]
    direct = [gap for gap in own if gap.comparison == "ehealth"] or own
    if not short:
        if all(gap.verdict == "none" for gap in direct):
            return f"{subject}: no. No shortfall that matters, beyond what case mix and alliance say."
        if any(gap.verdict == "better" for gap in direct):
            return f"{subject}: no shortfall is shown; on some measure patients take more part."
        return f"{subject}: it cannot be told. No shortfall is shown, and none that matters is ruled out."
    far = sum(gap.verdict == "far_short" for gap in short)
    how = f"short in {len(short)} of {len(own)} comparisons" + (f", far short in {far}" if far else "")
    guided = [gap for gap in own if gap.comparison == "guided"]
    alone = {gap.comparison for gap in short} <= {"ehealth", "unguided"} and bool(guided)
    who = ", where nobody guides it" if alone or {gap.comparison for gap in short} == {"unguided"} else ""
    widest = max(short, key=lambda gap: gap.standardised.value)
    most = f"{widest.label[:1].lower()}{widest.label[1:]}, {_standard(widest.standardised)}"
    return (
        f"{subject}: yes{who}, among patients of the same intake case mix and alliance ({how}; the widest gap: {most})."
    )


def _standard(figure: Figure) -> str:
    low, high = figure.low, figure.high
    span = "" if low is None or high is None else f" ({_own(low)} to {_own(high)})"
    return f"{_own(figure.value)}{span} SD"


def _own(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")

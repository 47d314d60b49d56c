"""The path in plain sentences: what goes with what, never what brings about what."""

from collections.abc import Iterator

from training.shares import words
from training.shares.path.results import Beginning, Door, Path, clear

NAMES = {
    "first": "where the path begins",
    "resistance": "resistance",
    "active_role": "active role",
    "technique": "technique delivered",
    "outcome": "outcome",
}
MOST = 0.5
"""Of a total: more of it is most of it."""


def told(path: Path, *, unit: str) -> tuple[str, ...]:
    """A sentence for each beginning, and one on technique where resistance is low."""
    return tuple(_told(path, unit))


def _told(path: Path, unit: str) -> Iterator[str]:
    if not any(clear(one.total) for one in path.beginnings):
        yield "Nothing with which the path begins goes with the outcome beyond chance, so there is nothing to divide."
    for one in path.beginnings:
        if clear(one.total):
            yield _beginning(path, one, unit)
    if path.doors:
        yield _doors(path)


def _beginning(path: Path, one: Beginning, unit: str) -> str:
    label = path.labels[one.factor]
    points = f" ({signed(one.total.value * path.spread)} {unit})" if unit else ""
    sentence = (
        f"{label}: a standard deviation more goes with {words.whole(one.total)} hundredths of a standard deviation of "
        f"the outcome{points}, everything held constant that is not on the path."
    )
    if not clear(one.mediated):
        return f"{sentence} That any of it is carried by later stages is not shown."
    same = one.mediated.value * one.total.value > 0
    if not same:
        return f"{sentence} What later stages carry points the other way: {words.whole(one.mediated)}."
    share = one.mediated.value / one.total.value
    how_much = "all of it" if not clear(one.direct) else _share(share)
    largest = max(one.through, key=lambda stage: one.through[stage].value * one.total.value)
    rest = (
        "nothing that can be told from zero is left beside them"
        if not clear(one.direct)
        else (f"{words.whole(one.direct)} is left beside them")
    )
    return (
        f"{sentence} Later stages carry {how_much} ({words.whole(one.mediated)}), above all {NAMES[largest]}; {rest}."
    )


def _share(share: float) -> str:
    return "more than all of it" if share > 1 else "most of it" if share > MOST else "part of it"


def _doors(path: Path) -> str:
    found = [one for one in path.doors if one.clear]
    if not found:
        return "That technique counts for more where resistance is low is not shown."
    return " ".join(_door(path, one) for one in found)


def _door(path: Path, one: Door) -> str:
    return (
        f"{path.labels[one.technique]}: what goes with it depends on resistance (product {words.whole(one.figure)}); "
        f"it is {signed(100 * (own_slope(path, one) - one.figure.value))} where resistance is a standard deviation "
        f"below its mean and {signed(100 * (own_slope(path, one) + one.figure.value))} where it is one above."
    )


def own_slope(path: Path, one: Door) -> float:
    """What goes with technique at the mean of resistance."""
    return next(a.figure.value for a in path.arrows if a.source == one.technique and a.target == "outcome")


def robust(path: Path) -> Iterator[str]:
    """What an unmeasured common cause would have to be."""
    for stage, rho in path.rho.items():
        yield (
            f"{words.sentence_case(NAMES[stage])}: what passes through it would vanish if something unmeasured gave it "
            f"and the outcome a residual correlation of {decimal(rho.value)} "
            f"({decimal(rho.low)} to {decimal(rho.high)}); that is a cause which explains {decimal(rho.value)} of what "
            f"is left of the variance of each."
        )


def signed(value: float) -> str:
    """One decimal, with a true minus sign."""
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def decimal(value: float | None) -> str:
    """`.21`, or a dash."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−").replace("0.", ".", 1)

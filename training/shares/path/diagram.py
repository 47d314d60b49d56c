"""Geometry of the path diagram: boxes in a column for each stage, a curve for each path coefficient."""

import textwrap
from dataclasses import dataclass

from training.shares import words
from training.shares.path.results import Arrow, Path
from training.shares.path.words import NAMES

WIDTH, BOX, ROW, TOP = 1200, 156, 96, 34
TALL = 58
HEAVIEST = 9.0
"""Width of the line of a coefficient of .5 or more."""
STRONG = 0.5
LINE = 20
LABEL = (84.0, 30.0)
ALONG = tuple((50 + side * step) / 100 for step in range(0, 44, 2) for side in (1, -1))
"""Where on its curve a label may stand, from the middle outwards."""
Room = tuple[float, float, float, float]
"""Left, top, right, bottom."""
MOST_LINES = 3


@dataclass(frozen=True)
class Box:
    """A factor or the outcome."""

    x: float
    y: float
    lines: tuple[str, ...]
    title: str
    family: str | None


@dataclass(frozen=True)
class Curve:
    """A path coefficient."""

    path: str
    width: float
    clear: bool
    below: bool
    label: str
    interval: str
    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Diagram:
    """Everything that is drawn, in a box of `WIDTH` by `height`."""

    height: int
    columns: tuple[tuple[float, str], ...]
    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]


def diagram(path: Path, outcome: str, families: dict[str, str]) -> Diagram:
    """`families` says of each factor which family it is in."""
    stages = [*path.stages.items(), ("outcome", ("outcome",))]
    rows = max(len(names) for _, names in stages) + 1
    height = TOP + rows * ROW
    gap = (WIDTH - BOX) / (len(stages) - 1)
    boxes: dict[str, Box] = {}
    for column, (_, names) in enumerate(stages):
        for place, name in enumerate(names):
            label = outcome if name == "outcome" else path.labels[name]
            # Single boxes step up and down, so that curves over them can be told apart.
            lone = (0.5, 0.3, 0.72, 0.35)[column % 4] if column < len(stages) - 1 else 0.5
            share = lone if len(names) == 1 else (place + 0.5) / len(names)
            boxes[name] = Box(
                x=column * gap,
                y=TOP + share * rows * ROW - TALL / 2,
                lines=tuple(textwrap.wrap(label, LINE, max_lines=MOST_LINES, placeholder=" …")),
                title=label,
                family=families.get(name),
            )
    taken = [(box.x - 2, box.y - 2, box.x + BOX + 2, box.y + TALL + 2) for box in boxes.values()]
    curves = tuple(_curve(boxes, one, taken) for one in path.arrows)
    columns = tuple((place * gap, words.sentence_case(NAMES[stage])) for place, (stage, _) in enumerate(stages))
    return Diagram(height, columns, tuple(boxes.values()), curves)


def _curve(boxes: dict[str, Box], one: Arrow, taken: list[Room]) -> Curve:
    """The curve of an arrow; where its label is put is then taken."""
    begin, end = boxes[one.source], boxes[one.target]
    x0, y0, x1, y1 = begin.x + BOX, begin.y + TALL / 2, end.x - 5, end.y + TALL / 2
    bend = 0.45 * (x1 - x0)
    value = one.figure.value
    places = [(_bezier(x0, x0 + bend, x1 - bend, x1, at), _bezier(y0, y0, y1, y1, at)) for at in ALONG]
    x, y = next((one for one in places if not meets(room(*one), taken)), places[0])
    if one.clear:
        taken.append(room(x, y))
    return Curve(
        path=f"M{x0:.0f} {y0:.0f}C{x0 + bend:.0f} {y0:.0f} {x1 - bend:.0f} {y1:.0f} {x1:.0f} {y1:.0f}",
        width=round(max(1.0, HEAVIEST * min(abs(value) / STRONG, 1.0)), 1),
        clear=one.clear,
        below=value < 0,
        label=words.amount(value) if one.clear else "",
        interval=words.interval(one.figure),
        x=round(x, 1),
        y=round(y, 1),
        title=f"{begin.title} to {end.title}: {words.whole(one.figure)}",
    )


def room(x: float, y: float) -> Room:
    """What a label at that place covers."""
    return x - LABEL[0] / 2, y - LABEL[1] / 2, x + LABEL[0] / 2, y + LABEL[1] / 2


def meets(one: Room, taken: list[Room]) -> bool:
    """Whether it covers anything that is taken."""
    return any(one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3] for other in taken)


def _bezier(a: float, b: float, c: float, d: float, at: float) -> float:
    rest = 1 - at
    return rest**3 * a + 3 * rest**2 * at * b + 3 * rest * at**2 * c + at**3 * d

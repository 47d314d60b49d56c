"""The page of one look: what has shifted, what is missing, calibration over time; words first, then figures."""

from dataclasses import dataclass

from serving import charts, pages
from serving.monitoring.alarm import LEVEL
from serving.monitoring.calibration import FEWEST, Estimate, Period
from serving.monitoring.drift import SHIFTED, WATCH
from serving.monitoring.job import Monitored, OverTime
from serving.text import number
from therapport.performance import SMALLEST_CELL
from therapport.predictor import Predictor

WORDS = {
    "as before": "as before",
    "within chance": "chance could do it",
    "watch": "look at it",
    "shifted": "has shifted",
    "too few": "too few patients to tell",
}
DIRECTIONS = {"more": "more people reach the outcome than predicted", "fewer": "fewer people reach it than predicted"}
FIGURES = (
    ("observed_expected", "Observed for each one expected", 1.0, 2),
    ("intercept", "Calibration intercept", 0.0, 2),
    ("slope", "Calibration slope", 1.0, 2),
    ("score_error", "End score: observed minus predicted, points", 0.0, 1),
    ("score_coverage", "End score: share inside its interval", None, 2),
)
TITLES = {
    "prediction": "Predictions",
    "family": "What predictions rest on, by family",
    "input": "Inputs",
}


@dataclass(frozen=True)
class Place:
    """One period in a drawing."""

    label: str
    patients: str
    text: str
    value: float | None
    low: float
    high: float
    off: bool
    """Whether the interval leaves out the ideal."""


@dataclass(frozen=True)
class Line:
    """One figure over all periods."""

    title: str
    mark: float | None
    ticks: tuple[charts.Tick, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class AlarmTable:
    """How far the evidence came, month by month."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[float, str], ...]], ...]


def page(predictor: Predictor, monitored: Monitored) -> str:
    """One HTML file that needs no network."""
    over_time = monitored.over_time
    compared = monitored.compared
    groups = [(TITLES[part], compared.of(part)) for part in ("prediction", "family", "input")]
    return pages.render(
        "monitor.html",
        simulated=predictor.codebook.simulated,
        predictor=predictor,
        compared=compared,
        told=_told,
        smallest=SMALLEST_CELL,
        groups=[(title, shifts) for title, shifts in groups if shifts],
        sentence=_sentence(monitored),
        verdicts=WORDS,
        with_inputs=monitored.with_inputs,
        older=not predictor.evidence.distributions,
        recalibrated=predictor.evidence.recalibration is not None,
        moved=[one for one in compared.missing if one.moved],
        number=number,
        watch=WATCH,
        shifted=SHIFTED,
        over_time=over_time,
        lines=_lines(over_time) if over_time is not None else [],
        alarm=None if over_time is None else _alarm(over_time),
        level=LEVEL,
        fewest=FEWEST,
    )


def _sentence(monitored: Monitored) -> str:
    compared = monitored.compared
    told = compared.told
    if not told:
        return "Nothing that was compared has moved beyond what chance or custom allows."
    named = ", ".join(shift.label for shift in told[:5])
    further = f" and {len(told) - 5} more" if len(told) > 5 else ""  # noqa: PLR2004 - as many as are named
    return (
        f"{len(told)} of {len(compared.shifts)} distributions differ from the training cohort: {named}{further}. "
        "That says who is predicted now, not whether predictions are wrong."
    )


def _told(count: int) -> str:
    if 0 < count < SMALLEST_CELL:
        return f"fewer than {SMALLEST_CELL}"
    return f"{count - count % SMALLEST_CELL:,}" if count else "none"


def _lines(over_time: OverTime) -> list[Line]:
    made = []
    for key, title, ideal, digits in FIGURES:
        everyone = [over_time.everyone, *over_time.periods]
        known = [period.figures[key] for period in everyone if key in period.figures]
        if not known:
            continue
        ends = [end for one in known for end in (one.low, one.high)] + ([] if ideal is None else [ideal])
        axis = charts.Axis(*_widened(min(ends), max(ends)))
        places = tuple(_place(period, period.figures.get(key), axis, ideal, digits) for period in everyone)
        mark = None if ideal is None else axis.place(ideal)
        made.append(Line(title, mark, axis.ticks(charts.FEW_TICKS), places))
    return made


def _widened(low: float, high: float) -> tuple[float, float]:
    room = 0.05 * (high - low) or 0.5
    return low - room, high + room


def _place(period: Period, figure: Estimate | None, axis: charts.Axis, ideal: float | None, digits: int) -> Place:
    patients = _told(period.patients)
    if figure is None:
        return Place(period.label, patients, "too few to tell", None, 0, 0, off=False)
    value, low, high = (number(end, digits) for end in (figure.value, figure.low, figure.high))
    return Place(
        period.label,
        patients,
        f"{value} ({low} to {high})",
        axis.place(figure.value),
        axis.place(figure.low),
        axis.place(figure.high),
        off=ideal is not None and not figure.holds(ideal),
    )


def _alarm(over_time: OverTime) -> AlarmTable:
    """Each month with both directions: how wide a bar is (whole: the alarm) and what it says."""
    directions = list(over_time.evidence)
    months = list(zip(*(over_time.evidence[one] for one in directions), strict=True)) if directions else []
    return AlarmTable(
        tuple(DIRECTIONS[one] for one in directions),
        tuple((cells[0][0], tuple(_reached(value) for _, value in cells)) for cells in months),
    )


def _reached(share: float) -> tuple[float, str]:
    return (100.0, "alarm") if share >= 1 else (100 * share, f"{100 * share:.0f} %")

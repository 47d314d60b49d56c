"""A comparison as tables: file -> column -> values, as the UI of MLflow shows them."""

from collections.abc import Sequence

from therapport.predictor.evidence import Abstention, Comparison, Figure

Table = dict[str, list[object]]
DIGITS = 3
"""More would not fit the columns of the UI."""


def of(comparison: Comparison) -> dict[str, Table]:
    """Every table that the comparison fills."""
    made = {
        "tables/candidates.json": _candidates(comparison),
        "tables/differences.json": _differences(comparison),
        "tables/calibration.json": _columns(comparison.curve, ("predicted", "observed", "low", "high", "patients")),
        "tables/decision_curve.json": _decision(comparison),
        "tables/interval_coverage.json": _columns(
            () if comparison.interval is None else comparison.interval.coverage,
            ("by", "label", "patients", "share", "low", "high"),
        ),
        "tables/families.json": _families(comparison),
        "tables/abstention.json": {} if comparison.abstention is None else _abstention(comparison.abstention),
    }
    return {name: table for name, table in made.items() if table and any(table.values())}


def _candidates(comparison: Comparison) -> Table:
    # The longest list has every figure in its order: prevalence lacks what asks for an order of patients.
    names = max((list(one.metrics) for one in comparison.candidates.values()), key=len, default=[])
    table: Table = {
        "candidate": [one.label for one in comparison.candidates.values()],
        "preferred": ["yes" if name == comparison.chosen else "" for name in comparison.candidates],
    }
    for name in names:
        table[name] = [_written(one.metrics.get(name)) for one in comparison.candidates.values()]
    table["loss above the best"] = [_written(comparison.differences.get(name)) for name in comparison.candidates]
    return table


def _differences(comparison: Comparison) -> Table:
    pairs = [
        (name, baseline, difference)
        for name, beside in comparison.beside.items()
        for baseline, difference in beside.items()
        if name != baseline
    ]
    return {
        "candidate": [comparison.candidates[name].label for name, _, _ in pairs],
        "minus": [comparison.candidates[baseline].label for _, baseline, _ in pairs],
        "loss": [_written(difference) for _, _, difference in pairs],
        "over models fitted anew": [
            f"{difference.corrected_low:.{DIGITS}f} to {difference.corrected_high:.{DIGITS}f}"
            for _, _, difference in pairs
        ],
        "p": [round(difference.p_value, DIGITS) for _, _, difference in pairs],
    }


def _decision(comparison: Comparison) -> Table:
    table: Table = {
        "threshold": [point.threshold for point in comparison.decision],
        "everyone": [_written(point.everyone) for point in comparison.decision],
    }
    for name, one in comparison.candidates.items():
        table[one.label] = [_written(point.candidates.get(name)) for point in comparison.decision]
    return table


def _families(comparison: Comparison) -> Table:
    families = list(dict.fromkeys(family for one in comparison.candidates.values() for family in one.families))
    table: Table = {"family": [*families]}
    for one in comparison.candidates.values():
        table[one.label] = [_rounded(one.families.get(family)) for family in families]
    return table


def _abstention(found: Abstention) -> Table:
    figures = list(found.predicted)
    return {
        "patients": ["who get a prediction", "who are left out"],
        "about": [found.patients - found.abstained, found.abstained],
        **{name: [_written(found.predicted.get(name)), _written(found.left_out.get(name))] for name in figures},
        "left out because": ["", ", ".join(f"{code}: {count}" for code, count in found.reasons.items())],
    }


def _columns(rows: Sequence[object], names: Sequence[str]) -> Table:
    return {name: [_rounded(getattr(row, name)) for row in rows] for name in names}


def _rounded(value: object) -> object:
    return round(value, DIGITS) if isinstance(value, float) else value


def _written(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.{DIGITS}f}"
    return f"{figure.value:.{DIGITS}f} ({figure.low:.{DIGITS}f}, {figure.high:.{DIGITS}f})"

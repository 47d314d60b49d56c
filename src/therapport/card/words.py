"""How numbers, moments and lists are written on a card."""

from collections.abc import Sequence

from therapport.codebook import Landmark
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison, Figure

METRICS = {
    "auc": "AUC",
    "brier": "Brier score",
    "scaled_brier": "Scaled Brier score",
    "log_loss": "Log loss",
    "r2": "R²",
    "rmse": "RMSE (points)",
    "mae": "MAE (points)",
    "within_reliable_change": "Within reliable change",
    "calibration_slope": "Calibration slope",
    "calibration_intercept": "Calibration intercept",
    "ici": "ICI",
    "sensitivity_at_capacity": "Sensitivity at capacity",
    "specificity_at_capacity": "Specificity at capacity",
}
"""Names of the figures, in the order of tables."""
MOMENTS = {
    Landmark.INTAKE: "intake",
    Landmark.SESSION_1: "session 1",
    Landmark.SESSION_3: "session 3",
    Landmark.SESSION_5: "session 5",
    Landmark.WEEK_4: "week 4",
    Landmark.END: "the end",
}


def moment(name: str) -> str:
    """A landmark by its name in a study."""
    return MOMENTS[Landmark(name)]


def number(value: float, digits: int = 3) -> str:
    """A number with thousands apart, a true minus sign and never a minus zero."""
    text = f"{value:,.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("-")


def short(value: float) -> str:
    """A number with about three digits."""
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2  # noqa: PLR2004 - three digits in all
    text = number(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{100 * share:.0f} %"


def figure(one: Figure | None) -> str:
    """A figure with its 95 % interval, where it has one."""
    if one is None:
        return "undefined"
    if one.low is None or one.high is None:
        return number(one.value)
    return f"{number(one.value)} ({number(one.low)} to {number(one.high)})"


def listed(words: Sequence[str]) -> str:
    """Words with commas and a final 'and'."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def plural(count: int, word: str) -> str:
    """A count with its noun."""
    return f"{count:,} {word}{'s' * (count != 1)}"


def rows(predictor: Predictor) -> str:
    """What a row of the cohort is."""
    return "episodes" if "patient" in predictor.codebook.groups else "patients"


def signed(value: float, digits: int = 3) -> str:
    """A number that shows its sign, plus or minus."""
    return f"{'+' if value > 0 else ''}{number(value, digits)}"


def short_outcome(predictor: Predictor, comparison: Comparison, *, capital: bool = True) -> str:
    """What is predicted, without its rule."""
    named = "the end score"
    if comparison.kind == "binary" and predictor.outcome is not None:
        named = predictor.outcome.label
    return f"{named[:1].upper()}{named[1:]}" if capital else named


def outcome(predictor: Predictor, comparison: Comparison) -> str:
    """What is predicted, with its rule."""
    if comparison.kind == "binary" and predictor.outcome is not None:
        return f"{predictor.outcome.label} ({predictor.outcome.definition})"
    instrument = predictor.end_score_instrument
    return f"the score at the end ({'points' if instrument is None else instrument.label})"

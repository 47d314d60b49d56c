"""Values that stand where nothing is known: 999 in a column of ages, "unknown" among yes and no."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Code = int | float | str
Numbers = npt.NDArray[np.float64]

DIGITS = (6, 7, 8, 9)
NINES = tuple(float("9" * length) for length in (2, 3, 4, 5))
CODES = frozenset(
    sign * code
    for code in (
        *(7.0, 8.0, 9.0),
        *(float(nines // 10 * 10 + digit) for nines in NINES for digit in DIGITS),
        *(float(str(digit) * length) for digit in (7, 8) for length in (2, 3, 4)),
    )
    for sign in (1, -1)
)
"""Numbers that files use as codes, by custom. No other number is taken for one, so none that is a patient's own."""

WORDS = frozenset(
    {
        *(".", "-", "--", "?", "unknown", "missing", "not known", "not stated", "not recorded", "not applicable"),
        *("refused", "declined", "don't know", "dont know", "no answer", "prefer not to say", "n.a.", "n/a", "nvt"),
        *("n.v.t.", "onbekend", "niet bekend", "weet niet", "geen antwoord", "geweigerd", "niet ingevuld"),
        *("unbekannt", "keine angabe", "k.a.", "inconnu", "manquant", "non renseigné", "desconocido"),
    }
)
MOST_OFTEN_ONE = 3  # different values beside a code of one digit: yes and no, or three levels


def isolated(numbers: Numbers) -> tuple[Code, ...]:
    """The codes among the numbers that lie farther from the others than these lie apart."""
    listed = np.isin(numbers, list(CODES))
    rest = np.unique(numbers[~listed & np.isfinite(numbers)])
    if not listed.any() or rest.size == 0:
        return ()
    lowest, highest = float(rest[0]), float(rest[-1])
    spread = max(highest - lowest, 1.0)
    found, counts = np.unique(numbers[listed], return_counts=True)
    kept = []
    for code, count in zip(found.tolist(), counts.tolist(), strict=True):
        if code < 0:
            is_code = lowest >= 0
        elif code < 10:  # noqa: PLR2004 - one digit
            is_code = count > 1 and rest.size <= MOST_OFTEN_ONE and code - highest > 2 * spread
        else:
            is_code = (count > 1 or code in NINES) and code - highest >= spread
        if is_code:
            kept.append(as_code(code))
    # One code that is none (a count of 7) says that the listed numbers are values.
    return tuple(kept) if len(kept) == found.size else tuple(code for code in kept if abs(float(code)) >= 10)  # noqa: PLR2004


def outside(numbers: Numbers, allowed: tuple[float, float]) -> tuple[Code, ...]:
    """The codes among the numbers that a known range leaves out."""
    beyond = numbers[(numbers < allowed[0]) | (numbers > allowed[1])]
    return tuple(as_code(code) for code in np.unique(beyond[np.isin(beyond, list(CODES))]).tolist())


def words(texts: Iterable[str]) -> tuple[str, ...]:
    """The words among the texts that say that nothing is known, as they are written there."""
    return tuple(sorted(text for text in texts if text.strip().casefold() in WORDS))


def labelled(labels: Mapping[str, str]) -> tuple[Code, ...]:
    """The codes that the file itself calls unknown, refused and the like."""
    return tuple(_parsed(code) for code, label in labels.items() if label.strip().casefold() in WORDS)


def without(values: "pd.Series[Any]", codes: Iterable[Code]) -> "pd.Series[Any]":
    """The column with the codes emptied."""
    codes = list(codes)
    if not codes:
        return values
    numbers = [code for code in codes if not isinstance(code, str)]
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.mask(values.isin(numbers))
    texts = {str(code) for code in codes}
    return values.mask(values.astype("string").str.strip().isin(texts).fillna(value=False).astype(bool))


def as_code(number: float) -> Code:
    """The number as a codebook writes it: 999, not 999.0."""
    return int(number) if number == int(number) else number


def _parsed(code: str) -> Code:
    try:
        return as_code(float(code))
    except ValueError:
        return code

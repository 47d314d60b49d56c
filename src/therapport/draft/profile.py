"""What the values of a column look like, as counts and yes or no; the values themselves stay here."""

import dataclasses
import datetime
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Form = Literal["empty", "constant", "truth", "integer", "number", "date", "text", "decimal comma"]
TRUTH_WORDS = frozenset({"true", "yes", "1", "false", "no", "0"})
MOSTLY = 0.9  # of the values must look alike
LONG_NUMBER = 10**6  # seven digits: a register's number
NEARLY_ALL_DIFFERENT, FEW_TO_TELL = 0.5, 20
WORDS_OF_A_SENTENCE = 4
FITS = 0.95
DATE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?"
COMMA = r"[-+]?\d+,\d+"


@dataclass(frozen=True)
class Profile:
    """A column of the sample."""

    form: Form
    present: int = 0
    distinct: int = 0
    numbers: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0), repr=False, compare=False)
    """The values that are numbers."""
    sentences: bool = False
    stray_text: bool = False
    """Numbers, but some values are not."""

    @property
    def numeric(self) -> bool:
        """Whether the values can be a score, a count or an amount."""
        return self.form in ("truth", "integer", "number") and self.numbers.size > 0

    @property
    def looks_identifying(self) -> bool:
        """Whether nearly every patient has a value of their own, or values are as long as a register's numbers."""
        if self.form == "text":
            return self.distinct > FEW_TO_TELL and self.distinct > NEARLY_ALL_DIFFERENT * self.present
        if self.form == "integer":
            all_differ = self.present > FEW_TO_TELL and self.distinct >= MOSTLY * self.present
            return all_differ or bool(np.median(np.abs(self.numbers)) >= LONG_NUMBER)
        return False

    def fits(self, allowed: tuple[float, float]) -> bool:
        """Whether nearly all numbers are within the range."""
        return self.numeric and self._share_within(allowed) >= FITS

    def all_fit(self, allowed: tuple[float, float]) -> bool:
        """Whether all numbers are within the range."""
        return self.numeric and self._share_within(allowed) == 1

    def _share_within(self, allowed: tuple[float, float]) -> float:
        return float(np.mean((self.numbers >= allowed[0]) & (self.numbers <= allowed[1])))


def profile(values: "pd.Series[Any]", whole: "pd.Series[Any] | None" = None) -> Profile:
    """The profile of a column as `cohort.read_table` gives it; of a sample, if `whole` is the column it is drawn from.

    A sample's numbers include the lowest and the highest of the whole column, so that a range holds all of them.
    """
    found = _profile(values)
    if whole is None or found.form not in ("integer", "number") or not pd.api.types.is_numeric_dtype(whole):
        return found
    extremes = np.array([whole.min(), whole.max()], dtype=float)
    return dataclasses.replace(found, numbers=np.concatenate([found.numbers, extremes[np.isfinite(extremes)]]))


def _profile(values: "pd.Series[Any]") -> Profile:
    present = values.dropna()
    if present.empty:
        return Profile("empty")
    if pd.api.types.is_datetime64_any_dtype(present) or isinstance(present.iloc[0], datetime.date | datetime.time):
        return Profile("date", len(present), int(present.nunique()))
    if pd.api.types.is_bool_dtype(present):
        distinct = int(present.nunique())
        form: Form = "truth" if distinct > 1 else "constant"
        return Profile(form, len(present), distinct, present.to_numpy(dtype=float))
    if pd.api.types.is_numeric_dtype(present):
        return _of_numbers(present.to_numpy(dtype=float), stray_text=False)
    return _of_texts(present.astype(str).str.strip())


def _of_numbers(numbers: npt.NDArray[np.float64], *, stray_text: bool) -> Profile:
    numbers = numbers[np.isfinite(numbers)]
    if numbers.size == 0:
        return Profile("empty")
    found = np.unique(numbers)
    if found.size == 1 and not stray_text:
        form: Form = "constant"
    elif set(found) <= {0.0, 1.0} and not stray_text:
        form = "truth"
    else:
        form = "integer" if bool((found == np.round(found)).all()) else "number"
    return Profile(form, numbers.size, int(found.size), numbers, stray_text=stray_text)


def _of_texts(texts: "pd.Series[str]") -> Profile:  # noqa: PLR0911 - one line for each form
    texts = texts[texts != ""]
    if texts.empty:
        return Profile("empty")
    counts = texts.value_counts()
    different = pd.Series(counts.index, dtype=str)
    weights = counts.to_numpy() / len(texts)
    if set(different.str.lower()) <= TRUTH_WORDS:
        return Profile("truth" if len(different) > 1 else "constant", len(texts), len(different))
    if len(different) == 1:
        return Profile("constant", len(texts), 1)
    if weights[different.str.fullmatch(DATE).to_numpy()].sum() >= MOSTLY:
        return Profile("date", len(texts), len(different))
    as_numbers = pd.to_numeric(texts, errors="coerce")
    if as_numbers.notna().mean() >= MOSTLY:
        return _of_numbers(as_numbers.dropna().to_numpy(dtype=float), stray_text=bool(as_numbers.isna().any()))
    with_point = pd.to_numeric(different.str.replace(",", ".", n=1, regex=False), errors="coerce")
    if weights[with_point.notna().to_numpy()].sum() >= MOSTLY and different.str.fullmatch(COMMA).any():
        return Profile("decimal comma", len(texts), len(different))
    words = float((different.str.count(" ") + 1).mean())
    return Profile("text", len(texts), len(different), sentences=words >= WORDS_OF_A_SENTENCE)

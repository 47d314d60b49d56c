"""What the values of a column look like, as counts and yes or no; the values themselves stay here."""

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from therapport.cohort.schema import FALSE_WORDS, TRUE_WORDS
from therapport.draft import missing_codes
from therapport.draft.missing_codes import CODES, Code

Form = Literal["empty", "constant", "truth", "integer", "number", "date", "text", "decimal comma"]
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
    codes: tuple[Code, ...] = ()
    """Values that stand where nothing is known; none of them is among the numbers."""
    labels: Mapping[str, str] = field(default_factory=dict, compare=False)
    """What the file itself calls its codes, save those for missing."""

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
        """Whether nearly all numbers are within the range; codes for missing outside it do not count."""
        return self.numeric and self._share_within(allowed) >= FITS

    def all_fit(self, allowed: tuple[float, float]) -> bool:
        """Whether all numbers are within the range, save codes for missing."""
        return self.numeric and self._share_within(allowed) == 1

    def codes_beside(self, allowed: tuple[float, float] | None) -> tuple[Code, ...]:
        """All codes for missing, where a range is known."""
        return self.codes if allowed is None else (*self.codes, *missing_codes.outside(self.numbers, allowed))

    def _share_within(self, allowed: tuple[float, float]) -> float:
        within = (self.numbers >= allowed[0]) & (self.numbers <= allowed[1])
        counted = within | ~np.isin(self.numbers, list(CODES))
        return float(np.mean(within[counted])) if counted.any() else 0.0


def profile(
    values: "pd.Series[Any]", whole: "pd.Series[Any] | None" = None, labels: Mapping[str, str] | None = None
) -> Profile:
    """The profile of a column as `cohort.load` gives it; of a sample, if `whole` is the column it is drawn from.

    A sample's numbers include the lowest and the highest of the whole column and its codes for missing, so that a
    range holds all of them. `labels` are the file's own, by code.
    """
    whole = values if whole is None else whole
    codes = _codes(whole, labels or {})
    whole = missing_codes.without(whole, codes)
    found = _profile(missing_codes.without(values, codes))
    kept = {code: label for code, label in (labels or {}).items() if code not in {str(code) for code in codes}}
    if found.form in ("integer", "text") and found.distinct == 2 and _all_truths(kept):  # noqa: PLR2004 - yes and no
        found = dataclasses.replace(found, form="truth")
    found = dataclasses.replace(found, codes=(*codes, *found.codes), labels=kept)
    if found.form not in ("integer", "number", "constant") or not _is_numeric(whole):
        return found
    listed = np.unique(whole[whole.isin(list(CODES))].to_numpy(dtype=float))
    extremes = np.array([whole.min(), whole.max(), *listed], dtype=float)
    return dataclasses.replace(found, numbers=np.concatenate([found.numbers, extremes[np.isfinite(extremes)]]))


def _is_numeric(values: "pd.Series[Any]") -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _codes(whole: "pd.Series[Any]", labels: Mapping[str, str]) -> tuple[Code, ...]:
    declared = missing_codes.labelled(labels)
    if not _is_numeric(whole):
        return declared
    numbers = missing_codes.without(whole, declared).dropna().to_numpy(dtype=float)
    return (*declared, *missing_codes.isolated(numbers))


def _all_truths(labels: Mapping[str, str]) -> bool:
    plain = {label.strip().casefold() for label in labels.values()}
    return bool(plain & TRUE_WORDS) and bool(plain & FALSE_WORDS) and plain <= TRUE_WORDS | FALSE_WORDS


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
    codes: tuple[Code, ...] = missing_codes.words(different)
    known = different[~different.isin(codes)]
    if known.empty:
        return Profile("empty")
    plain = set(known.str.casefold())
    if plain <= TRUE_WORDS | FALSE_WORDS and plain & TRUE_WORDS and plain & FALSE_WORDS:
        return Profile("truth", int(counts[known].sum()), 2, codes=codes)
    if len(different) == 1:
        return Profile("constant", len(texts), 1)
    if weights[different.str.fullmatch(DATE).to_numpy()].sum() >= MOSTLY:
        return Profile("date", len(texts), len(different))
    as_numbers = pd.to_numeric(texts, errors="coerce")
    are_numbers = as_numbers.notna()
    if are_numbers.any() and (are_numbers | texts.isin(codes)).mean() >= MOSTLY:
        numbers = as_numbers.dropna().to_numpy(dtype=float)
        more = missing_codes.isolated(numbers)
        numbers = numbers[~np.isin(numbers, [code for code in more if not isinstance(code, str)])]
        stray = bool((~are_numbers & ~texts.isin(codes)).any())
        return dataclasses.replace(_of_numbers(numbers, stray_text=stray), codes=(*codes, *more))
    with_point = pd.to_numeric(different.str.replace(",", ".", n=1, regex=False), errors="coerce")
    if weights[with_point.notna().to_numpy()].sum() >= MOSTLY and different.str.fullmatch(COMMA).any():
        return Profile("decimal comma", len(texts), len(different))
    words = float((different.str.count(" ") + 1).mean())
    return Profile("text", len(texts), len(different), sentences=words >= WORDS_OF_A_SENTENCE)

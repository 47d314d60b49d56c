"""Counts and sums of a part, which add up to those of the cohort; nothing of a single patient is kept."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from therapport.cohort import allowed
from therapport.cohort.stream import Checked
from therapport.features import FactorMatrix
from therapport.predictor import Predictor

FloatArray = NDArray[np.float64]
BINS = 20


@dataclass(frozen=True)
class Group:
    """Patients who have a level of a factor; everyone where there is no factor."""

    factor: str | None = None
    level: float = np.nan
    label: str = "everyone"


@dataclass
class Tally:
    """What is counted. The measures of a group are its scored patients, and sums over them."""

    predictor: Predictor
    rows: int = 0
    scored: int = 0
    abstained: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Column and reason -> rows."""
    missing: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Shape (factors,): of the rows that fit."""
    sums: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    """Shape (groups, measures)."""
    probability: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, dtype=np.int64))
    end_score: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, dtype=np.int64))
    """Patients in each twentieth of the range."""

    @classmethod
    def empty(cls, predictor: Predictor) -> "Tally":
        """Nothing yet."""
        made = cls(predictor)
        made.missing = np.zeros(len(predictor.factors), dtype=np.int64)
        made.sums = np.zeros((len(made.groups), len(made.measures)))
        return made

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Everyone, then the levels of each category and of each yes-or-no factor."""
        return (Group(), *_levels(self.predictor))

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The columns that are summed up, and their sizes without sign."""
        families, predictor = tuple(self.predictor.families), self.predictor
        names = ["patients"]
        if predictor.response is not None:
            names += ["response_probability", *(f"contribution_{family}" for family in families)]
        if predictor.end_score is not None:
            names += ["end_score", *(f"score_contribution_{family}" for family in families)]
        return (*names, *(f"size of {name}" for name in names if "contribution" in name))

    def add(self, matrix: FactorMatrix, arrays: Mapping[str, Any], *, rejected: Checked) -> None:
        """Count the answers to a factor matrix, and the rows that were rejected before."""
        self.rows += len(rejected.ids)
        self.rejected += len(rejected.ids) - len(matrix)
        for column, words, rows in rejected.violations:
            self.reasons[f"{column}: {allowed.reason(words)}"] += len(rows)
        self.missing += np.isnan(matrix).sum(axis=0)
        scored = arrays["status"] == "scored"
        self.scored += int(scored.sum())
        self.abstained += int((~scored).sum())
        if not scored.all():
            matrix, arrays = matrix[scored], {name: _of(values, scored) for name, values in arrays.items()}
        values = [self._measured(name, arrays, len(matrix)) for name in self.measures]
        place = 1
        self.sums[0] += [one.sum() for one in values]
        for name, number in Counter(group.factor for group in self.groups[1:]).items():
            codes = matrix[:, self.predictor.factors.index(str(name))]
            known = ~np.isnan(codes)
            level = codes[known].astype(np.int64)
            for measure, one in enumerate(values):
                self.sums[place : place + number, measure] += np.bincount(level, one[known], minlength=number)
            place += number
        if "response_probability" in arrays:
            self.probability += np.histogram(arrays["response_probability"], BINS, (0, 1))[0]
        if self.predictor.end_score_instrument is not None and "end_score" in arrays:
            self.end_score += np.histogram(arrays["end_score"], BINS, self.predictor.end_score_instrument.range)[0]

    def to_json(self) -> dict[str, Any]:
        """Plain values; they come back the same to the last bit."""
        return {
            "rows": self.rows,
            "scored": self.scored,
            "abstained": self.abstained,
            "rejected": self.rejected,
            "reasons": dict(sorted(self.reasons.items())),
            "missing": self.missing.tolist(),
            "sums": self.sums.tolist(),
            "probability": self.probability.tolist(),
            "end_score": self.end_score.tolist(),
        }

    def add_json(self, document: Mapping[str, Any]) -> None:
        """Add what a part has counted; parts are added in their order, so that sums are the same each time."""
        for name in ("rows", "scored", "abstained", "rejected"):
            setattr(self, name, getattr(self, name) + document[name])
        self.reasons.update(document["reasons"])
        for name in ("missing", "sums", "probability", "end_score"):
            getattr(self, name).__iadd__(np.array(document[name]))

    def _measured(self, name: str, arrays: Mapping[str, Any], patients: int) -> FloatArray:
        if name == "patients":
            return np.ones(patients)
        column = name.removeprefix("size of ")
        values = np.asarray(arrays[column], dtype=np.float64) if column in arrays else np.zeros(patients)
        return np.abs(values) if column != name else values


def _of(values: Any, scored: NDArray[np.bool_]) -> Any:  # noqa: ANN401 - arrays, or what is the same for everyone
    return values[scored] if isinstance(values, np.ndarray) and values.ndim else values


def _levels(predictor: Predictor) -> Iterator[Group]:
    for name in predictor.factors:
        factor = predictor.codebook.factors[name]
        labels = {"category": tuple(factor.levels.values()), "boolean": ("no", "yes")}.get(factor.kind, ())
        yield from (Group(name, float(code), label) for code, label in enumerate(labels))

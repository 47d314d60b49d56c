"""Dropout and completion: outcomes without a measure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from therapport.errors import ConfigurationError
from therapport.instruments import Instrument
from therapport.language import gettext as _
from therapport.outcome.binary import FloatArray, columns_of
from therapport.outcome.response import Response, Worded


@dataclass(frozen=True)
class EventOutcome(Worded):
    """Whether someone dropped out of treatment or completed it, from a column that says the one or the other.

    Raises ConfigurationError if the response is another one.
    """

    response: Response
    recorded: Literal["dropped_out", "completed"] = "dropped_out"
    """What a 1 in the column means."""

    def __post_init__(self) -> None:
        if self.response.rests_on != "event":
            raise ConfigurationError(f"{self.label} is not an event, but an outcome on scores.")

    @property
    def definition(self) -> str:
        """The rule in one sentence; it stands beside every result and every explanation."""
        if self.recorded == "dropped_out":
            dropout, none = _("a dropout from treatment is recorded"), _("no dropout from treatment is recorded")
            return dropout if self._is_recorded else none
        completion, none = _("a completion of treatment is recorded"), _("no completion of treatment is recorded")
        return completion if self._is_recorded else none

    @property
    def denominator(self) -> str:
        """Whom a rate counts, in one sentence; everyone else is NaN."""
        what = {"dropped_out": "dropped out", "completed": "completed treatment"}[self.recorded]
        return f"Patients of whom it is recorded whether they {what}."

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """None: an event needs no measure."""
        return ()

    @property
    def roles(self) -> tuple[str, ...]:
        """The column that `of_columns` needs."""
        return (self.recorded,)

    def of(self, recorded: FloatArray) -> FloatArray:
        """1 where it happened, 0 where not, NaN where it is not known; shape (patients,)."""
        recorded = np.asarray(recorded, dtype=np.float64)
        return recorded if self._is_recorded else 1.0 - recorded

    def of_columns(self, columns: Mapping[str, FloatArray]) -> FloatArray:
        """The same from the column in its role; raises ConfigurationError if it is missing."""
        (recorded,) = columns_of(self, columns)
        return self.of(recorded)

    @property
    def _is_recorded(self) -> bool:
        return (self.response is Response.DROPOUT) == (self.recorded == "dropped_out")

"""Dropout and completion: outcomes without a measure."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from therapport.errors import ConfigurationError
from therapport.instruments import Instrument
from therapport.outcome.binary import FloatArray, columns_of
from therapport.outcome.response import LABELS, PHRASES, Phrase, Response


@dataclass(frozen=True)
class EventOutcome:
    """Whether someone dropped out of treatment or completed it, from a column in which 1 means dropped out.

    Raises ConfigurationError if the response is another one.
    """

    response: Response

    def __post_init__(self) -> None:
        if self.response.rests_on != "event":
            raise ConfigurationError(f"{self.label} is not an event, but an outcome on scores.")

    @property
    def label(self) -> str:
        """The name of the outcome in running text."""
        return LABELS[self.response]

    @property
    def phrase(self) -> Phrase:
        """The words in 'Of 100 people like this, about 40 …'."""
        return PHRASES[self.response]

    @property
    def definition(self) -> str:
        """The rule in one sentence; it stands beside every result and every explanation."""
        if self.response is Response.DROPOUT:
            return "a dropout from treatment is recorded"
        return "no dropout from treatment is recorded"

    @property
    def denominator(self) -> str:
        """Whom a rate counts, in one sentence; everyone else is NaN."""
        return "Patients of whom it is recorded whether they dropped out."

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """None: an event needs no measure."""
        return ()

    @property
    def roles(self) -> tuple[str, ...]:
        """The column that `of_columns` needs."""
        return ("dropped_out",)

    def of(self, dropped_out: FloatArray) -> FloatArray:
        """1 where it happened, 0 where not, NaN where it is not known; shape (patients,)."""
        dropped_out = np.asarray(dropped_out, dtype=np.float64)
        return dropped_out if self.response is Response.DROPOUT else 1.0 - dropped_out

    def of_columns(self, columns: Mapping[str, FloatArray]) -> FloatArray:
        """The same from the column `dropped_out`; raises ConfigurationError if it is missing."""
        (dropped_out,) = columns_of(self, columns)
        return self.of(dropped_out)

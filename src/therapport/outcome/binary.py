"""What every binary outcome offers, so that a study can hold any of them."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from therapport.errors import ConfigurationError
from therapport.instruments import Instrument
from therapport.outcome.response import Phrase, Response

FloatArray = NDArray[np.float64]


class BinaryOutcome(Protocol):
    """A rule from columns to 1 (it happened), 0 (it did not) or NaN (it is not known or not defined)."""

    @property
    def response(self) -> Response:
        """Which outcome it is; `response.favourable` says whether it is good news."""

    @property
    def label(self) -> str:
        """The name of the outcome in running text."""

    @property
    def definition(self) -> str:
        """The rule in one sentence without a full stop; it stands beside every result and every explanation."""

    @property
    def denominator(self) -> str:
        """Whom a rate counts, in one sentence; everyone else is NaN."""

    @property
    def phrase(self) -> Phrase:
        """The words in 'Of 100 people like this, about 40 …'."""

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """The measures that it rests on; none for an event."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The names under which `of_columns` needs its columns, such as before and after."""

    def of_columns(self, columns: Mapping[str, FloatArray]) -> FloatArray:
        """1, 0 or NaN for each patient, shape (patients,), from a column per role; others are ignored.

        Raises ConfigurationError if a role has no column.
        """


def columns_of(outcome: BinaryOutcome, columns: Mapping[str, FloatArray]) -> list[FloatArray]:
    """The columns of the outcome's roles, in their order.

    Raises ConfigurationError if a role has no column.
    """
    if lacking := [role for role in outcome.roles if role not in columns]:
        raise ConfigurationError(f"{outcome.label}: no column is named for {', '.join(lacking)}.")
    return [np.asarray(columns[role], dtype=np.float64) for role in outcome.roles]

"""What a user can say of a run."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from therapport.predictor.outputs import Output

ROWS_IN_A_PART = 1 << 17
ROWS_IN_A_PIECE = 1 << 16
"""What one thread works on at a time, and a row group of the answers."""
MOST_REJECTED = 0.05


@dataclass(frozen=True)
class Settings:
    """How a cohort is read and what is asked of it."""

    outputs: tuple[Output, ...] = (Output.INTERVALS,)
    table: str | None = None
    """Of a DuckDB database."""
    measurements: Path | None = None
    encoding: str | None = None
    ignore_unknown: bool = False
    allow_absent: bool = False
    overwrite: bool = False
    most_rejected: float = MOST_REJECTED
    """The largest share of rows that may be rejected; beyond it nothing is written."""
    part_rows: int = ROWS_IN_A_PART
    threads: int | None = None
    """None takes as many as there are cores."""


Told = Callable[[int], None]
"""Is told how many rows more are done."""

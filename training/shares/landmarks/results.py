"""What is found at each landmark, as plain data."""

from typing import Literal

from therapport.predictor.figure import Figure
from therapport.tomlfile import Strict


class AtLandmark(Strict):
    """Shares of one outcome among those still in treatment at one landmark."""

    landmark: str
    patients: int
    """Rounded down to tens; 0 where nothing could be found."""
    total: Figure | None
    families: dict[str, Figure]
    """Those of which anything is known by then."""
    lack: str | None = None
    """Why there are no shares."""


class OverLandmarks(Strict):
    """One outcome."""

    kind: Literal["binary", "score"]
    definition: str
    measure: Literal["r2", "scaled_brier"]
    landmarks: tuple[AtLandmark, ...]

"""From standardised values to what real instruments record: units, whole numbers, floors and ceilings."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from therapport import codebook, instruments
from therapport.codebook import Codebook
from therapport.simulator.latent import GUIDED

CODEBOOK = Path(__file__).parent / "codebook.toml"
BEFORE, AFTER = "phq9_intake", "phq9_end"

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Measurement:
    """How an instrument records a latent value, before its floor and ceiling."""

    latent: str
    in_units: Callable[[Values], Values]
    decimals: int = 0
    """0 for instruments that give whole numbers."""


def _normal(*, mean: float, sd: float) -> Callable[[Values], Values]:
    return lambda latent: mean + sd * latent


def _lognormal(*, median: float, log_sd: float) -> Callable[[Values], Values]:
    return lambda latent: median * np.exp(log_sd * latent)


def _decile_from_the_top(latent: Values) -> Values:
    """Tenths of the population of equal size, of which 1 holds the highest values."""
    tenths_below: Values = np.floor(10 * special.ndtr(latent))
    return 10 - tenths_below


# PHQ-9: NHS Talking Therapies 2022-23, read in a secondary source. WAI-SR: customary figures, recalled.
# CTS-R: 36 or more counts as competent, recalled. All other means and spreads are assumptions.
MEASUREMENTS: Mapping[str, Measurement] = {
    "phq9_intake": Measurement("sev", _normal(mean=15.4, sd=5.5)),
    "episode_months": Measurement("chron", _lognormal(median=12, log_sd=1.1)),
    # As the NHS counts: decile 1 is the most deprived tenth.
    "deprivation_decile": Measurement("depriv", _decile_from_the_top),
    "alliance": Measurement("alli3", _normal(mean=4.0, sd=0.65), decimals=2),
    "adherence": Measurement("tech_adh", _normal(mean=0.75, sd=0.15), decimals=2),
    "competence": Measurement("tech_comp", _normal(mean=39, sd=9)),
    "expectancy": Measurement("expect", _normal(mean=17, sd=5), decimals=1),
    "therapist_skill": Measurement("ther", _normal(mean=3.2, sd=0.5), decimals=2),
    "reactance": Measurement("react", _normal(mean=68, sd=9)),
    "observed_resistance": Measurement("resist3", _normal(mean=0.25, sd=0.15), decimals=2),
    "homework_completion": Measurement("engage", _normal(mean=0.65, sd=0.22), decimals=2),
    "phq9_end": Measurement("y", _normal(mean=9.4, sd=6.4)),
}
DELIVERY_MODE = "delivery_mode"


def recorded(name: str, latent: Values) -> Values:
    """What the instrument of that column shows for latent values: rounded, within the codebook's range; same shape."""
    measurement = MEASUREMENTS[name]
    lowest, highest = _range(name)
    rounded = np.round(measurement.in_units(latent), measurement.decimals)
    return np.clip(rounded, lowest, highest) + 0.0  # Adding 0 turns the -0.0 of rounding into 0.0.


def at_caseness(severity: Values) -> npt.NDArray[np.bool_]:
    """Whether the recorded PHQ-9 at intake reaches the cut-off, for latent severities; same shape."""
    return recorded(BEFORE, severity) >= instruments.instrument("phq9").cutoff


def record(latent: pd.DataFrame) -> pd.DataFrame:
    """Every factor and measure of the codebook in its order, row for row: Int64, float64 or text; nothing missing."""
    columns: dict[str, pd.Series] = {}
    for name in (*shipped_codebook().factors, *shipped_codebook().measures):
        if name == DELIVERY_MODE:
            columns[name] = pd.Series(np.where(latent[GUIDED] > 0, "guided", "unguided"), dtype="str")
            continue
        values = pd.Series(recorded(name, latent[MEASUREMENTS[name].latent].to_numpy()))
        columns[name] = values if MEASUREMENTS[name].decimals else values.astype("Int64")
    return pd.DataFrame(columns)


@functools.cache
def shipped_codebook() -> Codebook:
    """The codebook that is written with every simulated cohort."""
    return codebook.read(CODEBOOK)


def _range(name: str) -> tuple[float, float]:
    described = shipped_codebook()
    if name in described.measures:
        return described.instrument_of(name).range
    limits = described.factors[name].range
    assert limits is not None  # noqa: S101 - the codebook reader demands it of every number
    return limits

"""From standardised values to what real instruments record: units, whole numbers, floors and ceilings."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from therapport import codebook, instruments
from therapport.codebook import Codebook
from therapport.simulator.latent import GUIDED
from therapport.simulator.scales import DecileFromTheTop, Lognormal, Normal, Scale

CODEBOOK = Path(__file__).parent / "codebook.toml"
BEFORE, AFTER = "phq9_intake", "phq9_end"

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Measurement:
    """How an instrument records a latent value, before its floor and ceiling."""

    latent: str
    scale: Scale
    decimals: int = 0
    """0 for instruments that give whole numbers."""


# PHQ-9: NHS Talking Therapies 2022-23, read in a secondary source. WAI-SR: customary figures, recalled.
# CTS-R: 36 or more counts as competent, recalled. All other means and spreads are assumptions.
MEASUREMENTS: Mapping[str, Measurement] = {
    "phq9_intake": Measurement("sev", Normal(mean=15.4, sd=5.5)),
    "episode_months": Measurement("chron", Lognormal(median=12, log_sd=1.1)),
    # As the NHS counts: decile 1 is the most deprived tenth.
    "deprivation_decile": Measurement("depriv", DecileFromTheTop()),
    "alliance": Measurement("alli3", Normal(mean=4.0, sd=0.65), decimals=2),
    "adherence": Measurement("tech_adh", Normal(mean=0.75, sd=0.15), decimals=2),
    "competence": Measurement("tech_comp", Normal(mean=39, sd=9)),
    "expectancy": Measurement("expect", Normal(mean=17, sd=5), decimals=1),
    "therapist_skill": Measurement("ther", Normal(mean=3.2, sd=0.5), decimals=2),
    "reactance": Measurement("react", Normal(mean=68, sd=9)),
    "observed_resistance": Measurement("resist3", Normal(mean=0.25, sd=0.15), decimals=2),
    "homework_completion": Measurement("engage", Normal(mean=0.65, sd=0.22), decimals=2),
    "phq9_end": Measurement("y", Normal(mean=9.4, sd=6.4)),
}
DELIVERY_MODE = "delivery_mode"


@dataclass(frozen=True)
class Recording:
    """Which of an instrument's own limits apply."""

    whole_numbers: bool = True
    floors_and_ceilings: bool = True


REAL = Recording()
"""As real instruments record."""


def in_units(
    measurement: Measurement, latent: Values, limits: tuple[float, float], recording: Recording = REAL
) -> Values:
    """What an instrument shows for standardised values: rounded, within its limits; same shape."""
    units = measurement.scale.of(latent)
    if recording.whole_numbers:
        units = np.round(units, measurement.decimals)
    if recording.floors_and_ceilings:
        units = np.clip(units, *limits)
    return units + 0.0  # Adding 0 turns the -0.0 of rounding into 0.0.


def recorded(name: str, latent: Values, recording: Recording = REAL) -> Values:
    """What the instrument of that column shows for latent values: rounded, within the codebook's range; same shape."""
    return in_units(MEASUREMENTS[name], latent, _range(name), recording)


def at_caseness(severity: Values) -> npt.NDArray[np.bool_]:
    """Whether the recorded PHQ-9 at intake reaches the cut-off, for latent severities; same shape."""
    return recorded(BEFORE, severity) >= instruments.instrument("phq9").cutoff


def record(latent: pd.DataFrame, recording: Recording = REAL) -> pd.DataFrame:
    """Every factor of the codebook in its order and the end score, row for row: Int64, float64 or text, complete."""
    columns: dict[str, pd.Series] = {}
    for name in (*shipped_codebook().factors, AFTER):
        if name == DELIVERY_MODE:
            columns[name] = pd.Series(np.where(latent[GUIDED] > 0, "guided", "unguided"), dtype="str")
            continue
        columns[name] = as_column(
            MEASUREMENTS[name], recorded(name, latent[MEASUREMENTS[name].latent].to_numpy(), recording), recording
        )
    return pd.DataFrame(columns)


def as_column(measurement: Measurement, values: Values, recording: Recording = REAL) -> pd.Series:
    """Whole numbers as Int64, which can be missing; else float64."""
    series = pd.Series(values)
    return series if measurement.decimals or not recording.whole_numbers else series.astype("Int64")


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

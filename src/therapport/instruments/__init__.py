"""Instruments as data: what a score can be and which thresholds are published, each figure with its source.

    instruments.instrument("phq9").cutoff

`symptoms.toml` holds the measures that outcomes are made from, `process.toml` those of what happens in therapy.
A codebook may bring its own in the same form, [instruments.my_scale]; no item texts: many scales are licensed.
"""

import functools
from collections.abc import Mapping
from pathlib import Path

from therapport import tomlfile
from therapport.errors import ConfigurationError
from therapport.instruments.instrument import Alternative, Certainty, Figure, Instrument, Loinc, Reliability
from therapport.tomlfile import Strict

__all__ = [
    "Alternative",
    "Certainty",
    "Figure",
    "Instrument",
    "Loinc",
    "Reliability",
    "all_instruments",
    "instrument",
    "process",
    "symptoms",
]

SYMPTOMS, PROCESS = (Path(__file__).parent / name for name in ("symptoms.toml", "process.toml"))


class _Instruments(Strict):
    instruments: dict[str, Instrument]


@functools.cache
def symptoms() -> Mapping[str, Instrument]:
    """The shipped measures of symptoms, functioning and well-being, by short name."""
    return tomlfile.read(SYMPTOMS, _Instruments).instruments


@functools.cache
def process() -> Mapping[str, Instrument]:
    """The shipped measures of alliance, technique, motivation and the like, by short name."""
    return tomlfile.read(PROCESS, _Instruments).instruments


@functools.cache
def all_instruments() -> Mapping[str, Instrument]:
    """Every instrument that is shipped, by its short name."""
    return {**symptoms(), **process()}


def instrument(name: str, own: Mapping[str, Instrument] | None = None) -> Instrument:
    """The instrument of that short name; one of a codebook's own comes before a shipped one.

    Raises ConfigurationError if there is none.
    """
    known = {**all_instruments(), **(own or {})}
    if name not in known:
        raise ConfigurationError(f"unknown instrument {name}; known: {', '.join(known)}.")
    return known[name]

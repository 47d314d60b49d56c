"""What a codebook may not say of a long table of measurements, and of the factors and measures that rest on it."""

from collections import Counter
from collections.abc import Iterator, Mapping

from therapport.codebook.columns import Factor, Measure
from therapport.codebook.document import Codebook
from therapport.codebook.repeated import SCORES, Measurements, RepeatedMeasure
from therapport.instruments import Instrument
from therapport.tomlfile import Location, Problem


def problems(codebook: Codebook, known_instruments: Mapping[str, Instrument]) -> Iterator[Problem]:
    """Every problem, each with its place."""
    if codebook.measurements is not None:
        yield from _table_problems(codebook.measurements, codebook)
    elif codebook.repeated_measures:
        yield Problem(("repeated_measures",), "[measurements] must say which columns of the long table hold them")
    for name, repeated in codebook.repeated_measures.items():
        where = ("repeated_measures", name)
        if not repeated.range[0] < repeated.range[1]:
            yield Problem((*where, "range"), "the lowest value must be below the highest")
        if repeated.instrument is not None and repeated.instrument not in known_instruments:
            yield Problem((*where, "instrument"), f"unknown instrument; known: {', '.join(known_instruments)}")
        elif repeated.instrument is not None:
            yield from _beyond_instrument(where, repeated, known_instruments[repeated.instrument])
    for name, factor in codebook.factors.items():
        yield from _factor_problems(("factors", name), factor, codebook)
    for name, measure in codebook.measures.items():
        yield from _measure_problems(("measures", name), measure, codebook, known_instruments)


def _table_problems(table: Measurements, codebook: Codebook) -> Iterator[Problem]:
    if table.session is None and table.date is None:
        yield Problem(("measurements",), "name a column under session, under date, or both: when was it measured?")
    if table.session is None and table.date is not None and codebook.dates.start is None:
        yield Problem(
            ("measurements", "date"), "dates are counted from the start of the episode: name its column under [dates]"
        )
    for column, times in Counter(table.columns()).items():
        if times > 1:
            yield Problem(("measurements",), f"the column {column} cannot have {times} roles")
    for place, name in enumerate(table.ignored):
        if name in codebook.repeated_measures:
            yield Problem(("measurements", "ignored", place), f"{name} is a repeated measure, so it is read")


def _factor_problems(where: Location, factor: Factor, codebook: Codebook) -> Iterator[Problem]:
    if (factor.repeated_measure is None) != (factor.summary is None):
        yield Problem(where, "repeated_measure and summary belong together")
    if factor.repeated_measure is None or factor.summary is None:
        return
    repeated = codebook.repeated_measures.get(factor.repeated_measure)
    if repeated is None:
        yield _unknown(where, codebook)
        return
    if factor.kind not in ("number", "integer"):
        yield Problem((*where, "kind"), "a summary of measurements is a number or an integer")
    elif factor.kind == "integer" and factor.summary in ("mean", "slope"):
        yield Problem((*where, "kind"), f"a {factor.summary} is a number, not an integer")
    if factor.instrument is not None and factor.summary not in SCORES:
        yield Problem((*where, "instrument"), f"a {factor.summary} is no score of an instrument; leave it out")
    elif factor.instrument not in (None, repeated.instrument):
        yield Problem((*where, "instrument"), f"{factor.repeated_measure} is not measured with this instrument")
    possible = repeated.range if factor.summary in SCORES else None
    if factor.summary == "change":
        possible = (repeated.range[0] - repeated.range[1], repeated.range[1] - repeated.range[0])
    if possible is not None and factor.range is not None and not _holds(factor.range, possible):
        low, high = possible
        yield Problem((*where, "range"), f"must hold what the {factor.summary} may be, {low:g} to {high:g}")


def _measure_problems(
    where: Location, measure: Measure, codebook: Codebook, known_instruments: Mapping[str, Instrument]
) -> Iterator[Problem]:
    if measure.repeated_measure is None:
        return
    repeated = codebook.repeated_measures.get(measure.repeated_measure)
    if repeated is None:
        yield _unknown(where, codebook)
    elif measure.kind != "score":
        yield Problem((*where, "kind"), "only a measure of kind score can rest on a repeated measure")
    elif repeated.instrument not in (None, measure.instrument):
        yield Problem((*where, "instrument"), f"{measure.repeated_measure} is not measured with this instrument")
    elif repeated.instrument is None and measure.instrument is not None and measure.instrument in known_instruments:
        yield from _beyond_instrument(
            ("repeated_measures", measure.repeated_measure), repeated, known_instruments[measure.instrument]
        )


def _unknown(where: Location, codebook: Codebook) -> Problem:
    known = ", ".join(codebook.repeated_measures) or "none"
    return Problem((*where, "repeated_measure"), f"the codebook has no such repeated measure; it has: {known}")


def _beyond_instrument(where: Location, repeated: RepeatedMeasure, instrument: Instrument) -> Iterator[Problem]:
    if not _holds(instrument.range, repeated.range):
        low, high = instrument.range
        yield Problem((*where, "range"), f"goes beyond the range of {instrument.label}, {low:g} to {high:g}")


def _holds(outer: tuple[float, float], inner: tuple[float, float]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]

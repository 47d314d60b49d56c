"""What the long table of a caseload says of the end score's instrument, session by session, up to the prediction."""

from pathlib import Path

import numpy as np

from therapport import instruments
from therapport.cohort.files import load
from therapport.cohort.measurements import reading
from therapport.errors import CohortError
from therapport.predictor import Predictor

Series = dict[str, tuple[tuple[int, float], ...]]
"""Id -> session and score, in the order of sessions."""


def sessions(path: Path | None, predictor: Predictor) -> Series:
    """Of everyone in the table; nothing where it has no sessions, or the model no end score.

    Raises CohortError with every problem of the table.
    """
    codebook, last = predictor.codebook, predictor.landmark.session
    columns, instrument = codebook.measurements, predictor.end_score_instrument
    if path is None or columns is None or columns.session is None or instrument is None or last is None:
        return {}
    codes = {code for code, one in instruments.all_instruments().items() if one.label == instrument.label}
    places = [place for place, one in enumerate(codebook.repeated_measures.values()) if one.instrument in codes]
    contents = load(path, text_columns=(columns.episode, columns.factor), rows="measurements")
    table, problems, _ = reading.read(contents, codebook, columns, name=path.name, filled=())
    if problems:
        raise CohortError(f"{path.name}: {len(problems)} problem{'s' * (len(problems) > 1)}.", problems)
    wanted = table.measured & np.isin(table.measure, places) & (table.session <= last)
    found: dict[str, list[tuple[int, float]]] = {}
    for row in np.flatnonzero(wanted):
        name = str(table.names[table.episode[row]])
        found.setdefault(name, []).append((int(table.session[row]), float(table.value[row])))
    return {name: tuple(sorted(several)) for name, several in found.items()}

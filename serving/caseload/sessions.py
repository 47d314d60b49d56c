"""What the long table of a caseload says of the end score's instrument, moment by moment, up to the prediction."""

from pathlib import Path

from serving.beside.course import unit_of
from therapport import instruments
from therapport.cohort import AsOf, Cohort
from therapport.cohort.measurements.scores import scores
from therapport.predictor import Predictor

Series = dict[str, tuple[tuple[int, float], ...]]
"""Id -> session (or week) and score, in their order."""
DAYS_A_WEEK = 7


def sessions(path: Path | None, predictor: Predictor, cohort: Cohort) -> Series:
    """Of everyone in the cohort; nothing where the table has no scores, or the model no end score.

    Raises CohortError with every problem of the table.
    """
    codebook, landmark = predictor.codebook, predictor.landmark
    instrument = predictor.end_score_instrument
    if path is None or codebook.measurements is None or instrument is None:
        return {}
    codes = {code for code, one in instruments.all_instruments().items() if one.label == instrument.label}
    measures = [name for name, one in codebook.repeated_measures.items() if one.instrument in codes]
    ids = cohort.table[codebook.id].astype(str)
    known = scores(AsOf(landmark, path), codebook, ids, measures, cohort.start)
    if known is None:
        return {}
    by_week = unit_of(predictor) == "week"
    last = (landmark.days or 0) // DAYS_A_WEEK if by_week else landmark.session or 0
    names, found = ids.tolist(), dict[str, list[tuple[int, float]]]()
    for episode, when, value in zip(known.episode.tolist(), known.when.tolist(), known.value.tolist(), strict=True):
        if when <= last:
            found.setdefault(names[episode], []).append((when, value))
    return {name: tuple(several) for name, several in found.items()}

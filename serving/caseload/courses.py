"""Whose latest score lies outside the expected band, on the poorer side: a further reason to look at someone."""

import math

from serving import sentences
from serving.beside import band, band_words
from serving.beside.course import began_at_intake, expected_course
from serving.caseload.source import Listed
from therapport.predictor import Predictor


def behind(predictor: Predictor, listed: Listed, place: int) -> str:
    """The sentence for one patient of a list; empty where nothing is to be said."""
    expected, instrument = expected_course(predictor), predictor.end_score_instrument
    if expected is None or instrument is None or listed.cohort is None or expected.intake not in listed.cohort.table:
        return ""
    row = listed.cohort.table.iloc[place]
    intake = float(row[expected.intake])
    scores = listed.sessions.get(str(row[predictor.codebook.id]), ())
    known = not math.isnan(intake) and began_at_intake(predictor, expected, scores)
    found = band.latest(expected, intake, scores) if known else None
    if found is None:
        return ""
    when, score, side = found
    if side != ("above" if instrument.better == "lower" else "below"):
        return ""
    return band_words.behind(expected, sentences.score(score, instrument), when, side)

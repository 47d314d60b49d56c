"""How a predictor was made and explained: the receipt of a report, and a sentence for every kind of interval."""

from serving import family_words, reading, sentences
from serving.text import number
from therapport.calibration import Affine
from therapport.explanation import Refits
from therapport.predictor import ExplainedModel, Predictor


def receipt(predictor: Predictor) -> tuple[tuple[str, str], ...]:
    """Facts with their names."""
    evidence = predictor.evidence
    lines = [
        ("Folds", f"{evidence.folds} folds × {evidence.repeats} {'repeat' if evidence.repeats == 1 else 'repeats'}"),
        ("Grouping level", f"{evidence.group}: no {evidence.group} is in two folds"),
        ("Groups found in two folds", f"{evidence.straddling} (must be 0)"),
        ("Intervals", f"95 %, {evidence.draws:,} draws of a bootstrap of whole groups ({evidence.group})"),
    ]
    for what, model in (("the outcome", predictor.response), ("the end score", predictor.end_score)):
        if model is not None:
            lines.append((f"Calibration of {what}", _line(model.calibration)))
    return (
        *lines,
        ("Predicted", sentences.at(predictor.landmark)),
        ("Model", f"{predictor.name}, version {predictor.version}"),
        ("Codebook", f"{predictor.codebook.name}, digest {predictor.codebook.digest()}"),
        ("Cohort", f"digest {evidence.cohort.digest}"),
        ("Source", predictor.codebook.source),
    )


def explained(predictor: Predictor) -> tuple[str, ...]:
    """How contributions are computed, whom they start from, and how every kind of interval is made."""
    methods = [reading.of_kind(predictor, one.kind).method for one in predictor.evidence.comparisons]
    return (
        *(family_words.computed(method) for method in dict.fromkeys(methods)),
        *_starts_from(predictor),
        *_refits(predictor),
        *([sentences.END_SCORE_INTERVAL] if predictor.end_score and predictor.end_score.half_width is not None else []),
        sentences.figure_intervals(predictor.evidence.draws, predictor.evidence.group),
    )


def refitted(predictor: Predictor) -> Refits | None:
    """The refits of the predictor's models; None where there are none."""
    return next((one.refits for one in _models(predictor) if one.refits is not None), None)


def _models(predictor: Predictor) -> tuple[ExplainedModel, ...]:
    return tuple(one for one in (predictor.response, predictor.end_score) if one is not None)


def _starts_from(predictor: Predictor) -> tuple[str, ...]:
    known = predictor.evidence.reference
    if known is None:
        return ()
    same = None if known.same is None else predictor.codebook.factors[known.same].label
    return (family_words.starts_from(known.patients, reading.levels(predictor, known), same),)


def _refits(predictor: Predictor) -> tuple[str, ...]:
    refits = refitted(predictor)
    if refits is None:
        return (family_words.NO_MODEL_UNCERTAINTY,)
    return (
        family_words.model_uncertainty(len(refits.explainers), predictor.evidence.group, refits.multiplier),
        family_words.WHAT_REFITS_SAY,
    )


def _line(calibration: Affine) -> str:
    return f"calibrated = {number(calibration.intercept, 3)} + {number(calibration.slope, 3)} × the model’s own score"

"""PHQ-9 item 9 above zero brings a notice. It is asked for beside the codebook, and nothing hands it to a model."""

from collections.abc import Mapping

from serving.beside import words
from therapport.language import gettext as _
from therapport.predictor import Predictor

FIELD = "safety_phq9_item9"
INSTRUMENT, LABEL = "phq9", "PHQ-9"
ANSWERS = ("0", "1", "2", "3")


def asked(predictor: Predictor) -> bool:
    """Whether the model has to do with the PHQ-9 at all."""
    factors = predictor.codebook.factors
    end = predictor.end_score_instrument
    in_factors = any(factors[name].instrument == INSTRUMENT for name in predictor.factors)
    return in_factors or (end is not None and end.label == LABEL)


def notice(typed: Mapping[str, str]) -> str:
    """The notice, where the answer is above zero; whatever stands there that is no answer counts as one."""
    said = typed.get(FIELD, "").strip()
    return _(words.SAFETY) if said not in ("", "0") else ""


def problems(typed: Mapping[str, str]) -> list[str]:
    """What is wrong with the entry."""
    said = typed.get(FIELD, "").strip()
    return [] if said in ("", *ANSWERS) else [_(words.SAFETY_WRONG)]

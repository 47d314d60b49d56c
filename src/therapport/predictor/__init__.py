"""A predictor: fitted, calibrated and explained; all that training hands to serving."""

from therapport.predictor.abstaining import REASONS, Limits
from therapport.predictor.answer import COLUMNS, answer_columns
from therapport.predictor.artifact import load, save
from therapport.predictor.evidence import Evidence
from therapport.predictor.golden import golden, reproduces_golden
from therapport.predictor.model import ExplainedModel, Predictor
from therapport.predictor.profile import FactorProfile, profile
from therapport.predictor.prototypes import made_up, prototypes
from therapport.predictor.rows import AnswerRow, answer_rows

__all__ = [
    "COLUMNS",
    "REASONS",
    "AnswerRow",
    "Evidence",
    "ExplainedModel",
    "FactorProfile",
    "Limits",
    "Predictor",
    "answer_columns",
    "answer_rows",
    "golden",
    "load",
    "made_up",
    "profile",
    "prototypes",
    "reproduces_golden",
    "save",
]

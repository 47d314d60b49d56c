"""What counts as a good or a bad end of therapy: binary outcomes with their rule, denominator and words.

    outcome.Outcome(Response.RECOVERY, instrument).of(before, after)

`Outcome` rests on two scores of one measure, `PairOutcome` on two measures (NHS Talking Therapies), `EventOutcome` on
whether treatment was completed. All are a `BinaryOutcome`: from named columns to 1, 0 or NaN. `rules` and `nhs` hold
the rules as plain functions, `thresholds` the formulas for cut-offs and reliable change.
"""

from therapport.outcome.binary import BinaryOutcome, FloatArray
from therapport.outcome.event import EventOutcome
from therapport.outcome.pair import PairOutcome
from therapport.outcome.response import PHRASES, Phrase, Response
from therapport.outcome.rules import ChangeClass, classes
from therapport.outcome.single import Outcome
from therapport.outcome.stored import AnyOutcome, from_json, to_json
from therapport.outcome.thresholds import cutoff_a, cutoff_b, cutoff_c, reliable_change

__all__ = [
    "PHRASES",
    "AnyOutcome",
    "BinaryOutcome",
    "ChangeClass",
    "EventOutcome",
    "FloatArray",
    "Outcome",
    "PairOutcome",
    "Phrase",
    "Response",
    "classes",
    "cutoff_a",
    "cutoff_b",
    "cutoff_c",
    "from_json",
    "reliable_change",
    "to_json",
]

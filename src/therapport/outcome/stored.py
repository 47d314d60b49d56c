"""Outcomes as JSON, so that an artifact can say what it predicts; thresholds and instruments go with it in full.

A new kind of outcome is a new `kind`. A kind is never given a new meaning: what was stored must still be read.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from therapport.instruments import Instrument
from therapport.outcome.event import EventOutcome
from therapport.outcome.pair import PairOutcome
from therapport.outcome.response import Response
from therapport.outcome.single import Outcome

AnyOutcome = Outcome | PairOutcome | EventOutcome


def to_json(outcome: AnyOutcome) -> dict[str, Any]:
    """The outcome as plain values; `from_json` gives the same outcome back."""
    document: dict[str, Any] = {"kind": outcome.response.rests_on, "response": outcome.response.value}
    match outcome:
        case Outcome():
            return document | {
                "instrument": outcome.instrument.model_dump(mode="json"),
                "cutoff": _number(outcome.cutoff),
                "reliable_change": _number(outcome.reliable_change),
                "remission": _number(outcome.remission),
            }
        case PairOutcome():
            return document | {
                "depression": outcome.depression.model_dump(mode="json"),
                "anxiety": outcome.anxiety.model_dump(mode="json"),
                "specific": [instrument.model_dump(mode="json") for instrument in outcome.specific],
                "checks_finished": outcome.checks_finished,
            }
        case EventOutcome():
            return document | {"recorded": outcome.recorded}


def from_json(document: Mapping[str, Any]) -> AnyOutcome:
    """The outcome that `to_json` described; also of artifacts from before there were kinds.

    Raises KeyError, TypeError or ValueError if it is none, and ConfigurationError if it cannot be.
    """
    response = Response(document["response"])
    match document.get("kind", "one measure"):
        case "one measure":
            return Outcome.stated(
                response,
                _instrument(document["instrument"]),
                cutoff=document["cutoff"],
                reliable_change=document["reliable_change"],
                remission=document.get("remission"),
            )
        case "two measures":
            return PairOutcome(
                response,
                _instrument(document["depression"]),
                _instrument(document["anxiety"]),
                tuple(_instrument(each) for each in document["specific"]),
                document["checks_finished"],
            )
        case "event":
            return EventOutcome(response, document.get("recorded", "dropped_out"))
        case kind:
            raise ValueError(f"an unknown kind of outcome: {kind}")


def _number(threshold: float) -> float | None:
    return None if math.isnan(threshold) else threshold


def _instrument(document: Mapping[str, Any]) -> Instrument:
    # Through JSON, because strict JSON mode takes arrays for tuples.
    return Instrument.model_validate_json(json.dumps(document))

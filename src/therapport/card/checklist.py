"""Each item of TRIPOD+AI with the facts of the run and what people stated; what neither says is marked."""

from collections.abc import Mapping

from therapport.card.document import Entry, entry
from therapport.card.facts import FACTS
from therapport.card.items import ITEMS, Item
from therapport.predictor import Predictor

STATED: Mapping[str, tuple[str, ...]] = {
    "2": ("abstract",),
    "3a": ("context",),
    "3b": ("intended_use", "users"),
    "3c": ("inequalities",),
    "5a": ("data_source",),
    "5b": ("dates",),
    "6a": ("setting",),
    "6b": ("eligibility",),
    "6c": ("treatments",),
    "7": ("preparation",),
    "8a": ("outcome_choice",),
    "8b": ("assessors",),
    "8c": ("blinding",),
    "9a": ("factor_choice",),
    "9b": ("blinding",),
    "9c": ("assessors",),
    "10": ("sample_size",),
    "14": ("fairness",),
    "15": ("thresholds",),
    "17": ("ethics",),
    "18a": ("funding",),
    "18b": ("conflicts",),
    "18c": ("protocol",),
    "18d": ("registration",),
    "18e": ("data_sharing",),
    "18f": ("code_sharing",),
    "19": ("involvement",),
    "22": ("licence",),
    "25": ("interpretation",),
    "26": ("limitations",),
    "27a": ("data_quality",),
    "27b": ("interaction",),
    "27c": ("next_steps",),
}
"""Number of the item -> the keys of [card] that it needs beside the run."""


def checklist(predictor: Predictor) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """Part of a report -> its items, in the order of the checklist."""
    parts = dict.fromkeys(item.part for item in ITEMS)
    return tuple((part, tuple(_entry(predictor, item) for item in ITEMS if item.part == part)) for part in parts)


def _entry(predictor: Predictor, item: Item) -> Entry:
    facts = FACTS[item.number](predictor) if item.number in FACTS else ()
    keys = STATED.get(item.number, ())
    return entry(item.topic, facts, predictor.evidence.card, keys, number=item.number, hint=item.asks)

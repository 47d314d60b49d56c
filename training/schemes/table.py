"""What a study asks of its splits by site and in time: the keys of [validation] that the codebook must bear out."""

import datetime
from collections.abc import Iterator
from typing import Protocol

from therapport.codebook import Codebook
from therapport.tomlfile import Problem

NONE = "none"
TRAIN_SHARE = 0.7
"""Of those with a start, where the study says nothing."""
PATIENT = "patient"


class SchemesTable(Protocol):
    """The keys of [validation] that are looked at here."""

    @property
    def sites(self) -> str | None:
        """A grouping level, or none."""

    @property
    def start(self) -> str | None:
        """A column of days."""

    @property
    def train_share(self) -> float | None:
        """Of those with a start."""

    @property
    def train_until(self) -> str | None:
        """A day."""


def problems(validation: SchemesTable, codebook: Codebook) -> Iterator[Problem]:
    """What the codebook does not bear out."""
    where = "validation"
    levels = [level for level in codebook.groups if level != PATIENT]
    if validation.sites not in (None, NONE, *levels):
        known = ", ".join([*levels, f'"{NONE}" for no split by site'])
        yield Problem((where, "sites"), f"unknown grouping level; known: {known}")
    if validation.start is not None and validation.start != codebook.dates.start:
        has = "none" if codebook.dates.start is None else codebook.dates.start
        yield Problem((where, "start"), f"must be the column under [dates] start of the codebook, which has {has}")
    for key in ("train_share", "train_until"):
        if getattr(validation, key) is not None and validation.start is None:
            yield Problem((where, key), "a split in time also needs start, the column with the day of the start")
    if validation.train_share is not None and validation.train_until is not None:
        yield Problem((where, "train_until"), "name a share or a day, not both")
    if validation.train_until is not None and _day(validation.train_until) is None:
        yield Problem((where, "train_until"), "must be a date, such as 2026-03-31")


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None

"""A card as data, ready for any renderer."""

from dataclasses import dataclass
from typing import Literal

from therapport.predictor.stated import CardTable

Status = Literal["filled", "part", "person"]
FIELDS = {name: field.description or name for name, field in CardTable.model_fields.items()}
"""Key of the [card] table -> what it asks for."""


@dataclass(frozen=True)
class Asked:
    """Something that only people know, which nobody has stated yet."""

    key: str

    @property
    def what(self) -> str:
        """What is asked for."""
        return FIELDS[self.key]


@dataclass(frozen=True)
class Entry:
    """One heading of a section, or one item of the checklist."""

    label: str
    facts: tuple[str, ...] = ()
    """From the run."""
    stated: tuple[str, ...] = ()
    """By people, in the study's [card] table."""
    asked: tuple[Asked, ...] = ()
    """What is still for a person to fill in."""
    number: str = ""
    """Of the checklist."""
    hint: str = ""
    """What the checklist asks to be told."""

    @property
    def status(self) -> Status:
        """Whether a person has to fill in nothing, a part, or all of it."""
        if not self.asked:
            return "filled"
        return "part" if self.facts or self.stated else "person"


@dataclass(frozen=True)
class Table:
    """A table with a caption; every row has as many cells as the head. Groups stand above their rows."""

    caption: str
    head: tuple[str, ...]
    groups: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the card."""

    title: str
    entries: tuple[Entry, ...] = ()
    tables: tuple[Table, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Card:
    """The whole of it."""

    title: str
    model: str
    """Name and version."""
    simulated: bool
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    checklist: tuple[tuple[str, tuple[Entry, ...]], ...]
    """Section of the checklist -> its items."""

    @property
    def items(self) -> tuple[Entry, ...]:
        """Every item of the checklist, in order."""
        return tuple(entry for _, entries in self.checklist for entry in entries)

    @property
    def to_fill_in(self) -> tuple[str, ...]:
        """The keys of [card] that nobody has stated and that an entry asks for."""
        every = [entry for section in self.sections for entry in section.entries] + list(self.items)
        return tuple(dict.fromkeys(one.key for entry in every for one in entry.asked))


def entry(
    label: str,
    facts: tuple[str, ...],
    stated: CardTable,
    keys: tuple[str, ...] = (),
    *,
    number: str = "",
    hint: str = "",
) -> Entry:
    """An entry of facts and of what people stated under these keys; what they left out is asked for."""
    given = {key: str(getattr(stated, key)).strip() for key in keys}
    return Entry(
        label=label,
        facts=facts,
        stated=tuple(text for text in given.values() if text),
        asked=tuple(Asked(key) for key, text in given.items() if not text),
        number=number,
        hint=hint,
    )

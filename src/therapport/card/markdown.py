"""A card as Markdown, for a repository or a wiki."""

from collections.abc import Iterator

from therapport.card.document import Card, Entry, Section, Table
from therapport.card.items import SOURCE
from therapport.card.making import SIMULATED

MARK = "**For a person to fill in:**"
STATUS = {"filled": "filled in", "part": "in part", "person": "for a person"}


def markdown(card: Card) -> str:
    """The whole card."""
    return "\n".join(_lines(card)) + "\n"


def _lines(card: Card) -> Iterator[str]:
    yield f"# {_plain(card.title)}\n"
    if card.simulated:
        yield f"> **{SIMULATED}.**\n"
    yield f"Model card of {_plain(card.model)}.\n"
    yield from (f"{_plain(sentence)}\n" for sentence in card.summary)
    for section in card.sections:
        yield from _section(section)
    yield "## TRIPOD+AI checklist\n"
    counts = {status: sum(item.status == status for item in card.items) for status in STATUS}
    yield ", ".join(f"{count} items {STATUS[status]}" for status, count in counts.items()) + f". {SOURCE}\n"
    for part, items in card.checklist:
        yield f"### {part}\n"
        for item in items:
            yield f"- **{item.number} {_plain(item.label)}**: {_plain(item.hint)} ({STATUS[item.status]})"
            yield from (f"  - {line}" for line in _entry(item))
        yield ""


def _section(section: Section) -> Iterator[str]:
    yield f"## {section.title}\n"
    for entry in section.entries:
        yield f"- **{_plain(entry.label)}**"
        yield from (f"  - {line}" for line in _entry(entry))
    if section.entries:
        yield ""
    if section.note:
        yield f"{section.note}\n"
    for table in section.tables:
        yield from _table(table)


def _entry(entry: Entry) -> Iterator[str]:
    yield from (_plain(text) for text in (*entry.facts, *entry.stated))
    yield from (f"{MARK} {one.what} (`[card] {one.key}`)" for one in entry.asked)


def _table(table: Table) -> Iterator[str]:
    yield f"**{_plain(table.caption)}**\n"
    yield _row(table.head)
    yield _row(tuple("---" for _ in table.head))
    for label, rows in table.groups:
        if label:
            yield _row((f"**{label}**", *("" for _ in table.head[1:])), formatted=True)
        yield from (_row(row) for row in rows)
    yield ""
    if table.note:
        yield f"{_plain(table.note)}\n"


def _row(cells: tuple[str, ...], *, formatted: bool = False) -> str:
    shown = cells if formatted else tuple(_plain(cell) for cell in cells)
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in shown)} |"


def _plain(text: str) -> str:
    """Text in which nothing is taken for a tag, a mark or a link."""
    escaped = " ".join(text.split(" ")).replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
    for sign in "\\`*_[]":
        escaped = escaped.replace(sign, f"\\{sign}")
    return escaped

"""The [outcome] of a study: by which rule, and which column plays which role in it."""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import Field

from therapport.codebook import Codebook, Measure
from therapport.errors import ConfigurationError
from therapport.outcome import AnyOutcome, EventOutcome, Outcome, PairOutcome, Response
from therapport.tomlfile import Problem, Strict


class Scores(Strict):
    """First and last score of a second measure."""

    before: str
    after: str


class OutcomeTable(Strict):
    """[outcome]: a response, the end score, or both."""

    response: Response | None = None
    before: str | None = None
    after: str | None = None
    end_score: bool | None = None
    """Also predict the score itself; unless stated, wherever there is one."""
    cutoff: float | None = None
    reliable_change: float | None = Field(default=None, gt=0)
    remission: float | None = None
    anxiety: Scores | None = None
    """For the outcomes of NHS Talking Therapies, which rest on a measure of depression and one of anxiety."""
    specific: tuple[Scores, ...] = ()
    """Measures of single anxiety disorders, in order of preference; `anxiety` stands in where they are missing."""
    ended: str | None = None
    contacts: str | None = None
    dropped_out: str | None = None
    """For dropout and completion: the column in which 1 means dropped out."""
    completed: str | None = None
    """Or the one in which 1 means completed."""

    @property
    def wants_end_score(self) -> bool:
        """Whether the end score is predicted too."""
        return self.after is not None if self.end_score is None else self.end_score


class _Role(NamedTuple):
    key: tuple[str | int, ...]
    role: str
    column: str | None
    needs: str
    """first score, last score, yes or no, or a count."""


def roles(table: OutcomeTable) -> dict[str, str]:
    """Role in the outcome's rule -> column."""
    return {role.role: role.column for role in _roles(table) if role.column is not None}


def outcome(table: OutcomeTable, codebook: Codebook) -> AnyOutcome | None:
    """The binary outcome, if there is one; raises ConfigurationError if a threshold is lacking."""
    if table.response is None:
        return None
    if table.response.rests_on == "event":
        return EventOutcome(table.response, "dropped_out" if table.completed is None else "completed")
    if table.response.rests_on == "two measures":
        anxiety = () if table.anxiety is None else (table.anxiety.after,)
        depression, *others = (
            codebook.instrument_of(column)
            for column in (table.after or "", *anxiety, *(scores.after for scores in table.specific))
        )
        finished = table.ended is not None and table.contacts is not None
        return PairOutcome(table.response, depression, others[0], tuple(others[1:]), checks_finished=finished)
    return Outcome.stated(
        table.response,
        codebook.instrument_of(table.after or ""),
        cutoff=table.cutoff,
        reliable_change=table.reliable_change,
        remission=table.remission,
    )


def problems(table: OutcomeTable, codebook: Codebook) -> Iterator[Problem]:
    """What the codebook does not bear out."""
    if table.response is None and not table.wants_end_score:
        yield Problem(("outcome",), "nothing to predict: name a response, or set end_score = true")
    if table.wants_end_score and table.after is None:
        yield Problem(("outcome", "end_score"), "the end score needs a column: name it under after")
    if (table.ended is None) != (table.contacts is None):
        yield Problem(("outcome",), "ended and contacts belong together: both say whether treatment is finished")
    wrong = {role.key: _column_problem(role, codebook) for role in _roles(table) if role.column is not None}
    found = [Problem(("outcome", *key), problem) for key, problem in wrong.items() if problem is not None]
    found += _missing(table)
    yield from found
    if found:
        return
    for key, first, last in _pairs(table):
        if codebook.factors[first].instrument != codebook.measures[last].instrument:
            yield Problem(("outcome", *key, "before"), "before and after must be scores of the same instrument")
            return
    try:
        outcome(table, codebook)
    except ConfigurationError as error:
        yield Problem(("outcome", "response"), error.summary.rstrip("."))
    if table.cutoff is not None and table.after is not None:
        low, high = codebook.instrument_of(table.after).range
        if not low < table.cutoff <= high:
            yield Problem(("outcome", "cutoff"), f"must be inside the range of the instrument, {low:g} to {high:g}")


def _roles(table: OutcomeTable) -> Iterator[_Role]:
    pair = table.response is not None and table.response.rests_on == "two measures"
    prefix = "depression_" if pair else ""
    yield _Role(("before",), f"{prefix}before", table.before, "first score")
    yield _Role(("after",), f"{prefix}after", table.after, "last score")
    others: list[tuple[tuple[str | int, ...], str, Scores]] = []
    if table.anxiety is not None:
        others.append((("anxiety",), "anxiety", table.anxiety))
    for place, scores in enumerate(table.specific):
        others.append((("specific", place), "specific" if place == 0 else f"specific_{place + 1}", scores))
    for key, name, scores in others:
        yield _Role((*key, "before"), f"{name}_before", scores.before, "first score")
        yield _Role((*key, "after"), f"{name}_after", scores.after, "last score")
    yield _Role(("ended",), "ended", table.ended, "yes or no")
    yield _Role(("contacts",), "contacts", table.contacts, "a count")
    yield _Role(("dropped_out",), "dropped_out", table.dropped_out, "yes or no")
    yield _Role(("completed",), "completed", table.completed, "yes or no")


def _missing(table: OutcomeTable) -> Iterator[Problem]:
    """Keys that the response cannot do without."""
    if table.response is None:
        return
    needed = {
        "one measure": ("before", "after"),
        "two measures": ("before", "after", "anxiety"),
        "event": (),
    }[table.response.rests_on]
    if table.response.rests_on == "event" and (table.dropped_out is None) == (table.completed is None):
        yield Problem(("outcome",), f"{table.response.value} needs either dropped_out or completed")
    for key in needed:
        if getattr(table, key) is None:
            yield Problem(("outcome",), f"{table.response.value} needs {key}")


def _pairs(table: OutcomeTable) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    if table.before is not None and table.after is not None:
        yield (), table.before, table.after
    if table.anxiety is not None:
        yield ("anxiety",), table.anxiety.before, table.anxiety.after
    for place, scores in enumerate(table.specific):
        yield ("specific", place), scores.before, scores.after


def _column_problem(role: _Role, codebook: Codebook) -> str | None:
    column = role.column or ""
    if role.needs == "first score":
        return None if column in codebook.factors else f"the codebook has no factor {column}"
    kind = {"last score": "score", "yes or no": "boolean", "a count": "count"}[role.needs]
    measure: Measure | None = codebook.measures.get(column)
    if measure is None:
        return f"the codebook has no measure {column} under [measures]"
    return None if measure.kind == kind else f"{column} must be a measure of kind {kind}"

"""Which columns a file has, beside those that the codebook knows and the task wants."""

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from therapport.codebook import Codebook
from therapport.errors import CohortError

MOST_COMPARED = 1_000_000


@dataclass(frozen=True)
class Header:
    """What the first line of a file says."""

    problems: tuple[str, ...]
    notices: tuple[str, ...]
    absent: tuple[str, ...]
    """Wanted columns that are not there and may be absent."""


def check_header(
    present: Sequence[str],
    codebook: Codebook,
    *,
    wanted: Sequence[str],
    ignore_unknown: bool,
    may_be_absent: Collection[str],
) -> Header:
    """Unknown and missing columns as problems, dropped ones as notices.

    Raises CohortError if the file has no column of the codebook: its first line may be a patient, so it is not shown.
    """
    known = codebook.columns()
    if not known & set(present):
        raise CohortError(
            f"No column of the codebook {codebook.name} is in this file: it belongs to another codebook, "
            f"or it has no header line."
        )
    unknown = [column for column in present if column not in known]
    missing = [column for column in wanted if column not in present]
    problems = []
    if not ignore_unknown:
        # Thousands of strange columns beside thousands of missing ones are another table, not slips of the pen.
        similar = missing if len(unknown) * len(missing) <= MOST_COMPARED else ()
        problems += [f"{column}: {_unknown(column, similar)}" for column in unknown]
    problems += [
        f"{column}: the codebook describes this column, but the file does not have it{_or_long_table(column, codebook)}"
        for column in missing
        if column not in may_be_absent
    ]
    notices = []
    if unknown and ignore_unknown:
        notices.append(f"Unknown columns left out: {', '.join(unknown)}.")
    outcomes = [column for column in codebook.measures if column in present and column not in wanted]
    if outcomes:
        notices.append(f"Outcome columns left out: {', '.join(outcomes)}.")
    attributes = [column for column in codebook.audit if column in present and column not in wanted]
    if attributes:
        notices.append(f"Attributes for audit left out: {', '.join(attributes)}.")
    later = [column for column in codebook.factors if column in present and column not in wanted]
    if later:
        notices.append(f"Factors that this model does not use left out: {', '.join(later)}.")
    absent = tuple(column for column in missing if column in may_be_absent)
    if absent:
        notices.append(f"Absent factors, taken as missing for everyone: {', '.join(absent)}.")
    return Header(tuple(problems), tuple(notices), absent)


def spelled_like(column: str, others: Sequence[str]) -> str:
    """A question for a message, if one of the others could be meant; else nothing."""
    close = difflib.get_close_matches(column, others, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _or_long_table(column: str, codebook: Codebook) -> str:
    if column in (codebook.id, *codebook.groups.values(), *codebook.audit) or not codebook.from_measurements([column]):
        return ""
    return ", and no table of measurements was given to make it from"


def _unknown(column: str, missing: Sequence[str]) -> str:
    mend = spelled_like(column, missing) or "; describe it in the codebook or pass --ignore-unknown"
    return f"the codebook does not know this column{mend}"

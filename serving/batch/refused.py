"""Too many rows that break the codebook: every kind of problem with its rows, as for a file that is read whole."""

from collections import Counter

from serving.batch.settings import ROWS_IN_A_PIECE
from therapport.cohort.rows import ROWS_SHOWN, named_rows
from therapport.cohort.stream import Rows
from therapport.errors import CohortError


def error(rows: Rows, most: float, *, name: str) -> CohortError:
    """The error, from a look at all rows that answers none of them; it holds no more rows than are shown."""
    first: dict[tuple[str, str], list[int]] = {}
    times: Counter[tuple[str, str]] = Counter()
    broken = 0
    for piece in rows.pieces(0, ROWS_IN_A_PIECE):
        checked = rows.checked(piece)
        broken += int((~checked.kept).sum())
        for column, words, found in checked.violations:
            known = first.setdefault((column, words), [])
            known += [piece.first + row for row in found[: ROWS_SHOWN - len(known)]]
            times[column, words] += len(found)
    problems = [
        f"{column + ': ' if column else ''}{words}: {named_rows(_padded(shown, times[column, words]))}"
        for (column, words), shown in first.items()
    ]
    return CohortError(
        f"{name}: {broken:,} of {rows.number:,} rows do not fit the codebook, and at most {most:.3g} of them may be "
        f"rejected (--most-rejected); nothing was written.",
        problems,
    )


def _padded(shown: list[int], times: int) -> list[int]:
    """As many as there were; only the first of them are told."""
    return shown if times <= ROWS_SHOWN else [*shown, *[0] * (times - len(shown))]

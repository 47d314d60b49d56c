"""Decimal commas, as spreadsheets of much of Europe write them beside semicolons and tabs."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

COMMA = r"^\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*$"
POINT = COMMA.replace(",", r"\.")


def with_points(table: pa.Table, text_columns: Collection[str]) -> pa.Table:
    """The table with decimal commas read as such, unless another number of it has a decimal point.

    Where both stand in one file, 1,234 may mean a thousand: it is left as it is, which is no number.
    """
    texts = [
        place
        for place, column in enumerate(table.schema)
        if pa.types.is_string(column.type) and column.name not in text_columns
    ]
    if any(pa.types.is_floating(column.type) for column in table.schema) or any(
        pc.any(pc.match_substring_regex(table.column(place), POINT)).as_py() for place in texts
    ):
        return table
    for place in texts:
        column = table.column(place)
        mended = pc.if_else(pc.match_substring_regex(column, COMMA), pc.replace_substring(column, ",", "."), column)
        table = table.set_column(place, table.schema.names[place], _as_numbers(mended))
    return table


def _as_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        return column  # some cells are no numbers; which ones is for the codebook to say

"""Parquet and Feather (Arrow's own file): tables with types, column by column."""

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from therapport.cohort.formats.contents import Contents, Request
from therapport.cohort.rows import refuse_repeated_columns
from therapport.errors import CohortError


def read_parquet(request: Request) -> Contents:
    """A Parquet file; an index that pandas wrote beside the columns is a column again."""
    return _read(request, "Parquet", _parquet)


def read_feather(request: Request) -> Contents:
    """A Feather file (version 2), or an Arrow stream."""
    return _read(request, "Feather", _feather)


def _read(request: Request, kind: str, read: Callable[[Request], pa.Table]) -> Contents:
    try:
        table = read(request)
        # Neither format guards its content: text that is none, or offsets to elsewhere, would be followed later.
        table.validate(full=True)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if getattr(error, "errno", None) is not None:
            raise  # the system's own refusal; Arrow's complaint about damaged content has no number
        raise CohortError(f"{request.path}: this is not a complete {kind} file.") from None
    return Contents(as_frame(table, request))


def _parquet(request: Request) -> pa.Table:
    refuse_repeated_columns(pyarrow.parquet.read_schema(request.path).names, name=str(request.path))
    return pyarrow.parquet.read_table(request.path)


def _feather(request: Request) -> pa.Table:
    with pa.OSFile(str(request.path)) as file:
        try:
            reader = pa.ipc.open_file(file)
        except pa.ArrowInvalid:
            file.seek(0)
            reader = pa.ipc.open_stream(file)
        refuse_repeated_columns(reader.schema.names, name=str(request.path))
        return reader.read_all()


def as_frame(table: pa.Table, request: Request) -> pd.DataFrame:
    """Arrow's table as a frame of its own memory; nulls become NaN or None. The table must not be used afterwards."""
    try:
        # Column by column, each given back at once: else a large file would be in memory twice.
        frame: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
    except MemoryError:
        raise
    except (pa.ArrowException, ValueError, TypeError, KeyError):
        raise CohortError(
            f"{request.path}: a column is of a kind that cannot be read; write numbers or text."
        ) from None
    # pandas writes an index beside the columns; ids are often kept there.
    return frame.reset_index() if frame.index.name is not None else frame

"""What was sent, as bytes of bounded length and of a known kind; and tables in it as frames."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
from starlette.requests import Request

from serving.api import arrow_body
from serving.api.problems import Refusal
from serving.api.reader import Patients
from serving.api.schema import MOST_PATIENTS
from therapport import cohort as cohorts
from therapport.errors import CohortError
from therapport.predictor import Predictor

JSON, CSV = "application/json", "text/csv"
ARROW, PARQUET = "application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"
MEGABYTE = 1 << 20
UNFIT = "The request does not fit the codebook."


@dataclass(frozen=True)
class Limits:
    """How much one request may hold."""

    body_bytes: int = 16 * MEGABYTE
    rows: int = MOST_PATIENTS


def kind_of(request: Request, *, allowed: Sequence[str]) -> str:
    """The media type of a body, without parameters; none counts as JSON. Raises Refusal for another (415)."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refusal(415, "Send the body without a content-encoding.")
    kind = request.headers.get("content-type", JSON).split(";")[0].strip().lower()
    if kind not in allowed:
        raise Refusal(415, f"Send one of {', '.join(allowed)}.")
    return kind


async def read(request: Request, limits: Limits) -> bytes:
    """The body; raises Refusal (413) as soon as it is known to be too long."""
    too_long = Refusal(413, f"The body is longer than {limits.body_bytes // MEGABYTE} MiB; send it in parts.")
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated) > limits.body_bytes:
        raise too_long
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limits.body_bytes:
            raise too_long
        parts.append(part)
    return b"".join(parts)


def frame_of(body: bytes, kind: str, predictor: Predictor, limits: Limits) -> pd.DataFrame:
    """The table in a body that is not JSON; raises Refusal if it cannot be read or has too many rows."""
    if kind == CSV:
        return _csv(body, predictor, limits)
    table = arrow_body.stream(body) if kind == ARROW else arrow_body.parquet(body, most_rows=limits.rows)
    refuse_more_rows(table.num_rows, limits)
    frame: pd.DataFrame = table.to_pandas()
    return frame


def patients_of(frame: pd.DataFrame, predictor: Predictor, limits: Limits) -> Patients:
    """The patients of a table, read as `therapport score` reads a file; raises Refusal with every problem."""
    codebook = predictor.codebook
    refuse_more_rows(len(frame), limits)
    if frame.empty:
        raise Refusal(422, UNFIT, [{"problem": "holds no patient"}])
    frame.columns = pd.Index([str(column) for column in frame.columns])
    known = codebook.columns()
    # Names that the codebook does not know were made by the sender, and may be data.
    unknown = [place + 1 for place, column in enumerate(frame.columns) if column not in known]
    errors = [{"problem": f"the codebook does not know column {place} (from the left)"} for place in unknown]
    if frame.columns.has_duplicates:
        errors.append({"problem": "the header names a column twice"})
    if errors:
        raise Refusal(422, UNFIT, errors)
    try:
        cohort = cohorts.validate(frame, codebook, factors=predictor.factors, groups=(), measures=(), allow_absent=True)
    except CohortError as error:
        told = error.problems or (error.summary,)
        raise Refusal(422, UNFIT, [{"problem": problem} for problem in told]) from None
    except (ValueError, TypeError, OverflowError, pa.ArrowException):
        # Values that no column of a table can hold, such as whole numbers of a hundred digits.
        raise Refusal(422, UNFIT, [{"problem": "a value cannot be read"}]) from None
    return Patients(cohort.table[codebook.id].tolist(), predictor.matrix(cohort.table))


def refuse_more_rows(rows: int, limits: Limits) -> None:
    """Raise Refusal (413) if there are too many."""
    if rows > limits.rows:
        raise Refusal(413, f"The body holds more than {limits.rows:,} patients; send them in parts.")


def _csv(body: bytes, predictor: Predictor, limits: Limits) -> pd.DataFrame:
    codebook = predictor.codebook
    known = codebook.factors
    text = [codebook.id, *(name for name in known if known[name].kind in ("category", "boolean"))]
    try:
        frame = pd.read_csv(io.BytesIO(body), dtype=dict.fromkeys(text, "string"), nrows=limits.rows + 1)
    except (ValueError, OverflowError, pd.errors.ParserError):
        # Its message would quote the row.
        raise Refusal(422, "The body is not a CSV table in UTF-8.") from None
    return frame

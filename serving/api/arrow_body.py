"""Arrow streams and Parquet files from strangers: bounded before they are unpacked, validated before they are used."""

import struct

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from serving.api.problems import Refusal

MOST_UNPACKED = 256 << 20
HEADER, COMPRESSION, BATCH_OF_DICTIONARY = 2, 3, 1
"""Places of fields in the tables of Arrow's format (Message.header, RecordBatch.compression, DictionaryBatch.data)."""
DICTIONARY_BATCH, RECORD_BATCH = 2, 3
"""Kinds of messages in Arrow's format."""
NOT_ARROW = "The body is not an Arrow stream."
NOT_PARQUET = "The body is not a Parquet file."


def stream(body: bytes) -> pa.Table:
    """The table of an Arrow stream; raises Refusal if it is none, or compressed: a small body could fill the memory."""
    try:
        for message in pa.ipc.MessageReader.open_stream(pa.BufferReader(body)):
            if _is_compressed(message.metadata.to_pybytes()):
                raise Refusal(422, "Send the Arrow stream uncompressed, or as Parquet.")
        with pa.ipc.open_stream(pa.BufferReader(body)) as reader:
            table = reader.read_all()
        table.validate(full=True)
    except (pa.ArrowException, ValueError, OSError, struct.error, IndexError, UnicodeError, OverflowError):
        raise Refusal(422, NOT_ARROW) from None
    return table


def parquet(body: bytes, *, most_rows: int) -> pa.Table:
    """The table of a Parquet file; raises Refusal if it is none or unpacks to too much."""
    try:
        texts = [field.name for field in pq.read_schema(pa.BufferReader(body)) if _is_text(field.type)]
        with pq.ParquetFile(pa.BufferReader(body), read_dictionary=texts) as file:
            stated = file.metadata
            if stated.num_rows > most_rows:
                raise Refusal(413, f"The body holds more than {most_rows:,} patients; send them in parts.")
            groups = (stated.row_group(place) for place in range(stated.num_row_groups))
            if sum(group.total_byte_size for group in groups) > MOST_UNPACKED:
                raise Refusal(413, "The Parquet file unpacks to too much; send it in parts.")
            table = file.read(use_threads=False)
        table.validate(full=True)
        if sum(_text_bytes(column) for column in table.columns) > MOST_UNPACKED:
            raise Refusal(413, "The Parquet file unpacks to too much; send it in parts.")
        return table.cast(pa.schema([_plain(field) for field in table.schema]))
    except (pa.ArrowException, ValueError, OSError, UnicodeError, OverflowError):
        raise Refusal(422, NOT_PARQUET) from None


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind))


def _plain(field: pa.Field) -> pa.Field:
    return field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field


def _text_bytes(column: pa.ChunkedArray) -> int:
    """How much a column with few long texts would fill, were each row given a copy of its own."""
    if not pa.types.is_dictionary(column.type) or not _is_text(column.type.value_type):
        return 0
    longest = (pc.max(pc.binary_length(chunk.dictionary)).as_py() or 0 for chunk in column.chunks)
    return max(longest, default=0) * len(column)


def _is_compressed(metadata: bytes) -> bool:
    """Whether the buffers behind a message are; read from its flatbuffer, which pyarrow does not show."""
    message = struct.unpack_from("<I", metadata)[0]
    kind_at = _field(metadata, message, HEADER - 1)
    kind = metadata[kind_at] if kind_at else 0
    if kind not in (DICTIONARY_BATCH, RECORD_BATCH):
        return False
    batch = _table(metadata, message, HEADER)
    if kind == DICTIONARY_BATCH:
        batch = _table(metadata, batch, BATCH_OF_DICTIONARY)
    return _field(metadata, batch, COMPRESSION) != 0


def _field(buffer: bytes, table: int, place: int) -> int:
    """Where a field of a table stands; 0 where it is left out. Source: the flatbuffers binary format."""
    vtable = table - struct.unpack_from("<i", buffer, table)[0]
    size = struct.unpack_from("<H", buffer, vtable)[0]
    slot = 4 + 2 * place
    if slot + 2 > size:
        return 0
    offset = struct.unpack_from("<H", buffer, vtable + slot)[0]
    return table + offset if offset else 0


def _table(buffer: bytes, table: int, place: int) -> int:
    at = _field(buffer, table, place)
    return int(at + struct.unpack_from("<I", buffer, at)[0])

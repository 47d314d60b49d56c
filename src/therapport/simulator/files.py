"""A simulated cohort as files that the rest of the software reads: cohort, codebook and study."""

import dataclasses
import io
import json
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from therapport import files
from therapport.simulator import measures
from therapport.simulator.simulation import Simulated

COHORT, CODEBOOK, STUDY = "cohort.parquet", "codebook.toml", "study.toml"
SHIPPED_STUDY = Path(__file__).parent / STUDY


def write(simulated: Simulated, folder: Path, *, overwrite: bool = False) -> list[Path]:
    """The paths of `cohort.parquet`, `codebook.toml` and `study.toml`, each written whole or not at all.

    The same cohort gives the same bytes. The Parquet file says in its metadata that it is simulated, and from what.
    Raises OutputError if one of the files exists and may not be overwritten, or if the folder cannot be written to.
    """
    buffer = io.BytesIO()
    parquet.write_table(_table(simulated), buffer)
    shipped = {CODEBOOK: measures.CODEBOOK.read_bytes(), STUDY: SHIPPED_STUDY.read_bytes()}
    return files.write_into(folder, {COHORT: buffer.getvalue(), **shipped}, overwrite=overwrite)


def _table(simulated: Simulated) -> pa.Table:
    table = pa.Table.from_pandas(simulated.cohort, preserve_index=False)
    parameters = dataclasses.asdict(simulated.design)
    return table.replace_schema_metadata(
        {
            **(table.schema.metadata or {}),
            b"therapport.simulated": b"true",
            b"therapport.seed": str(simulated.design.seed).encode(),
            b"therapport.parameters": json.dumps(parameters, sort_keys=True).encode(),
        }
    )

"""A simulated cohort as files that the rest of the software reads, written block by block."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from therapport import files
from therapport.simulator import described
from therapport.simulator import simulation as simulations
from therapport.simulator.block import Block
from therapport.simulator.design import Design
from therapport.simulator.simulation import Simulated
from therapport.simulator.truth import REFERENCE, Truth, shares

COHORT, SESSIONS, TRUTH = "cohort.parquet", "sessions.parquet", "truth.parquet"
CODEBOOK, STUDY, SUMMARY = "codebook.toml", "study.toml", "truth.json"
SESSIONS_CODEBOOK, SESSIONS_STUDY = "codebook-sessions.toml", "study-sessions.toml"
NAMES = (COHORT, SESSIONS, TRUTH, CODEBOOK, STUDY, SESSIONS_CODEBOOK, SESSIONS_STUDY, SUMMARY)


def write(simulated: Simulated, folder: Path, *, overwrite: bool = False) -> list[Path]:
    """The paths of NAMES: cohort, long table, truth, codebooks and studies, all written whole or not at all.

    The same design gives the same bytes. The Parquet files say in their metadata that they are simulated, and from
    what. Raises OutputError if one of the files exists and may not be overwritten, or if the folder cannot be written.
    """
    return _write(simulated.design, simulated.parts, folder, overwrite=overwrite)


def write_blocks(
    design: Design, folder: Path, *, overwrite: bool = False, done: Callable[[int], None] = lambda _: None
) -> list[Path]:
    """The same files without ever holding more than a block of patients; `done` is told how many more there are."""
    return _write(design, simulations.drawn(design), folder, overwrite=overwrite, done=done)


def summary(design: Design, families: Iterable[str]) -> dict[str, Any]:
    """What is true of the cohort as a whole; shares as docs/simulator.md has them."""
    return {
        "simulated": True,
        "scenario": design.scenario,
        "truth": design.preset.truth,
        "parameters": design.parameters(),
        "response": design.preset.response,
        "families": list(families),
        "reference_patients": min(REFERENCE, design.patients),
        "share_of_r2": shares.table(design),
    }


def _write(
    design: Design,
    parts: Iterable[Block],
    folder: Path,
    *,
    overwrite: bool,
    done: Callable[[int], None] = lambda _: None,
) -> list[Path]:
    with files.assembled(folder, NAMES, overwrite=overwrite) as draft:
        truth: Truth | None = None
        writers: dict[str, parquet.ParquetWriter] = {}
        try:
            for part in parts:
                truth = truth or Truth(design, part)
                for name, table in (
                    (COHORT, pa.Table.from_pandas(part.cohort, preserve_index=False)),
                    (SESSIONS, part.sessions),
                    (TRUTH, pa.Table.from_pandas(truth.of(part), preserve_index=False)),
                ):
                    labelled = table.replace_schema_metadata(_metadata(design, table))
                    if name not in writers:
                        writers[name] = parquet.ParquetWriter(draft / name, labelled.schema)
                    writers[name].write_table(labelled)
                done(len(part.cohort))
        finally:
            for writer in writers.values():
                writer.close()
        families = truth.families if truth else ()
        texts = {
            CODEBOOK: described.codebook_text(design),
            STUDY: described.study_text(design),
            SESSIONS_CODEBOOK: described.sessions_codebook_text(design),
            SESSIONS_STUDY: described.sessions_study_text(design),
            SUMMARY: json.dumps(summary(design, families), indent=1, ensure_ascii=False) + "\n",
        }
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8")
    return [folder / name for name in NAMES]


def _metadata(design: Design, table: pa.Table) -> dict[bytes, bytes]:
    return {
        **(table.schema.metadata or {}),
        b"therapport.simulated": b"true",
        b"therapport.seed": str(design.seed).encode(),
        b"therapport.scenario": design.scenario.encode(),
        b"therapport.parameters": json.dumps(design.parameters(), sort_keys=True).encode(),
    }

"""A cohort from Parquet to Parquet, beside pandas and xgboost: `python -m tests.bench.batch [--write PAGE]`.

Every run is the real command in a process of its own, timed from start to end. Beside it stands the rate without what
it takes to start and to read the model, which is the quickest of three runs with a hundred rows. Memory is the peak of
that process, beyond what it held for these hundred rows.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import xgboost
from rich.console import Console

from tests.batch.material import COMMAND
from tests.bench import cohort_model, tables
from therapport import predictor as predictors
from therapport import simulator
from therapport.models import TreeScore

BLOCK, FEW, PEER_ROWS = 100_000, 100, 20_000
HEADER = ("what", "rows", "rows/s", "rows/s, start included", "seconds", "peak memory above idle, MiB")
PACKAGES = ("therapport", "numpy", "numba", "pyarrow", "pandas", "xgboost-cpu")


@dataclass(frozen=True)
class Measured:
    seconds: float
    mib: float
    """Peak of the whole process."""


def cohort(path: Path, rows: int) -> Path:
    """So many patients of forty factors, block by block; ids are their own."""
    blocks = max(1, rows // BLOCK)
    writer = None
    for block in range(blocks):
        size = min(BLOCK, rows)
        frame = simulator.simulate(
            patients=size, therapists=max(20, size // 100), sites=20 if size > FEW else 4, missing=0.1,
            seed=100 + block % 5, factors=40,
        ).cohort  # fmt: skip
        frame["patient_id"] = [f"P{block * size + row:09d}" for row in range(size)]
        table = pyarrow.Table.from_pandas(frame, preserve_index=False)
        writer = writer or pyarrow.parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()
    return path


def measured(model: Path, path: Path, outputs: str) -> Measured:
    """The command in a process of its own."""
    with tempfile.TemporaryDirectory(dir=path.parent) as out:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [str(COMMAND), "score", str(model), str(path), "-o", out, "--outputs", outputs],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        if status:
            sys.exit(process.stderr.read().decode() if process.stderr else "the command failed")
    return Measured(seconds, used.ru_maxrss / 1024)


def ours(model: Path, path: Path, few: Path, *, rows: int, outputs: str, label: str) -> list[str]:
    idle, run = min((measured(model, few, outputs) for _ in range(3)), key=_seconds), measured(model, path, outputs)
    rates = [f"{rows / seconds:,.0f}" for seconds in (run.seconds - idle.seconds, run.seconds)]
    return [label, f"{rows:,}", *rates, f"{run.seconds:.1f}", f"{run.mib - idle.mib:,.0f}"]


def _seconds(one: Measured) -> float:
    return one.seconds


def peer(model: Path, path: Path) -> list[list[str]]:
    """pandas reads, xgboost predicts, and explains single factors of fewer rows, because it takes so long."""
    predictor = predictors.load(model)
    if predictor.response is None or not isinstance(predictor.response.score, TreeScore):
        sys.exit("the peer is measured with boosted trees")
    encoding, booster = predictor.response.score.encoding, predictor.response.score.booster
    booster.set_param({"nthread": os.cpu_count()})
    begun = time.perf_counter()
    frame = pd.read_parquet(path)
    reading = time.perf_counter() - begun
    inputs = encoding.apply(predictor.matrix(frame))
    matrix, few = xgboost.DMatrix(inputs), xgboost.DMatrix(inputs[:PEER_ROWS])

    def timed(run: Callable[[], object]) -> float:
        started = time.perf_counter()
        run()
        return time.perf_counter() - started

    predicting = timed(lambda: booster.predict(matrix))
    explaining = timed(lambda: booster.predict(few, pred_contribs=True)) * len(frame) / min(PEER_ROWS, len(frame))
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    plain, with_factors = reading + predicting, reading + predicting + explaining
    return [
        ["pandas and xgboost `predict`, nothing checked, nothing written", f"{len(frame):,}",
         f"{len(frame) / plain:,.0f}", "", f"{plain:.1f}", f"{whole:,.0f} in all"],
        [f"the same with `pred_contribs` (of {PEER_ROWS:,} rows, scaled)", f"{len(frame):,}",
         f"{len(frame) / with_factors:,.0f}", "", f"{with_factors:.1f}", ""],
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path, help="the page whose table is replaced")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--most", type=int, default=10_000_000, help="rows of the run that shows memory stays flat")
    parser.add_argument("--folder", type=Path, help="where the cohorts are kept for another time")
    arguments = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as scratch:
        folder = Path(scratch)
        with console.status("model and cohorts"):
            model = cohort_model.large(folder)
            few = cohort(folder / "few.parquet", FEW)
            path = cohort(folder / "cohort.parquet", arguments.rows)
        rows = []
        with console.status("ours"):
            measured(model, few, "families")  # what is compiled once is compiled now
            for outputs, label in (
                ("probabilities", "probabilities"),
                ("families", "probabilities and families"),
                ("factors", "families and factors"),
                ("intervals", "families with intervals from 20 refits"),
            ):
                rows.append(ours(model, path, few, rows=arguments.rows, outputs=outputs, label=label))
            if arguments.most > arguments.rows:
                most = cohort(folder / "most.parquet", arguments.most)
                label = "probabilities and families"
                rows.append(ours(model, most, few, rows=arguments.most, outputs="families", label=label))
        with console.status("the peer"):
            rows += peer(model, path)
    text = f"{tables.markdown(HEADER, rows)}\n\n{tables.machine(PACKAGES)}"
    console.print(text, soft_wrap=True)
    if arguments.write is not None:
        tables.replace_part(arguments.write, "batch", text)


if __name__ == "__main__":
    main()

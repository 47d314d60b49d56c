"""Several worker processes of a local Spark give the same bytes as this process, a killed worker included.

Spark is a part of its own (`make test-spark` installs it beside the environment, and needs Java).
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from serving import batch
from serving.batch import Settings
from tests.batch import material
from tests.studies import Made
from therapport import predictor as predictors
from therapport.errors import CohortError

Session = Any
"""Of Spark, which is an optional part."""
ABSENT = importlib.util.find_spec("pyspark") is None or shutil.which("java") is None
if ABSENT and os.environ.get("THERAPPORT_REQUIRE_SPARK"):
    raise RuntimeError("Spark or Java is missing, and must be here")
pytestmark = [
    pytest.mark.skipif(ABSENT, reason="Spark and a Java runtime are not here: make test-spark"),
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    from serving.batch import spark

    made = spark.session(2)
    yield made
    made.stop()


@pytest.mark.usefixtures("session")
def test_parts_made_by_workers_are_the_same_bytes(tree_study: Made, tmp_path: Path) -> None:
    from serving.batch import spark

    path = material.cohort(tmp_path, patients=3000)
    material.spoiled(path)
    settings = Settings(part_rows=700)
    batch.score(tree_study.predictor, path, tmp_path / "local", settings)
    told: list[int] = []
    make = spark.maker(settings, workers=2)
    batch.score(tree_study.predictor, path, tmp_path / "spark", settings, make=make, told=told.append)
    assert sum(told) == 3000
    assert material.contents(tmp_path / "spark") == material.contents(tmp_path / "local")


@pytest.mark.usefixtures("session")
def test_too_many_bad_rows_are_told_as_they_are_here(tree_study: Made, tmp_path: Path) -> None:
    from serving.batch import spark

    path = material.cohort(tmp_path, patients=1000)
    material.spoiled(path, share=0.2)
    settings = Settings(part_rows=250)
    with pytest.raises(CohortError) as here:
        batch.score(tree_study.predictor, path, tmp_path / "out", settings)
    with pytest.raises(CohortError) as there:
        batch.score(tree_study.predictor, path, tmp_path / "out", settings, make=spark.maker(settings, workers=2))
    assert str(there.value) == str(here.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("session")
def test_a_worker_that_is_killed_changes_nothing(tree_study: Made, tmp_path: Path) -> None:
    from serving.batch import spark

    path = material.cohort(tmp_path, patients=30_000)
    settings = Settings(part_rows=3000)
    batch.score(tree_study.predictor, path, tmp_path / "local", settings)
    killed: list[int] = []

    def told(_: int) -> None:
        if not killed:
            killed.extend(kill_a_worker())

    make = spark.maker(settings, workers=2)
    batch.score(tree_study.predictor, path, tmp_path / "spark", settings, make=make, told=told)
    assert killed
    assert material.contents(tmp_path / "spark") == material.contents(tmp_path / "local")


def kill_a_worker() -> list[int]:
    """Those of Spark's Python processes, below this one, that work; killed without a word."""
    listed = subprocess.run(["/bin/ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    lines = [line.split(None, 2) for line in listed.splitlines()[1:]]
    parent = {int(pid): int(above) for pid, above, _ in lines}
    daemons = [int(pid) for pid, _, command in lines if "pyspark.daemon" in command and below(int(pid), parent)]
    workers = [pid for pid in daemons if parent[pid] in daemons]
    for pid in workers[:1]:
        os.kill(pid, signal.SIGKILL)
    return workers[:1]


def below(pid: int, parent: dict[int, int]) -> bool:
    while pid in parent and pid != os.getpid():
        pid = parent[pid]
    return pid == os.getpid()


def test_a_table_of_spark_is_answered_as_the_file_is(session: Session, tree_study: Made, tmp_path: Path) -> None:
    from serving.batch import spark

    predictors.save(tree_study.predictor, tmp_path / "model")
    path = material.cohort(tmp_path, patients=2000)
    known = ["patient_id", *tree_study.predictor.factors]
    frame = pd.read_parquet(path)[known]
    frame.loc[7, "alliance"] = 99.0
    frame.to_parquet(path, index=False)
    local = pd.read_parquet(batch.score(tree_study.predictor, path, tmp_path / "out").answers)

    score = spark.scorer(tmp_path / "model")
    answers = session.read.parquet(str(path)).repartition(5).mapInArrow(score, score.schema)

    rows = pd.DataFrame([row.asDict() for row in answers.collect()], columns=answers.columns)
    assert sorted(rows["patient_id"]) == sorted(frame["patient_id"])
    rejected = rows[rows["patient_id"] == frame.loc[7, "patient_id"]].iloc[0]
    assert rejected["status"] == "rejected: alliance: outside 1 to 5"
    assert rejected.drop(["patient_id", "status"]).isna().all()
    others = rows.set_index("patient_id").loc[local["patient_id"]].reset_index()
    pd.testing.assert_frame_equal(
        others[local.columns].drop(columns="residual"), local.drop(columns="residual"), check_exact=True,
        check_dtype=False,
    )  # fmt: skip


def test_a_worker_needs_neither_pandera_nor_the_pandas_of_spark() -> None:
    code = (
        "import sys; from serving.batch import spark; "
        "print([name for name in ('pandera', 'pyspark', 'mlflow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[]"


def test_mlflow_s_function_for_spark_gives_the_same(
    session: Session, tree_study: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    from serving.batch import spark
    from therapport.registry import pyfunc_model, signature

    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    predictors.save(tree_study.predictor, tmp_path / "model")
    mlflow.pyfunc.save_model(
        path=tmp_path / "mlflow model", python_model=str(pyfunc_model.__file__),
        artifacts={"predictor": str(tmp_path / "model")}, signature=signature.signature(tree_study.predictor),
        pip_requirements=[],
    )  # fmt: skip
    path = material.cohort(tmp_path, patients=300)
    known = ["patient_id", *tree_study.predictor.factors]
    pd.read_parquet(path)[known].to_parquet(path, index=False)
    local = pd.read_parquet(batch.score(tree_study.predictor, path, tmp_path / "out").answers)
    table = session.read.parquet(str(path))
    score = mlflow.pyfunc.spark_udf(
        session, str(tmp_path / "mlflow model"), result_type=spark.scorer(tmp_path / "model").schema,
        env_manager="local",
    )  # fmt: skip
    found = table.select(score(*known).alias("answer")).select("answer.*").collect()
    rows = pd.DataFrame([row.asDict() for row in found], columns=local.columns)
    rows = rows.set_index("patient_id").loc[local["patient_id"]].reset_index()
    pd.testing.assert_frame_equal(
        rows.drop(columns="residual"), local.drop(columns="residual"), check_exact=True, check_dtype=False
    )

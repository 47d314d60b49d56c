"""Spark as it is there already, or as many worker processes of this machine."""

import os
import sys
import warnings
from typing import Any

from therapport.errors import MissingPartError

ATTEMPTS = 4
"""So often is a part tried whose worker is lost."""


def session(workers: int | None) -> Any:  # noqa: ANN401 - Spark is an optional part
    """The session that is there, or a local one with so many workers; raises MissingPartError without Spark."""
    try:
        from pyspark import SparkConf  # noqa: PLC0415 - it is an optional part
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise MissingPartError("Spark is not installed: pip install 'therapport[spark]'.") from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # Of pandas, which is not used here.
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
    if (active := SparkSession.getActiveSession()) is not None:
        return active
    try:
        conf = SparkConf()
        if not conf.contains("spark.master"):
            conf = conf.setMaster(f"local[{workers or '*'},{ATTEMPTS}]")
        conf.setIfMissing("spark.ui.showConsoleProgress", "false").setIfMissing("spark.ui.enabled", "false")
        return SparkSession.builder.appName("therapport").config(conf=conf).getOrCreate()
    except Exception as error:  # noqa: BLE001 - Spark raises whatever Java raises
        raise MissingPartError(
            f"Spark does not start ({type(error).__name__}); it needs Java 17 or later (JAVA_HOME)."
        ) from None

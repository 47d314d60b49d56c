"""Every experiment in MLflow: the database in mlruns/, and comparisons as runs.

MLflow reads these variables when it is first imported, so they are set here, before any module of ours imports it.
"""

import logging
import os

# Without these MLflow would report its use to its makers, and no run of ours may call another host.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"
# Its log lines and bars speak of paths and tables; our own messages say the same in the user's words.
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "ERROR")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# A full disk is told in a sentence of ours, not in a traceback of theirs.
for _name in ("sqlalchemy.pool", "mlflow.store.db.utils"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

"""The same in Spark: parts of a run made by its workers, and a function for tables that Spark has already.

    score = spark.scorer("/shared/model")
    answers = session.table("patients").mapInArrow(score, score.schema)

Nothing here is imported unless it is asked for, and a worker needs no pandas of Spark's: Arrow in, Arrow out. Each
worker process reads the model once. `sessions` finds Spark, `run` has its workers make the parts of a run, `tables` is
the function for a table, `models` is what a worker reads.
"""

from serving.batch.spark.run import maker
from serving.batch.spark.sessions import session
from serving.batch.spark.tables import Scorer, scorer

__all__ = ["Scorer", "maker", "scorer", "session"]

"""The learning curve as metrics with steps: the UI draws a line over the number of patients learned from."""

from collections.abc import Iterator

from mlflow.entities import Metric

from therapport.predictor.evidence import Comparison


def metrics(candidate: str, comparison: Comparison, now: int) -> Iterator[Metric]:
    """`learning/auc` and the like with `_low` and `_high`, the step being the patients; none without a curve."""
    if comparison.learning is None:
        return
    for point in comparison.learning.points:
        for name, figure in point.candidates.get(candidate, {}).items():
            for end, value in (("", figure.value), ("_low", figure.low), ("_high", figure.high)):
                if value is not None:
                    yield Metric(f"learning/{name}{end}", value, now, point.patients)

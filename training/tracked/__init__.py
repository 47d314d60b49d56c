"""What a study adds to its runs in MLflow: figures by fold, settings, and a page with tables and drawings."""

from collections.abc import Sequence

from therapport.models import Kind
from therapport.predictor.evidence import Evidence
from therapport.tracking.runs import Attached
from training.evaluation import Evaluation
from training.study import Study
from training.tracked import folds, page, settings

__all__ = ["attached"]


def attached(study: Study, evaluations: Sequence[Evaluation], evidence: Evidence) -> dict[Kind, Attached]:
    """For each outcome what its study run holds, beside the comparison itself."""
    by_kind = {comparison.kind: comparison for comparison in evidence.comparisons}
    return {
        one.target.kind: Attached(
            folds={name: folds.of(predictions) for name, predictions in one.predictions.items()},
            files={
                "comparison.html": page.render(study, evidence, by_kind[one.target.kind]),
                "study.json": settings.portable(study),
            },
        )
        for one in evaluations
    }

"""The same predictor on another line of calibration: its contributions follow, and everything else stays."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from therapport.calibration import Affine
from therapport.explanation import AnyExplainer, Explainer, Refits, SplitExplainer
from therapport.predictor.evidence import Recalibration
from therapport.predictor.golden import golden
from therapport.predictor.model import ExplainedModel, Predictor

Part = Literal["response", "end_score"]


def recalibrated(predictor: Predictor, lines: Mapping[Part, Affine], stated: Recalibration) -> Predictor:
    """The predictor with each named part's calibrated score passed on through a further line.

    Contributions, references and refits are scaled with it, golden rows are made anew, and the version is another one:
    a digest of the parent's, the lines and the cohort. The evidence stays that of the parent, and says so.
    """
    models = {part: _model(getattr(predictor, part), line) for part, line in lines.items()}
    said = " ".join([predictor.version, stated.cohort_digest, *(f"{part} {line}" for part, line in lines.items())])
    warning = (
        f"Recalibrated ({stated.kind}) on {stated.patients:,} patients of another cohort; the figures here are those "
        f"of version {stated.parent}, out of fold, before that."
    )
    made = replace(
        predictor,
        version=hashlib.sha256(said.encode()).hexdigest()[:8],
        response=models.get("response", predictor.response),
        end_score=models.get("end_score", predictor.end_score),
        evidence=predictor.evidence.model_copy(
            update={
                "recalibration": stated,
                "warnings": (*predictor.evidence.warnings, warning),
                # Predictions and contributions are others on the new line; of factors nothing changes.
                "distributions": {
                    name: one for name, one in predictor.evidence.distributions.items() if name in predictor.factors
                },
            }
        ),
    )
    return replace(made, evidence=made.evidence.model_copy(update={"golden": golden(made)}))


def after(first: Affine, second: Affine) -> Affine:
    """The one line that two lines make, one after the other."""
    return Affine(second.intercept + second.slope * first.intercept, second.slope * first.slope)


def _model(model: ExplainedModel, line: Affine) -> ExplainedModel:
    again = model.refits
    return replace(
        model,
        calibration=after(model.calibration, line),
        families=_explainer(model.families, line),
        factors=_explainer(model.factors, line),
        refits=None if again is None else Refits(tuple(_explainer(one, line) for one in again.explainers)),
    )


def _explainer(explainer: AnyExplainer, line: Affine) -> AnyExplainer:
    if isinstance(explainer, SplitExplainer):
        return replace(explainer, explainers=tuple(_one(each, line) for each in explainer.explainers))
    return _one(explainer, line)


def _one(explainer: Explainer, line: Affine) -> Explainer:
    return replace(explainer, calibration=after(explainer.calibration, line))

"""Out-of-fold predictions by every set of families: 2^families models for each fold of each repeat."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from training.shares import boosted, linear, progress
from training.shares.material import Material, Part
from training.shares.progress import Done

FloatArray = NDArray[np.float64]
Model = Literal["linear", "xgboost"]
MODELS: dict[Model, str] = {"linear": "Linear model", "xgboost": "Boosted trees"}
WEIGHT: dict[Model, int] = {"linear": 1, "xgboost": 16}
"""Steps of progress for each fold: about what one takes beside the other."""


@dataclass(frozen=True)
class Predictions:
    """What each coalition predicted of each patient by models that had not met the patient or the patient's group."""

    material: Material
    model: Model
    prediction: NDArray[np.float32]
    """Shape (repeats, patients, coalitions): points or probabilities; without any family the mean of those seen."""
    training_mean: FloatArray
    """Shape (repeats, patients)."""


def steps(folds: int, model: Model) -> int:
    """How many times `predict` reports progress, for so many folds of all repeats."""
    return folds * WEIGHT[model]


def predict(material: Material, model: Model, *, done: Done = lambda: None) -> Predictions:
    """Refit the model for every set of families in every fold."""
    parts = list(material.parts())
    prediction = np.empty((*material.fold.shape, material.coalitions), dtype=np.float32)
    training_mean = np.empty(material.fold.shape)
    one = _linear if model == "linear" else _boosted
    results = Parallel(n_jobs=-1, return_as="generator")(delayed(one)(material, part) for part in parts)
    for part, predicted in zip(parts, results, strict=True):
        prediction[part.repeat, part.tested] = predicted
        training_mean[part.repeat, part.tested] = material.target.outcome[part.seen].mean()
        progress.many(done, WEIGHT[model])
    return Predictions(material, model, prediction, training_mean)


def _linear(material: Material, part: Part) -> FloatArray:
    inputs, outcome = material.inputs(part, impute=True), material.target.outcome[part.seen]
    fitted = linear.fit(inputs.seen, outcome, inputs.mask(len(material.families)), binary=material.binary)
    return fitted.predict(inputs.tested)


def _boosted(material: Material, part: Part) -> FloatArray:
    inputs, outcome = material.inputs(part, impute=False), material.target.outcome[part.seen]
    mask = inputs.mask(len(material.families))
    predicted = np.empty((len(part.tested), len(mask)))
    predicted[:, 0] = outcome.mean()
    for coalition, held in enumerate(mask[1:], start=1):
        predicted[:, coalition] = boosted.predict(
            inputs.seen[:, held], outcome, inputs.tested[:, held], binary=material.binary
        )
    return predicted

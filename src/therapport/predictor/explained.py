"""One explained model as files, and back: score, calibration, the games and their refits."""

import io
import json
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray

from therapport.calibration import Affine
from therapport.explanation import refits
from therapport.features import Encoding
from therapport.models import ForestScore, LinearScore, TreeScore
from therapport.predictor.games import from_parts, to_parts, trees_from_arrays, trees_to_arrays
from therapport.predictor.model import ExplainedModel

GAMES = ("families", "factors")


def to_files(model: ExplainedModel, part: str) -> dict[str, bytes]:
    """File name -> content; `part` is the beginning of every name."""
    document: dict[str, Any] = {
        "candidate": model.candidate,
        "calibration": {"intercept": model.calibration.intercept, "slope": model.calibration.slope},
        "encoding": model.score.encoding.to_json(),
        "half_width": model.half_width,
        "level": model.level,
        "setting": dict(model.setting),
    }
    files: dict[str, bytes] = {}
    arrays: dict[str, NDArray[np.generic]] = {}
    if isinstance(model.score, LinearScore):
        document |= {"intercept": model.score.intercept, "coefficients": model.score.coefficients.tolist()}
    elif isinstance(model.score, TreeScore):
        files[f"{part}.ubj"] = bytes(model.score.booster.save_raw("ubj"))
    elif isinstance(model.score, ForestScore):
        files[f"{part}_trees.npz"] = _archive(trees_to_arrays(model.score.trees))
    for name in GAMES:
        document[name], own = to_parts(getattr(model, name), name, with_trees=False)
        arrays |= own
    document["refits"] = []
    for place, explainer in enumerate(model.refits.explainers if model.refits else ()):
        stated, own = to_parts(explainer, f"refit{place}", with_trees=True)
        document["refits"].append(stated)
        arrays |= own
    if arrays:
        files[f"{part}_games.npz"] = _archive(arrays)
    return {f"{part}.json": (json.dumps(document, indent=1, allow_nan=False) + "\n").encode(), **files}


def from_files(files: dict[str, bytes], part: str) -> ExplainedModel:
    """The inverse of `to_files`, on files whose digests have been verified."""
    document = json.loads(files[f"{part}.json"])
    score = _score(document, files, part)
    trees = None if isinstance(score, LinearScore) else score.ensemble[1]
    arrays = _arrays(files.get(f"{part}_games.npz"))
    games = {name: from_parts(document[name], arrays, name, trees=trees) for name in GAMES}
    return ExplainedModel(
        candidate=document["candidate"],
        score=score,
        calibration=Affine(**document["calibration"]),
        families=games["families"],
        factors=games["factors"],
        half_width=document["half_width"],
        level=document.get("level", 0.8),
        refits=refits([from_parts(stated, arrays, f"refit{place}") for place, stated in enumerate(document["refits"])]),
        setting=document.get("setting", {}),
    )


def _score(document: dict[str, Any], files: dict[str, bytes], part: str) -> LinearScore | ForestScore | TreeScore:
    encoding = Encoding.from_json(document["encoding"])
    if "coefficients" in document:
        return LinearScore(encoding, document["intercept"], np.array(document["coefficients"], dtype=np.float64))
    if f"{part}_trees.npz" in files:
        return ForestScore(encoding, trees_from_arrays(_arrays(files[f"{part}_trees.npz"])))
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(files[f"{part}.ubj"]))
    return TreeScore(encoding, booster)


def _archive(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _arrays(content: bytes | None) -> dict[str, NDArray[np.generic]]:
    if content is None:
        return {}
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}

"""One explained model as files, and back: score, calibration and the compiled tables of both games."""

import io
import json
from dataclasses import fields
from typing import Any

import numpy as np
import xgboost

from therapport.calibration import Affine
from therapport.explanation import Explainer
from therapport.explanation.linear import LinearGame
from therapport.explanation.trees import TreeGame
from therapport.features import Encoding
from therapport.models import ForestScore, LinearScore, Score, TreeScore
from therapport.predictor.model import ExplainedModel
from therapport.predictor.trees import trees_from_bytes, trees_to_bytes

GAMES = ("families", "factors")


def to_files(model: ExplainedModel, part: str) -> dict[str, bytes]:
    """File name -> content; `part` is the beginning of every name."""
    document: dict[str, Any] = {
        "candidate": model.candidate,
        "calibration": {"intercept": model.calibration.intercept, "slope": model.calibration.slope},
        "encoding": model.score.encoding.to_json(),
        "half_width": model.half_width,
    }
    files = {}
    if isinstance(model.score, LinearScore):
        document |= {"intercept": model.score.intercept, "coefficients": model.score.coefficients.tolist()}
    elif isinstance(model.score, TreeScore):
        files[f"{part}.ubj"] = bytes(model.score.booster.save_raw("ubj"))
    elif isinstance(model.score, ForestScore):
        files[f"{part}_trees.npz"] = trees_to_bytes(model.score.trees)
    for name in GAMES:
        game = getattr(model, name).game
        if isinstance(game, LinearGame):
            document[name] = {"player": game.player.tolist(), "players": game.players, "mean": game.mean.tolist()}
        else:
            document[name] = {"reference": game.reference}
            files[f"{part}_{name}.npz"] = _arrays(game)
    return {f"{part}.json": (json.dumps(document, indent=1, allow_nan=False) + "\n").encode(), **files}


def from_files(files: dict[str, bytes], part: str) -> ExplainedModel:
    """The inverse of `to_files`, on files whose digests have been verified."""
    document = json.loads(files[f"{part}.json"])
    encoding = Encoding.from_json(document["encoding"])
    calibration = Affine(**document["calibration"])
    if "coefficients" in document:
        score: Score = LinearScore(
            encoding, document["intercept"], np.array(document["coefficients"], dtype=np.float64)
        )
    elif f"{part}_trees.npz" in files:
        score = ForestScore(encoding, trees_from_bytes(files[f"{part}_trees.npz"]))
    else:
        booster = xgboost.Booster({"nthread": 1})
        booster.load_model(bytearray(files[f"{part}.ubj"]))
        score = TreeScore(encoding, booster)
    games = {}
    for name in GAMES:
        stated = document[name]
        game: LinearGame | TreeGame
        if isinstance(score, LinearScore):
            game = LinearGame(
                score, np.array(stated["player"], dtype=np.int64), stated["players"], _row(stated["mean"])
            )
        else:
            with np.load(io.BytesIO(files[f"{part}_{name}.npz"]), allow_pickle=False) as arrays:
                game = TreeGame(reference=stated["reference"], **{key: arrays[key] for key in arrays.files})
        games[name] = Explainer(encoding, game, calibration)
    return ExplainedModel(
        document["candidate"], score, calibration, games["families"], games["factors"], document["half_width"]
    )


def _arrays(game: TreeGame) -> bytes:
    buffer = io.BytesIO()
    arrays = {field.name: getattr(game, field.name) for field in fields(game) if field.name != "reference"}
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _row(values: list[float]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    return np.array(values, dtype=np.float64)

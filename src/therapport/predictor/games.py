"""Explainers as a document of plain values and named arrays, and back. No row of a patient is among them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from therapport.calibration import Affine
from therapport.explanation import AnyExplainer, Explainer, SplitExplainer
from therapport.explanation.linear import LinearGame
from therapport.explanation.trees import TreeGame
from therapport.features import Encoding
from therapport.models import LinearScore
from therapport.models.trees import Tree

Arrays = Mapping[str, NDArray[np.generic]]
SIZES = "nodes"
Document = dict[str, Any]


def to_parts(
    explainer: AnyExplainer, name: str, *, with_trees: bool
) -> tuple[Document, dict[str, NDArray[np.generic]]]:
    """A JSON document, and arrays whose names begin with `name`; trees that stand elsewhere can be left out."""
    if isinstance(explainer, SplitExplainer):
        parts = [
            to_parts(one, f"{name}_{place}", with_trees=with_trees) for place, one in enumerate(explainer.explainers)
        ]
        arrays = {key: array for _, own in parts for key, array in own.items()}
        return {"factor": explainer.factor, "levels": list(explainer.levels), "each": [one for one, _ in parts]}, arrays
    document: Document = {
        "calibration": {"intercept": explainer.calibration.intercept, "slope": explainer.calibration.slope},
        "encoding": explainer.encoding.to_json(),
    }
    game = explainer.game
    if isinstance(game, LinearGame):
        document |= {"intercept": game.score.intercept, "coefficients": game.score.coefficients.tolist()}
        document |= {"player": game.player.tolist(), "players": game.players, "mean": game.mean.tolist()}
        return document, {}
    if isinstance(game, TreeGame):
        document |= {"base": game.base, "player": game.player.tolist(), "players": game.players}
        counts = game.counts.astype(np.uint16) if game.counts.max(initial=0) < 1 << 16 else game.counts
        arrays = {f"{name}_counts": counts}
        if with_trees:
            arrays |= {f"{name}_{key}": array for key, array in trees_to_arrays(game.trees).items()}
        return document, arrays
    raise TypeError(f"a game {game.method} is not kept: it holds rows of patients")


def from_parts(document: Document, arrays: Arrays, name: str, *, trees: Sequence[Tree] | None = None) -> AnyExplainer:
    """The inverse of `to_parts`; `trees` are those that were left out."""
    if "levels" in document:
        each = [from_parts(one, arrays, f"{name}_{place}", trees=trees) for place, one in enumerate(document["each"])]
        explainers = tuple(one for one in each if isinstance(one, Explainer))
        return SplitExplainer(document["factor"], tuple(document["levels"]), explainers)
    encoding, calibration = Encoding.from_json(document["encoding"]), Affine(**document["calibration"])
    player, players = np.array(document["player"], dtype=np.int64), int(document["players"])
    if "coefficients" in document:
        coefficients = np.array(document["coefficients"], dtype=np.float64)
        mean = np.array(document["mean"], dtype=np.float64)
        score = LinearScore(encoding, document["intercept"], coefficients)
        return Explainer(encoding, LinearGame(score, player, players, mean), calibration)
    if trees is None:
        own = {key: arrays[f"{name}_{key}"] for key in (*TREE_ARRAYS, SIZES)}
        trees = trees_from_arrays(own)
    counts = arrays[f"{name}_counts"].astype(np.uint32)
    game = TreeGame(document["base"], tuple(trees), player, players, counts)
    return Explainer(encoding, game, calibration)


TREE_ARRAYS = tuple(field.name for field in fields(Tree))


def trees_to_arrays(trees: Sequence[Tree]) -> dict[str, NDArray[np.generic]]:
    """Each array of all trees in a row, and how many nodes each tree has."""
    arrays = {name: np.concatenate([getattr(tree, name) for tree in trees]) for name in TREE_ARRAYS} if trees else {}
    empty = {name: np.zeros(0) for name in TREE_ARRAYS}
    small = {"column": np.int32, "left": np.int32, "right": np.int32}
    whole = {name: array.astype(small.get(name, array.dtype)) for name, array in (empty | arrays).items()}
    return {**whole, SIZES: np.array([len(tree.value) for tree in trees], dtype=np.int64)}


def trees_from_arrays(arrays: Arrays) -> tuple[Tree, ...]:
    """The inverse of `trees_to_arrays`."""
    ends = np.cumsum(arrays[SIZES])[:-1].astype(np.int64)
    column, left, right = (np.split(arrays[name].astype(np.int64), ends) for name in ("column", "left", "right"))
    threshold = np.split(arrays["threshold"].astype(np.float32), ends)
    missing_left = np.split(arrays["missing_left"].astype(np.bool_), ends)
    value = np.split(arrays["value"].astype(np.float64), ends)
    if len(arrays[SIZES]) == 0:
        return ()
    each = zip(column, threshold, left, right, missing_left, value, strict=True)
    return tuple(Tree(*parts) for parts in each)

"""The trees of a forest as one file of arrays, end to end, and back."""

import io
from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from therapport.models.trees import Tree

SIZES = "nodes"


def trees_to_bytes(trees: Sequence[Tree]) -> bytes:
    """A NumPy archive: each array of all trees in a row, and how many nodes each tree has."""
    buffer = io.BytesIO()
    arrays = {field.name: np.concatenate([getattr(tree, field.name) for tree in trees]) for field in fields(Tree)}
    np.savez_compressed(buffer, allow_pickle=False, **arrays, **{SIZES: np.array([len(tree.value) for tree in trees])})
    return buffer.getvalue()


def trees_from_bytes(content: bytes) -> tuple[Tree, ...]:
    """The inverse of `trees_to_bytes`."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        ends = np.cumsum(arrays[SIZES])[:-1]
        parts = {field.name: np.split(arrays[field.name], ends) for field in fields(Tree)}
        return tuple(Tree(**{name: part[place] for name, part in parts.items()}) for place in range(len(arrays[SIZES])))

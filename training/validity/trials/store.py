"""Studies that have been fitted, each in a file of its own: a trial that was stopped goes on where it was."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from therapport import files
from therapport.performance import OutOfFold
from training.validity.trials.learned import Learned

PARTS = ("truth", "prediction", "fold", "training_mean", "cluster")


def path(folder: Path, setting: str, seed: int) -> Path:
    """Where the study of this seed is kept."""
    return folder / setting / f"{seed}.npz"


def keep(to: Path, found: Mapping[tuple[Any, str], Learned]) -> None:
    """Write a study; it is there whole, or not at all."""
    arrays: dict[str, Any] = {}
    for (kind, candidate), one in found.items():
        for name in PARTS:
            arrays[f"{kind} {candidate} {name}"] = getattr(one.predictions, name)
        for name, values in (("final", one.final), ("of_folds", one.of_folds)):
            arrays[f"{kind} {candidate} {name}"] = np.array(list(values.values()))
            arrays[f"{kind} {candidate} {name}_metrics"] = np.array(list(values), dtype=np.str_)
        arrays[f"{kind} {candidate} errors"] = one.errors
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    to.parent.mkdir(parents=True, exist_ok=True)
    files.write_file(to, content.getvalue(), overwrite=True)


def kept(path: Path) -> dict[tuple[str, str], Learned]:
    """The inverse of `keep`."""
    with np.load(path, allow_pickle=False) as arrays:
        of = {name: arrays[name] for name in arrays.files}
    found = {}
    for kind, candidate in dict.fromkeys(tuple(name.split(" ")[:2]) for name in of):
        own = {name.split(" ")[2]: values for name, values in of.items() if name.startswith(f"{kind} {candidate} ")}
        predictions = OutOfFold(**{name: own[name] for name in PARTS})
        final, of_folds = (_values(own, name) for name in ("final", "of_folds"))
        found[kind, candidate] = Learned(predictions, final, of_folds, own["errors"])
    return found


def _values(own: Mapping[str, Any], name: str) -> dict[str, float]:
    return dict(zip(own[f"{name}_metrics"].tolist(), own[name].tolist(), strict=True))

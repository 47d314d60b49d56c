"""What the games of one outcome are played on: its patients, their folds, and whose factor each column is."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from therapport import features, validation
from therapport.errors import DesignError
from therapport.explanation import shapley
from therapport.features import Encoding
from training import explained
from training.design import Target
from training.study import Study

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FEWEST_FAMILIES = 2


@dataclass(frozen=True)
class Part:
    """One fold of one repeat: whom to learn from and whom to test, by place."""

    repeat: int
    number: int
    seen: IntArray
    tested: IntArray


@dataclass(frozen=True)
class Inputs:
    """The columns that a model reads, of those seen and those tested, and the family that each column belongs to."""

    seen: FloatArray
    tested: FloatArray
    family: IntArray
    encoding: Encoding

    def mask(self, families: int) -> BoolArray:
        """Which columns each coalition of families holds, shape (2^families, columns)."""
        return np.asarray(shapley.membership(families)[:, self.family])


@dataclass(frozen=True)
class Material:
    """One outcome of a study, ready to be predicted by every set of families."""

    target: Target
    families: tuple[str, ...]
    """Names of the players, in codebook order; bit i of a coalition's number is family i."""
    family_of_factor: IntArray
    fold: IntArray
    """Shape (repeats, patients); the folds of `therapport compare`."""
    cluster: IntArray
    """0, 1, … for each patient's group, no number left out; shape (patients,)."""

    @property
    def binary(self) -> bool:
        """Whether the outcome happens or not."""
        return self.target.kind == "binary"

    @property
    def coalitions(self) -> int:
        """How many sets of families there are, the empty one included."""
        return 1 << len(self.families)

    @property
    def everyone(self) -> int:
        """The number of the coalition of all families."""
        return self.coalitions - 1

    def parts(self) -> Iterator[Part]:
        """Every fold of every repeat."""
        for repeat, fold in enumerate(self.fold):
            for number in np.unique(fold):
                yield Part(repeat, int(number), np.flatnonzero(fold != number), np.flatnonzero(fold == number))

    def inputs(self, part: Part, *, impute: bool) -> Inputs:
        """Model inputs; the encoding is learned from those seen alone."""
        task, matrix = self.target.task, self.target.matrix
        encoding = features.fit(matrix[part.seen], task.codebook, task.factors, impute=impute)
        return Inputs(
            encoding.apply(matrix[part.seen]),
            encoding.apply(matrix[part.tested]),
            self.family_of_factor[encoding.factor],
            encoding,
        )


def material(study: Study, target: Target) -> Material:
    """The material of one outcome; raises DesignError if the study has one family only."""
    families = tuple(study.codebook.families_of(study.factors))
    if len(families) < FEWEST_FAMILIES:
        raise DesignError(
            "Shares need at least two families of factors among those of the study; this one has "
            f"{len(families)}: name more factors, or a later landmark."
        )
    settings = study.table.validation
    fold = validation.fold_numbers(
        target.cluster,
        target.outcome,
        folds=settings.folds,
        repeats=settings.repeats,
        seed=study.table.seed,
        binary=target.kind == "binary",
    )
    _, cluster = np.unique(target.cluster, return_inverse=True)
    return Material(target, families, np.array(explained.families_of(study)), fold, np.asarray(cluster, dtype=np.int64))

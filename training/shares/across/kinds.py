"""Who was treated how: each kind of delivery as a mask over the patients of a cohort."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.design import Design
from training.shares.across.table import KINDS, DeliveryTable, drafted

BoolArray = NDArray[np.bool_]
LABELS = {"face_to_face": "Face to face", "blended": "Blended", "guided": "Guided", "unguided": "Unguided"}
SHORT, LONGER = "Short", "Longer"


@dataclass(frozen=True)
class Kind:
    """One kind of delivery; masks have the shape (patients of the cohort,)."""

    name: str
    label: str
    members: BoolArray


@dataclass(frozen=True)
class Split:
    """Kinds that exclude each other."""

    name: str
    """The column that makes it."""
    label: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Delivered:
    """Everything that a cohort says about delivery."""

    table: DeliveryTable
    """Nothing in it is left out that could be drafted."""
    splits: tuple[Split, ...]
    cut: float | None
    """Short treatments have up to so many planned sessions."""

    def kind(self, name: str) -> Kind | None:
        """The kind of that name, if the cohort has any patient in it."""
        return next((kind for split in self.splits for kind in split.kinds if kind.name == name), None)


def delivered(design: Design) -> Delivered:
    """By mode of delivery and by planned length, each where the cohort has at least two kinds."""
    study, table = design.study, design.cohort.table
    own = drafted(study.table.delivery, study.codebook, study.table.landmark)
    splits, cut = [], None
    if own.column is not None:
        levels = study.codebook.factors[own.column].levels
        splits.append(
            Split(own.column, study.codebook.factors[own.column].label, tuple(_modes(own, levels, table[own.column])))
        )
    if own.planned is not None:
        planned = table[own.planned].to_numpy(dtype=np.float64, na_value=np.nan)
        known = planned[~np.isnan(planned)]
        if len(known):
            cut = own.short if own.short is not None else float(np.floor((known.min() + known.max()) / 2))
            short, longer = f"{SHORT} (up to {cut:g} planned sessions)", f"{LONGER} (more than {cut:g})"
            kinds = (Kind("short", short, planned <= cut), Kind("longer", longer, planned > cut))
            splits.append(Split(own.planned, study.codebook.factors[own.planned].label, kinds))
    some = (Split(one.name, one.label, tuple(kind for kind in one.kinds if kind.members.any())) for one in splits)
    return Delivered(own, tuple(one for one in some if len(one.kinds) > 1), cut)


def _modes(own: DeliveryTable, levels: dict[str, str], values: "pd.Series[str]") -> Iterator[Kind]:
    """The four kinds of which the table names levels, or else the levels as they are."""
    if not any(getattr(own, kind) for kind in KINDS):
        for code, label in levels.items():
            yield Kind(code, label, (values == code).fillna(value=False).to_numpy(dtype=np.bool_))
        return
    for kind in KINDS:
        members = values.isin(getattr(own, kind)).to_numpy(dtype=np.bool_)
        yield Kind(kind, LABELS[kind], members)

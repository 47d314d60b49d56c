"""What of a caseload is asked for: who, in which order, which page; by links alone."""

from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from serving import language
from serving.caseload.standing import STANDINGS, Standing, Standings

Show = Literal["not", "unsure", "on", "none", "all"]
Sort = Literal["worst", "best", "widest", "missing", "id"]
ON_A_PAGE = 40


@dataclass(frozen=True)
class Asked:
    """One view of a caseload."""

    show: Show = "not"
    family: str = ""
    """Only those in whom this family speaks most against a good end; empty for all."""
    sort: Sort = "worst"
    page: int = 1

    def link(self, **changed: str | int) -> str:
        """The address of this view with something changed; another choice begins at its first page."""
        new = replace(self, **{"page": 1, **changed})  # type: ignore[arg-type] # dataclasses.replace knows no types
        said = {name: value for name, value in vars(new).items() if value != getattr(Asked(), name)}
        return language.kept(f"?{urlencode(said)}")


def counts(known: Standings) -> dict[Standing, int]:
    """How many stand where."""
    found = np.bincount(known.standing, minlength=len(STANDINGS))
    return {one: int(count) for one, count in zip(STANDINGS, found, strict=True)}


def rows(known: Standings, ids: "pd.Series[str]", families: tuple[str, ...], asked: Asked) -> NDArray[np.int64]:
    """The places in the cohort of all who are asked for, in the order that is asked for."""
    chosen = np.ones(len(known.value), dtype=bool)
    if asked.show != "all":
        chosen &= known.standing == STANDINGS.index(asked.show)
    if asked.family:
        chosen &= (known.against.argmax(axis=1) == families.index(asked.family)) & (known.against.max(axis=1) > 0)
    places = np.flatnonzero(chosen)
    return places[np.argsort(_keys(known, ids, asked.sort, places), kind="stable")]


def _keys(known: Standings, ids: "pd.Series[str]", sort: Sort, places: NDArray[np.int64]) -> NDArray[np.float64]:
    """What is small comes first; who has no prediction comes last, but where all are sorted by their names."""
    if sort == "id":
        return np.asarray(ids.iloc[places].astype(str).rank(method="first"), dtype=np.float64)
    key = {
        "worst": known.favourable,
        "best": -known.favourable,
        "widest": known.low - known.high,
        "missing": -known.missing.astype(np.float64),
    }[sort][places]
    return np.where(np.isnan(key), np.inf, key)

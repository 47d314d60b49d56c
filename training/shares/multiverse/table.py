"""[multiverse] of a study: the choices that could as well have been made otherwise."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from therapport.codebook import Codebook, Landmark
from therapport.outcome import Response
from therapport.tomlfile import Problem, Strict

END_SCORE = "end_score"
MOST = 200
Missing = Literal["filled_in", "complete", "carried_forward"]


class MultiverseTable(Strict):
    """[multiverse]: what is not stated is drafted from study, codebook and cohort."""

    outcomes: tuple[str, ...] | None = Field(default=None, min_length=1)
    """`end_score` and responses that rest on the study's measure."""
    landmarks: tuple[Landmark, ...] | None = Field(default=None, min_length=1)
    models: tuple[Literal["linear", "xgboost"], ...] = Field(default=("linear", "xgboost"), min_length=1)
    missing: tuple[Missing, ...] | None = Field(default=None, min_length=1)
    early_change: tuple[Literal["in", "out"], ...] | None = Field(default=None, min_length=1)
    """Whether later scores of the outcome's instrument are among the factors."""
    raters: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Rater -> the factors that are the rater's; those of the other raters are left out."""
    family_maps: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Name of a map -> factor -> the family it counts as; all others as in the codebook."""
    most: int = Field(default=MOST, ge=2, le=MOST)
    """No more specifications; of more, so many are drawn."""


def problems(table: MultiverseTable, codebook: Codebook, moments: tuple[Landmark, ...]) -> Iterator[Problem]:
    """What the codebook does not bear out."""
    usable = [END_SCORE, *(one.value for one in Response if one.rests_on == "one measure")]
    for place, name in enumerate(table.outcomes or ()):
        if name not in usable:
            yield Problem(("multiverse", "outcomes", place), f"{name} is none of: {', '.join(usable)}")
    order = list(Landmark)
    latest = max(moments, key=order.index)
    for place, landmark in enumerate(table.landmarks or ()):
        if order.index(landmark) > order.index(latest):
            yield Problem(("multiverse", "landmarks", place), f"later than the study's own ({latest.value})")
    for rater, factors in table.raters.items():
        for place, name in enumerate(factors):
            if name not in codebook.factors:
                yield Problem(("multiverse", "raters", rater, place), f"the codebook has no factor {name}")
    for name, moved in table.family_maps.items():
        for factor, family in moved.items():
            where = ("multiverse", "family_maps", name, factor)
            if factor not in codebook.factors:
                yield Problem(where, f"the codebook has no factor {factor}")
            elif family not in codebook.families:
                yield Problem(where, f"no family {family}; the codebook has: {', '.join(codebook.families)}")

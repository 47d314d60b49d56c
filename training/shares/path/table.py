"""[path] of a study: in which order factors may have acted, as theory has it."""

from collections.abc import Iterator

from therapport.codebook import Codebook
from therapport.tomlfile import Problem, Strict

FIRST, RESISTANCE, ACTIVE_ROLE, TECHNIQUE = "first", "resistance", "active_role", "technique"
STAGES = (FIRST, RESISTANCE, ACTIVE_ROLE, TECHNIQUE)


class PathTable(Strict):
    """[path]: each key holds factors; one that is left out is filled from the families (see `stages.stages`)."""

    first: tuple[str, ...] | None = None
    """Alliance and social influence."""
    resistance: tuple[str, ...] | None = None
    """Which of the factors is resistance nobody can tell from a family: unless stated, there is no such stage."""
    active_role: tuple[str, ...] | None = None
    technique: tuple[str, ...] | None = None

    @property
    def stated(self) -> dict[str, tuple[str, ...]]:
        """Stage -> factors, for those that the study states."""
        every = {name: getattr(self, name) for name in STAGES}
        return {name: factors for name, factors in every.items() if factors is not None}


def problems(table: PathTable, codebook: Codebook) -> Iterator[Problem]:
    """What the codebook does not bear out. A factor that the study does not use, or not yet, just falls away."""
    seen: set[str] = set()
    for stage, names in table.stated.items():
        for place, name in enumerate(names):
            where = ("path", stage, place)
            if name not in codebook.factors:
                yield Problem(where, f"the codebook has no factor {name}")
            elif codebook.factors[name].kind == "category":
                yield Problem(where, f"{name} is a category: a path needs numbers, or yes and no")
            elif name in seen:
                yield Problem(where, f"{name} stands in the path twice")
            seen.add(name)

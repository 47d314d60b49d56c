"""[subgroups] of a study: the columns whose levels are looked at one by one."""

from collections.abc import Iterator, Mapping

from pydantic import Field

from therapport.codebook import Audit, Codebook, Factor, Landmark
from therapport.codebook.problems import cut_problem
from therapport.tomlfile import Problem, Strict


class SubgroupsTable(Strict):
    """[subgroups]: columns, and where bands of numbers begin."""

    columns: tuple[str, ...] | None = None
    """Attributes for audit, or factors; unless stated, all attributes and the study's factors with levels."""
    cuts: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    """Column of numbers -> where each band after the first begins; unless stated, the codebook's, or thirds."""


def chosen(table: SubgroupsTable, codebook: Codebook, factors: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that are looked at."""
    if table.columns is not None:
        return table.columns
    with_levels = [name for name in factors if codebook.factors[name].kind in ("category", "boolean")]
    return (*codebook.audit, *with_levels, *(name for name in table.cuts if name in factors))


def cuts(table: SubgroupsTable, codebook: Codebook, column: str) -> tuple[float, ...]:
    """Where the bands of a number begin after the first; none where thirds are meant."""
    attribute = codebook.audit.get(column)
    return table.cuts.get(column, () if attribute is None else attribute.cuts)


def problems(table: SubgroupsTable, codebook: Codebook, landmark: Landmark) -> Iterator[Problem]:
    """What the codebook does not bear out."""
    described: Mapping[str, Factor | Audit] = {**codebook.factors, **codebook.audit}
    seen: set[str] = set()
    for place, name in enumerate(table.columns or ()):
        where = ("subgroups", "columns", place)
        if name in seen:
            yield Problem(where, f"{name} is named twice")
        seen.add(name)
        if name in codebook.measures:
            yield Problem(where, f"{name} is a measure of the outcome; who ended how is not a subgroup")
        elif name not in described:
            yield Problem(where, f"the codebook has no factor and no attribute for audit {name}")
        elif name in codebook.factors and not codebook.factors[name].known_at.is_known_by(landmark):
            yield Problem(where, f"{name} is known only after the study's landmark ({landmark.value})")
    for name, begins in table.cuts.items():
        where_cuts = ("subgroups", "cuts", name)
        column = described.get(name)
        if column is None or (table.columns is not None and name not in table.columns):
            yield Problem(where_cuts, f"{name} is none of the columns")
        elif column.kind not in ("number", "integer"):
            yield Problem(where_cuts, f"{name} has levels of its own, so it has no cuts")
        elif problem := cut_problem(begins, column.range):
            yield Problem(where_cuts, problem)

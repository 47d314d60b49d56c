"""Other splits and other populations: metrics of the chosen candidate, parameters of all, tables."""

from collections.abc import Iterator

from therapport.predictor.evidence import Comparison, Figure
from therapport.tracking.keys import MOST_KEYS, allowed

HEADLINE = {"binary": "auc", "score": "r2"}
Table = dict[str, list[object]]


def figures(comparison: Comparison, *, taken: int) -> dict[str, float]:
    """`sites/…`, `time/…`, `oof_lost/…` and `subgroup/<column>/<level>/…` while keys last; `taken` are in use.

    One figure of each split first, then subgroups, the largest first, then all ends; `tables/subgroups.json` and
    `comparison.json` have every figure.
    """
    name = HEADLINE[comparison.kind]
    every = {**dict(_schemes(comparison)), **dict(_lost(comparison))}
    first = (f"sites/{name}", f"sites/{name}_further_low", f"time/{name}", f"oof_lost/{name}_if_poor")
    shown = () if comparison.subgroups is None else comparison.subgroups.shown
    subgroups = {
        f"subgroup/{allowed(one.column)}/{allowed(one.level)}/{name}": one.figures[name].value
        for one in sorted(shown, key=lambda own: -own.patients)
        if name in one.figures
    }
    ordered = {key: every[key] for key in first if key in every} | subgroups | every
    return dict(list(ordered.items())[: max(0, MOST_KEYS - taken)])


def parameters(comparison: Comparison) -> dict[str, str]:
    """The receipts: how many groups, or patients, stand on both sides of each split."""
    found = {}
    if comparison.sites is not None:
        found[f"left_out_{comparison.sites.level}s"] = str(comparison.sites.sites)
        found["groups_on_both_sides_of_sites"] = str(comparison.sites.straddling)
    if comparison.in_time is not None:
        found["tested_from"] = comparison.in_time.cut
        found["patients_on_both_sides_in_time"] = str(comparison.in_time.straddling)
        for level, count in comparison.in_time.on_both_sides.items():
            if level != "patient":
                found[f"{level}s_on_both_sides_in_time"] = str(count)
    return found


def tables(comparison: Comparison) -> dict[str, Table]:
    """File -> column -> values; none that would be empty."""
    found = {
        "tables/subgroups.json": _subgroup_rows(comparison),
        "tables/left_out_sites.json": _site_rows(comparison),
        "tables/lost.json": _lost_rows(comparison),
    }
    return {name: _columns(rows) for name, rows in found.items() if rows}


def _schemes(comparison: Comparison) -> Iterator[tuple[str, float]]:
    name, chosen = HEADLINE[comparison.kind], comparison.chosen
    if comparison.sites is not None:
        pooled = comparison.sites.pooled.get(chosen, {}).get(name)
        if pooled is not None:
            yield from _ends(f"sites/{name}", pooled)
            if pooled.further_low is not None and pooled.further_high is not None:
                yield f"sites/{name}_further_low", pooled.further_low
                yield f"sites/{name}_further_high", pooled.further_high
        if comparison.sites.gain is not None:
            yield "sites/difference_severity", comparison.sites.gain.value
    if comparison.in_time is not None and name in comparison.in_time.candidates.get(chosen, {}):
        yield from _ends(f"time/{name}", comparison.in_time.candidates[chosen][name])


def _lost(comparison: Comparison) -> Iterator[tuple[str, float]]:
    name, found = HEADLINE[comparison.kind], comparison.completers
    if found is None:
        return
    for key, own in (("weighted", found.weighted), *((f"if_{end}", one) for end, one in found.bounds.items())):
        if name in own:
            yield f"oof_lost/{name}_{key}", own[name].value


def _ends(key: str, figure: Figure) -> Iterator[tuple[str, float]]:
    for ending, value in (("", figure.value), ("_low", figure.low), ("_high", figure.high)):
        if value is not None:
            yield f"{key}{ending}", value


def _subgroup_rows(comparison: Comparison) -> list[dict[str, object]]:
    shown = () if comparison.subgroups is None else comparison.subgroups.shown
    rows: list[dict[str, object]] = []
    for one in shown:
        row: dict[str, object] = {
            "column": one.column,
            "level": one.level,
            "patients": one.patients,
            "observed": one.observed,
            "predicted": one.predicted,
        }
        for name, figure in one.figures.items():
            row |= dict(_ends(name, figure))
        for name, contrast in one.contrasts.items():
            row |= dict(_ends(f"{name}_minus_others", contrast))
            row |= {f"{name}_p": contrast.p_value, f"{name}_p_holm": contrast.adjusted}
        rows.append(row)
    return rows


def _site_rows(comparison: Comparison) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for site in () if comparison.sites is None else comparison.sites.shown:
        for candidate, own in site.candidates.items():
            row: dict[str, object] = {"site": site.label, "patients": site.patients, "candidate": candidate}
            for name, figure in own.items():
                row |= dict(_ends(name, figure))
            rows.append(row)
    return rows


def _lost_rows(comparison: Comparison) -> list[dict[str, object]]:
    found = () if comparison.completers is None else comparison.completers.differences
    return [{"factor": one.label, "standardised_difference": one.standardised} for one in found]


def _columns(rows: list[dict[str, object]]) -> Table:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}

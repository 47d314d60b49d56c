"""What a scored cohort looks like as a whole, as a document and as a page; no count that could point at a person.

Counts are rounded down to tens, so that none can be had by subtracting others; one to nine are not told, and groups of
fewer than ten are left out. Where those left out of a factor, taken together, would be fewer than ten, its smallest
group is left out too: else their mean could be had from the mean of everyone and those of the others.
"""

from typing import Any

import numpy as np

from serving import pages
from serving.batch.tally import BINS, Tally
from serving.batch.work import Document
from serving.text import number
from therapport.cohort import allowed
from therapport.performance import SMALLEST_CELL
from therapport.predictor import Predictor
from therapport.predictor.outputs import Wanted


def document(tally: Tally, wanted: Wanted) -> Document:
    """Plain values: counts, means, distributions, families and what is missing."""
    groups = [_group(tally, place, wanted) for place in _told_groups(tally)]
    return {
        "rows": tally.rows,
        "scored": _tens(tally.scored),
        "abstained": _tens(tally.abstained),
        "rejected": _tens(tally.rejected),
        "rejected_because": [
            {"column": column, "reason": reason, "rows": _tens(count)}
            for (column, reason), count in sorted(
                (tuple(key.rsplit(": ", 1)), count) for key, count in tally.reasons.items()
            )
        ],
        "everyone": next((one for one in groups if one["factor"] is None), None),
        "subgroups": [one for one in groups if one["factor"] is not None],
        "probability": _bins(tally.probability, 0.0, 1.0) if tally.predictor.response is not None else [],
        "end_score": _bins(tally.end_score, *tally.predictor.end_score_instrument.range)
        if tally.predictor.end_score_instrument is not None and tally.predictor.end_score is not None
        else [],
        "missing": {
            name: _tens(int(count)) for name, count in zip(tally.predictor.factors, tally.missing, strict=True)
        },
    }


def page(predictor: Predictor, about: Document) -> str:
    """The document as one HTML file that needs no network."""
    return pages.render(
        "cohort.html",
        simulated=predictor.codebook.simulated,
        predictor=predictor,
        about=about,
        smallest=SMALLEST_CELL,
        told=_told,
        reasons=allowed.REASONS,
        factors=predictor.codebook.factors,
        families={family: predictor.codebook.families[family].label for family in predictor.families},
        subgroups=_by_factor(about["subgroups"]),
        number=number,
        share=lambda count: f"{100 * count / about['rows']:.0f} %" if count and about["rows"] else "",
        most=lambda bins: max(1, *(one["patients"] or 0 for one in bins)),
    )


def _told_groups(tally: Tally) -> list[int]:
    """Everyone, and of each factor the groups that may be told; nobody of the rest can be had by subtraction."""
    patients = tally.sums[:, tally.measures.index("patients")]
    if patients[0] < SMALLEST_CELL:
        return []
    told = [0]
    for factor in dict.fromkeys(group.factor for group in tally.groups[1:]):
        places = [place for place, group in enumerate(tally.groups) if place and group.factor == factor]
        large = sorted(
            (place for place in places if patients[place] >= SMALLEST_CELL), key=lambda place: patients[place]
        )
        while large and 0 < patients[0] - patients[large].sum() < SMALLEST_CELL:
            large.pop(0)
        told += sorted(large)
    return told


def _group(tally: Tally, place: int, wanted: Wanted) -> dict[str, Any]:
    group, sums = tally.groups[place], dict(zip(tally.measures, tally.sums[place].tolist(), strict=True))
    patients = int(sums.pop("patients"))
    means = {name: value / patients for name, value in sums.items()}
    made: dict[str, Any] = {"factor": group.factor, "level": group.label, "patients": _tens(patients)}
    made |= {f"mean_{name}": means[name] for name in ("response_probability", "end_score") if name in means}
    if wanted.families:
        made["families"] = {
            family: {
                column.removesuffix("contribution_") + what: means[f"{beginning}{column}{family}"]
                for column in ("contribution_", "score_contribution_")
                for what, beginning in (("mean", ""), ("mean_size", "size of "))
                if f"{column}{family}" in means
            }
            for family in tally.predictor.families
        }
    return made


def _bins(counts: "np.ndarray[Any, np.dtype[np.int64]]", low: float, high: float) -> list[dict[str, Any]]:
    ends = np.linspace(low, high, BINS + 1)
    return [
        {"from": float(ends[place]), "to": float(ends[place + 1]), "patients": _tens(int(count))}
        for place, count in enumerate(counts)
    ]


def _by_factor(groups: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [one for one in groups if one["factor"] == name]
        for name in dict.fromkeys(one["factor"] for one in groups)
    }


def _tens(count: int) -> int | None:
    """Rounded down to tens; None for one to nine."""
    return None if 0 < count < SMALLEST_CELL else count - count % SMALLEST_CELL


def _told(count: int | None) -> str:
    return f"fewer than {SMALLEST_CELL}" if count is None else f"{count:,}" if count else "none"

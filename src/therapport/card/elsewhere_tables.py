"""The tables of where and in whom figures hold: left-out sites, later starts, subgroups, those who were lost."""

from collections.abc import Iterator

from therapport.card import words
from therapport.card.document import Table
from therapport.predictor import Predictor
from therapport.predictor.populations import Contrast
from therapport.predictor.schemes import SiteMean

SHOWN = {
    "binary": ("auc", "brier", "calibration_slope", "calibration_intercept"),
    "score": ("r2", "rmse", "calibration_slope", "calibration_intercept"),
}
IN_SUBGROUPS = {
    "binary": ("auc", "brier", "calibration_intercept"),
    "score": ("r2", "mae", "calibration_intercept"),
}
ENDS = {
    "poor": "all the lost ended poorly",
    "good": "all the lost ended well",
    "last": "the lost stayed as last seen",
}
LEVEL = 0.05


def sites(predictor: Predictor) -> Iterator[Table]:
    """Figures at left-out sites, pooled, and what a further one may find."""
    for comparison in predictor.evidence.comparisons:
        found = comparison.sites
        rows = [
            (
                f"{comparison.candidates[name].label}: {words.METRICS[key]}",
                words.figure(own[key]),
                _ahead(own[key]),
                words.percent(own[key].inconsistency),
                words.number(own[key].between),
            )
            for name, own in ({} if found is None else found.pooled).items()
            for key in SHOWN[comparison.kind]
            if key in own
        ]
        if found is not None and rows:
            level = found.level
            yield Table(
                f"At {level}s left out: {words.outcome(predictor, comparison)}",
                ("Figure", f"Mean over {level}s", f"A further {level}", "I²", "τ"),
                (("", tuple(rows)),),
                f"95 % confidence and prediction intervals. τ is the standard deviation between {level}s: of an AUC in "
                f"log-odds, of an RMSE as a logarithm.",
            )


def in_time(predictor: Predictor) -> Iterator[Table]:
    """Figures in those who started later."""
    for comparison in predictor.evidence.comparisons:
        found = comparison.in_time
        if found is not None:
            keys = SHOWN[comparison.kind]
            rows = tuple(
                (comparison.candidates[name].label, *(words.figure(own.get(key)) for key in keys))
                for name, own in found.candidates.items()
            )
            yield Table(
                f"Started from {found.cut} on: {words.outcome(predictor, comparison)}",
                ("Candidate", *(words.METRICS[key] for key in keys)),
                (("", rows),),
                f"{found.tested:,} or more, predicted from {found.learned_from:,} or more who had started before; 95 % "
                f"intervals.",
            )


def subgroups(predictor: Predictor) -> Iterator[Table]:
    """Figures in every subgroup that can be shown, beside those of the others."""
    for comparison in predictor.evidence.comparisons:
        found, keys = comparison.subgroups, IN_SUBGROUPS[comparison.kind]
        if found is not None and found.shown:
            everyone = ("Everyone", "", "", *(words.figure(found.everyone.get(key)) for key in keys), "")
            rows = [
                (
                    f"{one.label}: {one.level}",
                    f"{one.patients:,} or more",
                    f"{words.number(one.observed, 2)}, {words.number(one.predicted, 2)}",
                    *(words.figure(one.figures.get(key)) for key in keys),
                    _contrast(one.contrasts.get(keys[0])),
                )
                for one in found.shown
            ]
            first = words.METRICS[keys[0]]
            yield Table(
                f"In subgroups: {words.outcome(predictor, comparison)}",
                (
                    "Subgroup",
                    words.rows(predictor).capitalize(),
                    "Observed, predicted",
                    *(words.METRICS[key] for key in keys),
                    f"{first} less that of the others",
                ),
                (("", (everyone, *rows)),),
                "The preferred candidate, out of fold, with 95 % intervals. A star marks a difference that holds after "
                "Holm’s correction.",
            )


def lost(predictor: Predictor) -> Iterator[Table]:
    """Figures as completers have them, weighted for the lost, and with every end that these can have had."""
    for comparison in predictor.evidence.comparisons:
        found, keys = comparison.completers, (*SHOWN[comparison.kind][:2], "calibration_intercept")
        if found is not None and found.completers:
            named = {"completers": ("completers as they are", found.completers)}
            named |= {"weighted": ("weighted for the lost", found.weighted)}
            named |= {end: (f"had {ENDS[end]}", own) for end, own in found.bounds.items()}
            rows = tuple(
                (
                    f"{name[:1].upper()}{name[1:]}",
                    words.number(found.means[key], 2) if key in found.means else "",
                    *(words.figure(own.get(metric)) for metric in keys),
                )
                for key, (name, own) in named.items()
                if own
            )
            mean = "Share with the outcome" if comparison.kind == "binary" else "Mean end score"
            yield Table(
                f"What the lost could have changed: {words.outcome(predictor, comparison)}",
                ("Whose outcomes", mean, *(words.METRICS[key] for key in keys)),
                (("", rows),),
                "The lost are predicted by models that had not met their group. The worst and the best are bounds, no "
                "guesses.",
            )


def _ahead(mean: SiteMean) -> str:
    if mean.further_low is None or mean.further_high is None:
        return "unknown"
    return f"{words.number(mean.further_low)} to {words.number(mean.further_high)}"


def _contrast(one: Contrast | None) -> str:
    if one is None:
        return "–"
    return words.figure(one) + (" *" if one.adjusted is not None and one.adjusted < LEVEL else "")

"""Evidence of other splits and populations made by hand: what pages and runs are to show of it."""

from therapport.predictor.evidence import Comparison, Figure
from therapport.predictor.populations import Completers, Contrast, LostDifference, Subgroup, Subgroups
from therapport.predictor.schemes import InTime, LeftOutSites, Site, SiteMean


def figure(value: float) -> Figure:
    return Figure(value=value, low=value - 0.05, high=value + 0.05)


def mean(value: float) -> SiteMean:
    return SiteMean(
        value=value,
        low=value - 0.04,
        high=value + 0.04,
        further_low=value - 0.2,
        further_high=value + 0.2,
        between=0.1,
        inconsistency=0.37,
        sites=5,
    )


def held(comparison: Comparison) -> Comparison:
    """The comparison with sites, a split in time, two subgroups and forty lost patients."""
    binary, chosen = comparison.kind == "binary", comparison.chosen
    key = "auc" if binary else "r2"
    sites = LeftOutSites(
        level="site",
        sites=8,
        parts=8,
        too_small=3,
        straddling=0,
        kept_out=20,
        everyone={chosen: {key: figure(0.61)}},
        pooled={chosen: {key: mean(0.62)}, "severity": {key: mean(0.57)}},
        shown=(Site(label="site 1", patients=70, candidates={chosen: {key: figure(0.64)}, "severity": {}}),),
        gain=mean(-0.013),
    )
    in_time = InTime(
        cut="2024-03",
        learned_from=270,
        tested=110,
        undated=10,
        returned=0,
        straddling=0,
        on_both_sides={"therapist": 17, "site": 8},
        mean_before=0.41,
        mean_after=0.44,
        candidates={chosen: {key: figure(0.66)}, "severity": {key: figure(0.58)}},
        gain=figure(-0.011),
    )
    women = Subgroup(
        column="gender",
        label="Gender",
        level="Woman/other",
        patients=220,
        observed=0.42,
        predicted=0.43,
        figures={key: figure(0.71)},
        contrasts={key: Contrast(value=0.123, low=0.05, high=0.2, p_value=0.004, adjusted=0.008)},
    )
    men = women.model_copy(update={"level": "Man", "patients": 160, "figures": {key: figure(0.587)}})
    subgroups = Subgroups(everyone={key: figure(0.65)}, shown=(men, women), suppressed=1, audit_only=("gender",))
    completers = Completers(
        lost=40,
        share=0.1,
        differences=(LostDifference(column="phq9_intake", label="PHQ-9 at intake", standardised=0.34),),
        hidden=2,
        foreseen=figure(0.59),
        effective=0.93,
        completers={key: figure(0.65)},
        weighted={key: figure(0.655)},
        bounds={"poor": {key: figure(0.602)}, "good": {key: figure(0.661)}},
        means={"completers": 0.42, "weighted": 0.41, "poor": 0.38, "good": 0.48},
    )
    return comparison.model_copy(
        update={"sites": sites, "in_time": in_time, "subgroups": subgroups, "completers": completers}
    )

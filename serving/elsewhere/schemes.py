"""What other ways to split the cohort found: at other sites, and later in time."""

from serving.elsewhere.part import HEADLINE, LABELS, LOSS, Part, Table, cell
from serving.text import number, sentence_case
from therapport.predictor.evidence import Comparison
from therapport.predictor.schemes import InTime, LeftOutSites, SiteMean


def of_sites(comparison: Comparison, found: LeftOutSites) -> Part:
    """Leave-one-site-out, the preferred candidate beside severity alone."""
    level, shown = found.level, HEADLINE[comparison.kind]
    sentences = [
        f"Each {level} was predicted by models that had learned from the other {level}s only "
        f"({found.sites} {level}s; groups on both sides: {found.straddling}, must be 0)."
        + ("" if found.parts == found.sites else f" Several went at a time, in {found.parts} parts.")
    ]
    if found.kept_out:
        sentences.append(
            f"At least {found.kept_out} patients were not learned from where they share a group with a {level} left "
            f"out."
        )
    if found.gain is not None:
        sentences.append(
            f"{sentence_case(LOSS[comparison.kind])} minus that of severity alone, on average over {level}s: "
            f"{cell(found.gain)}{_ahead(found.gain, f'; at a further {level} from ')}. Below 0, the preferred "
            f"candidate is better."
        )
    keys = (*shown, "calibration_slope", "calibration_intercept")
    rows = [
        (
            f"{comparison.candidates[name].label}: {LABELS[key]}",
            cell(own.get(key)),
            _ahead(own[key], "") or "unknown" if key in own else "",
            number(100 * own[key].inconsistency, 0) + " %" if key in own else "",
        )
        for name, own in found.pooled.items()
        for key in keys
        if key in own
    ]
    tables = []
    if rows:
        counted = max(one.sites for own in found.pooled.values() for one in own.values())
        columns = ("Candidate", f"Mean over {counted} {level}s", f"A further {level}", "I²")
        why = (
            f"95 % intervals; of a further {level}, the 95 % prediction interval. I²: the share of the differences "
            f"between {level}s that is more than chance."
        )
        tables.append(Table(f"Left-out {level}s", why, columns, tuple(rows)))
    else:
        for name, own in found.everyone.items():
            figures = ", ".join(f"{LABELS[key]} {cell(own[key])}" for key in shown if key in own)
            sentences.append(f"All {level}s together, {comparison.candidates[name].label.lower()}: {figures}.")
    if found.too_small:
        sentences.append(f"{found.too_small} of the {level}s are too small to be counted by themselves.")
    if found.shown:
        each = tuple(
            (
                site.label.capitalize(),
                f"{site.patients} or more",
                *(cell(own.get(key)) for own in site.candidates.values() for key in shown[:1]),
            )
            for site in found.shown
        )
        named = (
            f"{LABELS[shown[0]]}, {comparison.candidates[name].label.lower()}" for name in found.shown[0].candidates
        )
        why = f"Numbered from the largest {level} on; names are not kept."
        tables.append(Table(f"Each {level}", why, (level.capitalize(), "Patients", *named), each, folded=True))
    return Part(f"At other {level}s", tuple(sentences), tuple(tables))


def of_time(comparison: Comparison, found: InTime) -> Part:
    """The split in time, the preferred candidate beside severity alone."""
    binary = comparison.kind == "binary"
    means = (
        f"{100 * found.mean_before:.0f} and {100 * found.mean_after:.0f} of 100 had the outcome"
        if binary
        else f"the mean end score was {number(found.mean_before, 1)} and {number(found.mean_after, 1)}"
    )
    sides = ", ".join(f"{count} {level}s" for level, count in found.on_both_sides.items() if level != "patient")
    sentences = [
        f"Learned from {found.learned_from} or more who started before {found.cut}, tested on {found.tested} or more "
        f"who started later; {means}. Patients on both sides: {found.straddling} (must be 0).",
    ]
    if sides:
        sentences.append(
            f"On both sides are {sides}: this split asks whether predictions hold later, not whether they hold for "
            f"new ones of these."
        )
    if found.undated:
        sentences.append(f"In neither part, because their start is not known: {found.undated} or more.")
    if found.returned:
        sentences.append(f"Later episodes of patients who were learned from are not tested: {found.returned} or more.")
    if found.gain is not None:
        sentences.append(f"{sentence_case(LOSS[comparison.kind])} minus that of severity alone: {cell(found.gain)}.")
    keys = (*HEADLINE[comparison.kind], "calibration_slope", "calibration_intercept")
    rows = tuple(
        (comparison.candidates[name].label, *(cell(own.get(key)) for key in keys))
        for name, own in found.candidates.items()
    )
    table = Table("Those who started later", "95 % intervals.", ("Candidate", *(LABELS[key] for key in keys)), rows)
    return Part("Later in time", tuple(sentences), (table,))


def _ahead(mean: SiteMean, before: str) -> str:
    if mean.further_low is None or mean.further_high is None:
        return ""
    return f"{before}{number(mean.further_low, 3)} to {number(mean.further_high, 3)}"

"""The comparison of one outcome as a page that MLflow shows beside the runs; it needs no other file and no script."""

import jinja2

from therapport.predictor.evidence import Comparison, Coverage, Evidence
from training import figures
from training.results import COLUMNS
from training.study import Study
from training.tracked import drawings

LOADER = jinja2.PackageLoader("training")


def render(study: Study, evidence: Evidence, comparison: Comparison) -> str:
    """The page of one outcome."""
    environment = jinja2.Environment(
        loader=LOADER, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("tracked.html").render(
        title=evidence.title,
        simulated=study.codebook.simulated,
        evidence=evidence,
        comparison=comparison,
        outcome=_outcome(study, comparison),
        candidates=[(one.label, name == comparison.chosen) for name, one in comparison.candidates.items()],
        rows=[
            (label, [figures.cell(one.metrics.get(metric)) for one in comparison.candidates.values()])
            for metric, label in COLUMNS[comparison.kind].items()
        ],
        lines=list(figures.lines(comparison)),
        abstained="" if comparison.abstention is None else figures.abstained(comparison.abstention),
        calibration=drawings.calibration(comparison),
        decision=drawings.decision(comparison),
        families=[(study.codebook.families[family].label, bars) for family, bars in drawings.families(comparison)],
        coverage=[
            (_whom(one), f"{one.patients:,}", figures.share(one))
            for one in (() if comparison.interval is None else comparison.interval.coverage)
        ],
        width=drawings.WIDTH,
        height=drawings.HEIGHT,
    )


def _outcome(study: Study, comparison: Comparison) -> str:
    if comparison.kind == "binary" and study.outcome is not None:
        return f"{study.outcome.label}: {study.outcome.definition}"
    return f"end score ({study.codebook.measures[study.table.outcome.after or ''].label})"


def _whom(one: Coverage) -> str:
    return f"{one.by}: {one.label}" if one.label else one.by

"""What the validation of one outcome found, and as which metrics and tables it is tracked."""

from dataclasses import dataclass

from therapport import performance
from therapport.performance import CalibrationBin, Estimate, bootstrap_weights
from therapport.predictor import Predictor
from therapport.predictor.evidence import Comparison
from therapport.registry.versions import Version
from therapport.tracking import validations
from training import evaluation
from training.design import Design
from training.external import sites
from training.external.frozen import Answered
from training.external.sites import Sites


@dataclass(frozen=True)
class Validated:
    """One outcome: what was found in everyone, by predicted value, and by site."""

    answered: Answered
    figures: dict[str, Estimate]
    curve: list[CalibrationBin]
    sites: Sites | None


def of(design: Design, answered: Answered, level: str | None) -> Validated:
    """The figures of everyone, the curve, and the sites of a level."""
    settings = design.study.table
    cluster = answered.predictions.cluster
    weights = bootstrap_weights(cluster, draws=settings.validation.draws, seed=settings.seed)
    curve = performance.calibration_curve if answered.kind == "binary" else performance.score_curve
    return Validated(
        answered,
        evaluation.metrics(design.study, answered.kind, answered.predictions, weights),
        curve(answered.predictions),
        None if level is None else sites.by_site(design, answered, level),
    )


def log(predictor: Predictor, version: Version | None, design: Design, found: Validated) -> str:
    """Track it; returns the id of its run."""
    study, answered = design.study, found.answered
    comparison = _comparison(predictor, answered)
    return validations.log(
        predictor.evidence,
        comparison,
        run_name=f"{comparison.chosen} {predictor.version} on {study.name} {design.cohort.digest()[:8]}",
        study=study.name,
        cohort_digest=design.cohort.digest(),
        definition=definition(predictor, answered),
        parameters={
            "candidate": comparison.chosen,
            "model_version": predictor.version,
            "registry_version": "-" if version is None else version.number,
            "study": study.name,
            "landmark": study.table.landmark.value,
            "patients": str(answered.predictions.patients),
            "at_risk": "not known" if design.at_risk.told is None else str(len(design.at_risk.rows)),
            "group": study.table.validation.group,
            "bootstrap_draws": str(study.table.validation.draws),
            "cohort_digest": design.cohort.digest(),
            "trained_on_digest": predictor.evidence.cohort.digest,
            "codebook_digest": study.codebook.digest(),
            "simulated": str(study.codebook.simulated).lower(),
        },
        figures=_keys(found),
        sites={}
        if found.sites is None
        else {site.name: {key: one.value for key, one in site.figures.items()} for site in found.sites.shown},
        tables=_tables(found),
    )


def _keys(found: Validated) -> dict[str, float]:
    keys: dict[str, float | None] = {"patients": float(found.answered.predictions.patients)}
    for name, one in found.figures.items():
        keys |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
    for name, mean in (found.sites.pooled if found.sites is not None else {}).items():
        keys |= {f"pooled_{name}": mean.value, f"pooled_{name}_low": mean.low, f"pooled_{name}_high": mean.high}
        keys |= {f"further_{name}_low": mean.predicted_low, f"further_{name}_high": mean.predicted_high}
    if found.answered.held is not None:
        keys["interval_coverage"] = found.answered.held
    return {key: value for key, value in keys.items() if value is not None}


def _tables(found: Validated) -> dict[str, dict[str, list[object]]]:
    tables: dict[str, dict[str, list[object]]] = {
        "calibration_curve.json": {
            field: [getattr(group, field) for group in found.curve]
            for field in ("predicted", "observed", "low", "high", "patients")
        }
    }
    if found.sites is not None and found.sites.shown:
        shown_sites = found.sites.shown
        by_site: dict[str, list[object]] = {
            found.sites.level: [site.name for site in shown_sites],
            "patients": [site.patients for site in shown_sites],
        }
        for name in shown_sites[0].figures:
            for end in ("value", "low", "high"):
                column = name if end == "value" else f"{name}_{end}"
                by_site[column] = [getattr(site.figures.get(name), end, None) for site in shown_sites]
        tables["sites.json"] = by_site
    return tables


def _comparison(predictor: Predictor, answered: Answered) -> Comparison:
    return next(one for one in predictor.evidence.comparisons if one.kind == answered.kind)


def definition(predictor: Predictor, answered: Answered) -> str:
    """What is predicted, as every result states it."""
    if answered.kind == "binary" and predictor.outcome is not None:
        return f"{predictor.outcome.label} ({predictor.outcome.definition})"
    instrument = predictor.end_score_instrument
    return f"end score ({instrument.label if instrument is not None else 'points'})"

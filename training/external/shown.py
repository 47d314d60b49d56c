"""A validation as the terminal shows it."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from therapport import performance
from therapport.cohort import shown
from therapport.performance import CalibrationBin, Estimate
from therapport.predictor import Predictor
from therapport.predictor.evidence import Figure
from training import figures
from training.external import sites, validated
from training.external.sites import Sites
from training.external.validated import Validated

HEADINGS = {
    "auc": "AUC",
    "brier": "Brier",
    "log_loss": "Log loss",
    "r2": "R2",
    "rmse": "RMSE",
    "mae": "MAE",
    "calibration_slope": "Calibration slope",
    "calibration_intercept": "Calibration intercept",
    "scaled_brier": "Scaled Brier",
    "ici": "ICI",
    "sensitivity_at_capacity": "Sensitivity at capacity",
    "specificity_at_capacity": "Specificity at capacity",
    "within_reliable_change": "Within reliable change",
}


def show(console: Console, predictor: Predictor, found: Validated) -> None:
    """Figures, curve and sites of one outcome."""
    answered = found.answered
    console.print(
        f"[bold]{validated.definition(predictor, answered)}[/bold]: {answered.predictions.patients:,} patients"
    )
    if answered.abstained:
        console.print(f"The model abstained in {shown(answered.abstained)} more, who are left out.")
    table = Table("Figure", "This cohort", title=f"{predictor.name} {predictor.version}, frozen; 95 % intervals")
    pooled = {} if found.sites is None else found.sites.pooled
    if found.sites is not None:
        table.add_column(f"Mean over {found.sites.level}s")
        table.add_column(f"A further {found.sites.level}")
    for name, estimate in found.figures.items():
        mean = pooled.get(name)
        cells = [HEADINGS.get(name, name), figures.cell(_figure(estimate))]
        if found.sites is not None:
            cells.append("" if mean is None else f"{mean.value:.3f} ({mean.low:.3f} to {mean.high:.3f})")
            ahead = mean is not None and mean.predicted_low is not None
            cells.append(f"{mean.predicted_low:.3f} to {mean.predicted_high:.3f}" if mean and ahead else "")
        table.add_row(*cells)
    console.print(table)
    if answered.held is not None:
        console.print(f"The interval of the end score held {answered.held:.0%} of the end scores.")
    _print_curve(console, found.curve)
    if found.sites is not None:
        _print_sites(console, found.sites, [name for name in sites.POOLED[answered.kind] if name in found.figures])
    console.print()


def _print_curve(console: Console, curve: list[CalibrationBin]) -> None:
    if not curve:
        return
    table = Table("Predicted", "Observed", "95 % interval", "Patients", title="Calibration curve")
    for group in curve:
        interval = f"{group.low:.3f} to {group.high:.3f}"
        table.add_row(f"{group.predicted:.3f}", f"{group.observed:.3f}", interval, f"{group.patients:,}")
    console.print(table)


def _print_sites(console: Console, found: Sites, names: list[str]) -> None:
    if found.shown:
        table = Table(found.level.capitalize(), "Patients", *(HEADINGS.get(name, name) for name in names))
        for site in found.shown:
            cells = (figures.cell(_figure(site.figures[name]) if name in site.figures else None) for name in names)
            table.add_row(escape(site.name), f"{site.patients:,} or more", *cells)
        console.print(table)
    if found.left_out:
        console.print(
            f"Left out: {found.left_out} {found.level}{'s' * (found.left_out > 1)} with fewer than "
            f"{sites.FEWEST_PATIENTS} patients, or fewer than {performance.SMALLEST_CELL} with or without the outcome."
        )


def _figure(estimate: Estimate) -> Figure:
    return Figure(value=estimate.value, low=estimate.low, high=estimate.high)

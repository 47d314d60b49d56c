"""One look as a run: figures of drift, and calibration with a step for each period."""

from serving.monitoring.job import Monitored
from therapport.predictor import Predictor
from therapport.tracking import monitoring

PARTS = {"prediction": "predictions", "family": "families", "input": "inputs"}


def log(predictor: Predictor, monitored: Monitored, page: str) -> str:
    """Log it under `<model>: monitoring`; no path, no value of a patient. Returns the run's id."""
    figures = {"patients": float(monitored.compared.patients // 10 * 10)}
    for shift in monitored.compared.shifts:
        figures[f"psi/{PARTS[shift.part]}/{shift.name}"] = shift.distance.psi
    figures |= {f"missing/{one.name}": one.now for one in monitored.compared.missing}
    series: dict[str, list[tuple[int, float]]] = {}
    over_time = monitored.over_time
    if over_time is not None:
        for step, period in enumerate(over_time.periods):
            for key, figure in period.figures.items():
                for end in ("value", "low", "high") if key != "expected" else ("value",):
                    name = f"calibration/{key}" + ("" if end == "value" else f"_{end}")
                    series.setdefault(name, []).append((step, getattr(figure, end)))
        for direction, months in over_time.evidence.items():
            series[f"alarm/{direction}"] = [(step, value) for step, (_, value) in enumerate(months)]
        figures["alarms"] = float(len(over_time.sounded))
    return monitoring.log(
        predictor.name,
        run_name=f"version {predictor.version}",
        note=f"Version {predictor.version} in use, beside its training cohort.",
        parameters={"version": predictor.version, "codebook": predictor.codebook_digest},
        figures=figures,
        series=series,
        files={"monitor.html": page},
    )

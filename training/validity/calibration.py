"""Whether the truth is true: expected end scores and probabilities against what was drawn."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from therapport import simulator
from therapport.simulator import SCENARIOS, Simulated, Truth
from training.validity.page import Done, Section, table

PATIENTS, THERAPISTS = 100_000, 10_000


def section() -> Section:
    """Every scenario."""
    return Section(len(SCENARIOS), _lines)


def check(made: Simulated) -> dict[str, float]:
    """Figures of the residuals of a cohort: what was drawn less what was expected; dropouts are left out."""
    before, after = (made.cohort[name].to_numpy(np.float64, na_value=np.nan) for name in ("phq9_intake", "phq9_end"))
    stayed = ~np.isnan(after)
    truth = Truth(made.design, made.parts[0])
    said = pd.concat([truth.predictions(part) for part in made.parts])
    expected = said["expected_end_score"].to_numpy()
    probability = said["probability_reliable_improvement"].to_numpy()
    improved = (before - after >= 6)[stayed].astype(float)  # noqa: PLR2004 - the PHQ-9's reliable change
    spread = expected[stayed] - expected[stayed].mean()
    slope = float(spread @ after[stayed] / (spread @ spread)) if spread.std() > 1e-6 else float("nan")  # noqa: PLR2004
    residual = after[stayed] - expected[stayed]
    return {
        "slope": slope,
        "error": float(residual.std() / np.sqrt(spread @ spread)) if spread.std() > 1e-6 else float("nan"),  # noqa: PLR2004
        "bias": float(residual.mean()),
        "improved": float(improved.mean()),
        "probability": float(probability[stayed].mean()),
        "r2": float(1 - residual.var() / after[stayed].var()),
    }


def _lines(done: Done) -> Iterator[str]:
    rows = []
    for name in SCENARIOS:
        made = simulator.simulate(scenario=name, patients=PATIENTS, therapists=THERAPISTS, sites=500)
        found = check(made)
        rows.append(
            [
                f"`{name}`",
                "-" if np.isnan(found["slope"]) else f"{found['slope']:.3f} ({found['error']:.3f})",
                f"{found['bias']:+.3f}",
                f"{found['probability']:.1%}",
                f"{found['improved']:.1%}",
                f"{found['r2']:.3f}",
            ]
        )
        done()
    yield "## Is the truth true?\n"
    yield (
        f"{PATIENTS:,} patients of {THERAPISTS:,} therapists in each scenario, as recorded, with what is missing: the "
        f"end score regressed on the one expected (slope, in brackets its standard error; 1 is right), the mean "
        f"difference in points, and reliable improvement. `R2` is what a model without any error of its own would "
        f"reach; a better one has found a leak. Those who left early are not counted.\n"
    )
    header = ["Scenario", "slope", "bias", "improved, expected", "found", "R2"]
    yield from table(header, rows)

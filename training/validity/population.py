"""Correlations, base rates and the sign trap, in cohorts so large that chance is small."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from therapport import simulator
from therapport.simulator import path_model
from therapport.simulator.path_model import OUTCOME
from training.validity.page import Done, Section, table

PATIENTS, THERAPISTS, SITES = 200_000, 20_000, 50
MEANS = {"PHQ-9 before": 16.8, "PHQ-9 after": 10.3, "r(before, after)": 0.37}
RATES = {
    "Reliable improvement": (0.57, 0.26),
    "Recovery": (0.46, -0.30),
    "Reliable recovery": (0.39, None),
    "50 % drop": (0.40, -0.02),
}
"""What the design expects: base rate, correlation with severity at intake."""


def correlations() -> Section:
    """Latent correlations against published ones."""
    return Section(1, _correlations)


def base_rates() -> Section:
    """Base rates and the sign trap after instruments and caseness."""
    return Section(1, _base_rates)


def _correlations(done: Done) -> Iterator[str]:
    made = simulator.simulate(
        patients=PATIENTS, therapists=THERAPISTS, sites=SITES, missing=0, parameters={"caseness": False}
    )
    done()
    found, implied = made.latent.corr(), path_model.implied_correlations()
    yield "## Latent correlations\n"
    yield (
        f"{PATIENTS:,} patients of {THERAPISTS:,} therapists before caseness. The standard error of a correlation is "
        f"{1 / np.sqrt(PATIENTS):.4f}; for the therapist it is larger, because patients share one.\n"
    )
    published = {name: value for name, (value, _) in path_model.PUBLISHED.items()}
    rows = []
    for name, target in {**published, **path_model.ASSUMED}.items():
        values = [target, float(implied[OUTCOME][name]), float(found[OUTCOME][name])]
        rows.append([f"`{name}`" + ("" if name in published else " (assumed)"), *(f"{value:+.3f}" for value in values)])
    yield from table(["r with the outcome", "published", "implied", "found"], rows)
    off = (found - implied).abs().to_numpy()
    pairs = len(off) * (len(off) - 1) // 2
    yield f"Largest difference between implied and found, over all {pairs} pairs: {off.max():.4f}.\n"


def _base_rates(done: Done) -> Iterator[str]:
    cohort = simulator.simulate(patients=PATIENTS, therapists=THERAPISTS, sites=SITES, missing=0).cohort
    done()
    before, after = cohort["phq9_intake"].astype(float), cohort["phq9_end"].astype(float)
    happened = responses(before, after)
    yield "## Base rates, and the sign trap\n"
    yield f"{PATIENTS:,} patients with a PHQ-9 of 10 or more at intake, recorded in whole points from 0 to 27.\n"
    means = [before.mean(), after.mean(), before.corr(after)]
    yield from table(
        ["", "expected", "found"],
        [[name, f"{MEANS[name]:g}", f"{value:.2f}"] for name, value in zip(MEANS, means, strict=True)],
    )
    rows = []
    for name, (rate, correlation) in RATES.items():
        trap = "" if correlation is None else f"{correlation:+.2f}"
        own = before.corr(happened[name])
        rows.append([name, f"{rate:.0%}", f"{happened[name].mean():.1%}", trap, f"{own:+.2f}"])
    yield from table(["Outcome", "expected", "found", "r with severity, expected", "found"], rows)


def responses(before: "pd.Series[float]", after: "pd.Series[float]") -> dict[str, "pd.Series[float]"]:
    """Name of RATES -> 1 or 0 for each patient."""
    improved, below = before - after >= 6, after < 10  # noqa: PLR2004 - the PHQ-9's own thresholds
    found = {
        "Reliable improvement": improved,
        "Recovery": below,
        "Reliable recovery": improved & below,
        "50 % drop": after <= before / 2,
    }
    return {name: values.astype(float) for name, values in found.items()}

"""Out-of-sample shares against the closed form, in cohorts of two sizes."""

from collections.abc import Iterator

import numpy as np

from therapport import simulator
from therapport.explanation import shapley
from therapport.simulator.truth import shares
from training.shares import coalitions, worth
from training.validity.debate import latent
from training.validity.page import Done, Section, table

SEEDS = range(1, 21)
SIZES = {4_000: (80, 0.02), 50_000: (1_000, 0.005)}
"""Patients -> therapists, and how far the mean over the seeds may be from the truth."""


def section() -> Section:
    """Two sizes by twenty seeds."""
    return Section(len(SIZES) * len(SEEDS), _lines)


def recovered(patients: int, therapists: int, seed: int) -> dict[str, float]:
    """Family -> its out-of-fold share of R2 by the linear model, in one cohort."""
    made = simulator.simulate(
        patients=patients, therapists=therapists, sites=8, seed=seed, missing=0, parameters=latent.WITHOUT_CASENESS
    )
    material = latent.material(made)
    game = worth.worth(coalitions.predict(material, "linear"), "r2").value
    return dict(zip(material.families, map(float, game @ shapley.weights(len(material.families))), strict=True))


def truth() -> dict[str, float]:
    """In closed form, mediators among the factors."""
    design = simulator.asked(patients=1, therapists=1, sites=1, seed=0, missing=0, parameters=latent.WITHOUT_CASENESS)
    return shares.shares(design, shares.families(design))


def _lines(done: Done) -> Iterator[str]:
    true = truth()
    found: dict[int, list[dict[str, float]]] = {patients: [] for patients in SIZES}
    for patients, (therapists, _) in SIZES.items():
        for seed in SEEDS:
            found[patients].append(recovered(patients, therapists, seed))
            done()
    yield "## Shares out of sample\n"
    yield (
        f"What `therapport shares` finds out of fold with the linear model, therapists kept together, against the "
        f"closed form; latent values, measurement and caseness switched off. Mean over {len(SEEDS)} seeds, in "
        f"brackets the standard deviation of a single cohort. Allowed: .020 at 4,000, .005 at 50,000.\n"
    )
    rows, worst = [], dict.fromkeys(SIZES, 0.0)
    for family, value in {**true, "sum": sum(true.values())}.items():
        cells = [f"`{family}`", f"{value:.4f}"]
        for patients in SIZES:
            each = np.array([one.get(family, sum(one.values())) for one in found[patients]])
            cells.append(f"{each.mean():.4f} ({each.std(ddof=1):.4f})")
            if family != "sum":
                worst[patients] = max(worst[patients], abs(float(each.mean()) - value))
        rows.append(cells)
    yield from table(["Family", "true", *(f"{patients:,} patients" for patients in SIZES)], rows)
    within = all(worst[patients] <= allowed for patients, (_, allowed) in SIZES.items())
    furthest = ", ".join(f"{value:.4f} at {patients:,}" for patients, value in worst.items())
    yield f"Largest difference of a family: {furthest}; {'within' if within else 'BEYOND'} what is allowed.\n"

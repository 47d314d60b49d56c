"""Families' shares of R2, recovered by linear models from the latent values."""

from collections.abc import Iterator

import numpy as np

from therapport import simulator
from therapport.simulator import path_model
from therapport.simulator.design import design
from therapport.simulator.truth import shares
from training.validity.page import Done, Section, table

SEEDS = range(1, 21)
SIZES = {4_000: (80, 0.01), 50_000: (1_000, 0.005)}
"""Patients -> therapists, and how far the mean over the seeds may be from the truth."""
TRUTH = design(patients=1, therapists=1, sites=1, seed=0, missing=0)


def section() -> Section:
    """Two sizes by twenty seeds."""
    return Section(len(SIZES) * len(SEEDS), _lines)


def recovered(patients: int, therapists: int, seed: int, *, mediators: bool) -> dict[str, float]:
    """Family -> its share of the R2 of least squares in one cohort before measurement and caseness."""
    latent = simulator.simulate(
        patients=patients, therapists=therapists, sites=8, seed=seed, missing=0, parameters={"caseness": False}
    ).latent
    return path_model.shapley_shares(latent.corr(), shares.families(TRUTH, mediators=mediators))


def _lines(done: Done) -> Iterator[str]:
    found: dict[tuple[int, bool], list[dict[str, float]]] = {}
    for patients, (therapists, _) in SIZES.items():
        for seed in SEEDS:
            for mediators in (False, True):
                one = recovered(patients, therapists, seed, mediators=mediators)
                found.setdefault((patients, mediators), []).append(one)
            done()
    yield "## Families' shares of R2\n"
    yield (
        f"Least squares on the latent values, measurement and caseness switched off: mean over {len(SEEDS)} seeds, in "
        f"brackets the standard deviation of a single cohort. `sum` is R2. Allowed: .010 at 4,000, .005 at 50,000.\n"
    )
    for mediators in (False, True):
        truth = shares.shares(TRUTH, shares.families(TRUTH, mediators=mediators))
        truth["sum"] = sum(truth.values())
        rows = []
        worst = dict.fromkeys(SIZES, 0.0)
        for family, value in truth.items():
            cells = [f"`{family}`", f"{value:.4f}"]
            for patients in SIZES:
                each = np.array([one.get(family, sum(one.values())) for one in found[patients, mediators]])
                cells.append(f"{each.mean():.4f} ({each.std(ddof=1):.4f})")
                if family != "sum":
                    worst[patients] = max(worst[patients], abs(each.mean() - value))
            rows.append(cells)
        yield f"### Resistance and engagement {'among the factors' if mediators else 'left out'}\n"
        yield from table(["Family", "true", *(f"{patients:,} patients" for patients in SIZES)], rows)
        within = all(worst[patients] <= allowed for patients, (_, allowed) in SIZES.items())
        furthest = ", ".join(f"{value:.4f} at {patients:,}" for patients, value in worst.items())
        yield f"Largest difference of a family: {furthest}; {'within' if within else 'BEYOND'} what is allowed.\n"

"""Each scenario of the debate recognised for what it is: by shares, unique parts, overlap, and acting together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from therapport import simulator
from therapport.simulator.truth import shares
from training.shares import coalitions, interplay, partition
from training.shares.coalitions import MODELS, Model
from training.shares.results import Overlap, Partition, Together
from training.validity.debate import latent
from training.validity.page import Done, Section, table

SEEDS = range(1, 4)
PATIENTS, THERAPISTS, DRAWS = 4_000, 80, 400
SMALL, LARGE = 0.005, 0.01


@dataclass(frozen=True)
class Seen:
    """What one model finds in one cohort."""

    partition: Partition
    together: tuple[Together, ...]

    def pair(self, one: str, other: str) -> Together:
        """What two families do together."""
        return next(pair for pair in self.together if {pair.one, pair.other} == {one, other})

    def overlap(self, one: str, other: str) -> Overlap:
        """What two families share."""
        return next(pair for pair in self.partition.overlaps if {pair.one, pair.other} == {one, other})

    def unique(self, family: str) -> float:
        """What is lost without it."""
        return self.partition.families[family].unique.value


@dataclass(frozen=True)
class Sign:
    """By what a scenario is recognised."""

    words: str
    holds: Callable[[Seen], bool]


def _only_common(seen: Seen) -> bool:
    return abs(seen.unique("technique")) < SMALL and seen.partition.families["alliance"].unique_beyond_zero


def _only_technique(seen: Seen) -> bool:
    others = max(seen.unique(family) for family in ("alliance", "social_influence", "active_role", "delivery"))
    return seen.unique("technique") > LARGE and others < SMALL


def _nothing(seen: Seen) -> bool:
    low = seen.partition.total.low
    return low is not None and low <= 0 and seen.partition.total.value < SMALL


def _through(seen: Seen) -> bool:
    alliance = seen.partition.families["alliance"]
    return (
        seen.pair("technique", "active_role").found
        and alliance.beyond_zero
        and abs(alliance.unique.value) < SMALL
        and alliance.share.value > LARGE
    )


def _gap(seen: Seen) -> bool:
    overlap = seen.overlap("active_role", "delivery").overlap
    return overlap.low is not None and overlap.low > 0


SIGNS: Mapping[str, Sign] = {
    "common_factors_only": Sign("technique has no unique part, alliance has one", _only_common),
    "techniques_only": Sign("beside the patient, technique alone has a unique part", _only_technique),
    "null": Sign("all families together cannot be told from nothing", _nothing),
    "keijsers": Sign(
        "technique and active role act together; alliance has a share, but nothing of its own beside resistance",
        _through,
    ),
    "ehealth_gap": Sign("delivery and active role carry the same information", _gap),
}


def section() -> Section:
    """Every scenario, both models, a few seeds."""
    return Section(len(SIGNS) * len(SEEDS) * len(MODELS), _lines)


def seen(scenario: str, model: Model, seed: int, *, patients: int = PATIENTS, therapists: int = THERAPISTS) -> Seen:
    """One cohort of latent values before caseness, out of fold."""
    made = _made(scenario, seed, patients, therapists)
    material = latent.material(made)
    predictions = coalitions.predict(material, model)
    widened = partition.widening(material, draws=DRAWS // 2, seed=seed)
    return Seen(
        partition.partition(predictions, "r2", widened=widened, draws=DRAWS, seed=seed),
        interplay.together(predictions, draws=DRAWS, seed=seed),
    )


def true_shares(scenario: str) -> dict[str, float]:
    """Family -> share of R2 of the best prediction that there can be."""
    design = simulator.asked(
        patients=1, therapists=1, sites=1, seed=0, missing=0, scenario=scenario, parameters=latent.WITHOUT_CASENESS
    )
    return shares.shares(design, shares.families(design))


def _made(scenario: str, seed: int, patients: int, therapists: int) -> simulator.Simulated:
    return simulator.simulate(
        scenario=scenario,
        patients=patients,
        therapists=therapists,
        sites=8,
        seed=seed,
        missing=0,
        parameters=latent.WITHOUT_CASENESS | {"dropout": 0.0},
    )


def _lines(done: Done) -> Iterator[str]:
    yield "## Scenarios of the debate, recognised\n"
    yield (
        f"Out of fold in {PATIENTS:,} patients of {THERAPISTS} therapists, latent values before caseness, mean over "
        f"{len(SEEDS)} seeds. Share and, in brackets, unique part of each family in R2; `gain` is what the model wins "
        f"if two families may act together. The truth is what the best prediction would explain; a linear model cannot "
        f"reach it where families act together.\n"
    )
    for scenario, sign in SIGNS.items():
        found: dict[Model, list[Seen]] = {model: [] for model in MODELS}
        for model, cohorts in found.items():
            for seed in SEEDS:
                cohorts.append(seen(scenario, model, seed))
                done()
        yield f"### `{scenario}`: {simulator.SCENARIOS[scenario].title}\n"
        yield from _table(true_shares(scenario), found)
        times = {MODELS[model].lower(): sum(map(sign.holds, cohorts)) for model, cohorts in found.items()}
        told = ", ".join(f"{MODELS[model].lower()} {times[MODELS[model].lower()]} of {len(SEEDS)}" for model in MODELS)
        verdict = "recognised" if max(times.values()) == len(SEEDS) else "NOT ALWAYS recognised"
        yield f"Sign: {sign.words}. Seen by the {told}: {verdict}.\n"


def _table(true: dict[str, float], found: dict[Model, list[Seen]]) -> list[str]:
    rows = []
    for family, value in true.items():
        cells = [f"`{family}`", f"{value:.3f}"]
        for cohorts in found.values():
            share = np.mean([one.partition.families[family].share.value for one in cohorts])
            unique = np.mean([one.unique(family) for one in cohorts])
            cells.append(f"{share:.3f} ({unique:.3f})")
        rows.append(cells)
    totals = [np.mean([one.partition.total.value for one in cohorts]) for cohorts in found.values()]
    rows.append(["sum", f"{sum(true.values()):.3f}", *(f"{total:.3f}" for total in totals)])
    for one, other in (("alliance", "technique"), ("technique", "active_role")):
        gains = [
            f"{np.mean([s.pair(one, other).gain.value for s in cohorts]):.4f} "
            f"(found in {sum(s.pair(one, other).found for s in cohorts)} of {len(cohorts)})"
            for cohorts in found.values()
        ]
        rows.append([f"gain: `{one}` x `{other}`", "", *gains])
    return table(["Family", "true", *MODELS.values()], rows)

"""From a design to a whole cohort in memory; larger ones are written block by block (`files`)."""

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from therapport.simulator import block as blocks
from therapport.simulator import design as designs
from therapport.simulator import world as worlds
from therapport.simulator.block import Block
from therapport.simulator.design import Design
from therapport.simulator.truth import Truth


@dataclass(frozen=True, eq=False)
class Simulated:
    """A cohort, the truth behind it, and what was asked for."""

    cohort: pd.DataFrame
    """One row per patient: `patient_id`, `therapist_id`, `site_id`, the columns of the codebook, `start_date`."""
    latent: pd.DataFrame
    """The standardised values of the same patients, row for row: one column per variable of the path model."""
    design: Design
    parts: tuple[Block, ...]
    """The same patients in the blocks that they were drawn in."""

    @functools.cached_property
    def sessions(self) -> pa.Table:
        """The long table: `episode_id`, `session`, `date`, `measure`, `value`, one row per measurement."""
        return pa.concat_tables([part.sessions for part in self.parts]).unify_dictionaries()

    @functools.cached_property
    def truth(self) -> pd.DataFrame:
        """What is true of each patient, row for row; columns as docs/simulator.md has them."""
        truth = Truth(self.design, self.parts[0])
        return pd.concat([truth.of(part) for part in self.parts], ignore_index=True)


def simulate(
    *,
    patients: int = 4000,
    therapists: int = 80,
    sites: int = 8,
    seed: int = 1,
    missing: float = 0.05,
    scenario: str = "published",
    factors: int = 12,
    parameters: Mapping[str, float | bool] | None = None,
) -> Simulated:
    """Patients at caseness at intake; the same arguments always give the same cohort.

    Everybody has a PHQ-9 of 10 or more at intake, so that `latent` is cut off in `sev`: the correlations of the path
    model hold before that. `missing` is the probability that a value known after intake is absent, completely at
    random. `scenario` names a preset and `parameters` differ from it: layers by name, paths as `y.alli3`.
    Raises DesignError with every reason why such a cohort cannot be.
    """
    return from_design(
        designs.design(
            patients=patients,
            therapists=therapists,
            sites=sites,
            seed=seed,
            missing=missing,
            scenario=scenario,
            factors=factors,
            parameters=parameters,
        )
    )


def from_design(design: Design, *, done: Callable[[int], None] = lambda _: None) -> Simulated:
    """The cohort of a design; `done` is told how many patients more there are."""
    parts = []
    for part in drawn(design):
        parts.append(part)
        done(len(part.cohort))
    return Simulated(
        cohort=pd.concat([part.cohort for part in parts], ignore_index=True),
        latent=pd.concat([part.latent for part in parts], ignore_index=True),
        design=design,
        parts=tuple(parts),
    )


def drawn(design: Design) -> Iterator[Block]:
    """The blocks of a design, one after the other; never more than one in memory."""
    world = worlds.world(design)
    return (blocks.block(world, number) for number in range(world.blocks))

"""What all blocks of a cohort share: therapists and sites, and how much of the outcome is theirs or nobody's."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from therapport.simulator import effects, therapists
from therapport.simulator.design import Design
from therapport.simulator.therapists import Therapists

Values = npt.NDArray[np.float64]
BLOCK = 50_000
"""Patients that are drawn together. Each block has random numbers of its own, so it is the same whoever draws it."""


@dataclass(frozen=True, eq=False)
class World:
    """The staff of a design, and the sizes that follow from it."""

    design: Design
    staff: Therapists
    shared: Values
    """Shape (therapists,): what a therapist's and their site's patients have in common beyond the rated skill, in
    standard deviations of the outcome."""
    rating_error: Values
    """Shape (therapists,): standard normal error of the rating of the therapist's skill."""
    noise: float
    """Standard deviation of what neither factors nor clusters explain of the outcome."""

    @property
    def blocks(self) -> int:
        """How many blocks the cohort has."""
        return math.ceil(self.design.patients / BLOCK)

    def rows(self, block: int) -> slice:
        """The places of a block's patients."""
        return slice(block * BLOCK, min((block + 1) * BLOCK, self.design.patients))


def world(design: Design) -> World:
    """Draw the staff; raises DesignError if paths and layers explain more than all variance."""
    residual = effects.noise_sd(design)
    staff = therapists.draw(
        patients=design.patients,
        therapists=design.therapists,
        sites=design.sites,
        generator=design.generator("therapists"),
    )
    of_therapist, of_site = design.layers.therapist_effect, design.layers.site_effect
    own = design.generator("therapist effects").standard_normal(design.therapists)
    site = design.generator("site effects").standard_normal(design.sites)
    return World(
        design=design,
        staff=staff,
        shared=math.sqrt(of_therapist) * own + math.sqrt(of_site) * site[staff.site],
        rating_error=design.generator("rating of therapists").standard_normal(design.therapists),
        noise=math.sqrt(residual**2 - of_therapist - of_site),
    )

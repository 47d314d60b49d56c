"""What is asked of a simulation, and whether it can be had."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from therapport.errors import DesignError


@dataclass(frozen=True, kw_only=True)
class Design:
    """The size of a simulated cohort and its switches; impossible ones raise DesignError with every problem."""

    patients: int
    """Patients at caseness at intake in the finished cohort."""
    therapists: int
    sites: int
    seed: int
    missing: float
    """Probability that a value known after intake is absent, completely at random; 0 switches absence off."""

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DesignError("Such a cohort cannot be simulated.", problems)

    def generator(self, stage: str) -> np.random.Generator:
        """The random numbers of one stage: a switch in one stage leaves those of the others as they were."""
        return np.random.default_rng([self.seed, zlib.crc32(stage.encode())])

    def _problems(self) -> Iterator[str]:
        for name, value in (("patients", self.patients), ("therapists", self.therapists), ("sites", self.sites)):
            if value < 1:
                yield f"{name}: {value}; at least 1 is needed"
        if self.patients < self.therapists:
            yield f"patients: {self.patients} for {self.therapists} therapists; each needs at least 1"
        if self.therapists < self.sites:
            yield f"therapists: {self.therapists} for {self.sites} sites; each needs at least 1"
        if self.seed < 0:
            yield f"seed: {self.seed}; it must be 0 or more"
        if not 0 <= self.missing < 1:
            yield f"missing: {self.missing}; it must be a share from 0 to below 1"

"""Therapists, nested in sites, and who treats whom."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SMALLEST_CASELOAD = 3
"""Patients that every therapist has, as far as there are enough patients."""
CASELOAD_SHAPE = 4.0
"""Of the gamma distribution of caseloads: their standard deviation is about half their mean (an assumption)."""


@dataclass(frozen=True, eq=False)
class Therapists:
    """Therapists by number from 0: the one whose number stands at a patient's place treats that patient."""

    value: npt.NDArray[np.float64]
    """Shape (therapists,), standard normal, higher is better; shared by all patients of the therapist."""
    site: npt.NDArray[np.int64]
    """Shape (therapists,), numbered from 0; every site has at least one therapist."""
    of_patient: npt.NDArray[np.int64]
    """Shape (patients,), in random order, so that a place in the file says nothing."""


def draw(*, patients: int, therapists: int, sites: int, generator: np.random.Generator) -> Therapists:
    """Therapists with uneven caseloads over sites of uneven size; the site has no effect of its own."""
    value = generator.standard_normal(therapists)
    further_sites = generator.choice(sites, size=therapists - sites)
    site = np.sort(np.concatenate([np.arange(sites), further_sites]))
    smallest = min(SMALLEST_CASELOAD, patients // therapists)
    wish = generator.gamma(CASELOAD_SHAPE, size=therapists)
    caseload = smallest + generator.multinomial(patients - smallest * therapists, wish / wish.sum())
    of_patient = generator.permutation(np.repeat(np.arange(therapists), caseload))
    return Therapists(value=value, site=site, of_patient=of_patient)

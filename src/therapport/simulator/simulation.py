"""From a design to a cohort: therapists, then what patients are, then what is recorded of them, then what is lost."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from therapport.simulator import latent, measures, missingness, therapists
from therapport.simulator.design import Design
from therapport.simulator.therapists import Therapists


@dataclass(frozen=True, eq=False)
class Simulated:
    """A cohort, the truth behind it, and what was asked for."""

    cohort: pd.DataFrame
    """One row per patient: `patient_id`, `therapist_id`, `site_id`, then the columns of the shipped codebook."""
    latent: pd.DataFrame
    """The standardised values of the same patients, row for row: one column per variable of the path model."""
    design: Design


def simulate(
    *, patients: int = 4000, therapists: int = 80, sites: int = 8, seed: int = 1, missing: float = 0.05
) -> Simulated:
    """Patients at caseness at intake, from the linear core; the same arguments always give the same cohort.

    Everybody has a PHQ-9 of 10 or more at intake, so that `latent` is cut off in `sev`: the correlations of the path
    model hold before that. `missing` is the probability that a value known after intake is absent, completely at
    random. Raises DesignError with every reason why such a cohort cannot be.
    """
    return from_design(Design(patients=patients, therapists=therapists, sites=sites, seed=seed, missing=missing))


def from_design(design: Design) -> Simulated:
    """The cohort of a design."""
    staff = therapists.draw(
        patients=design.patients,
        therapists=design.therapists,
        sites=design.sites,
        generator=design.generator("therapists"),
    )
    truth = _at_caseness(staff, design.generator("patients"))
    complete = pd.concat([_identifiers(staff), measures.record(truth)], axis="columns")
    cohort = missingness.completely_at_random(
        complete, probability=design.missing, generator=design.generator("missing")
    )
    return Simulated(cohort=cohort, latent=truth, design=design)


def _at_caseness(staff: Therapists, generator: np.random.Generator) -> pd.DataFrame:
    """Each place on a caseload goes to the first patient drawn for it who is at caseness."""
    value = staff.value[staff.of_patient]
    truth = latent.draw(value, generator=generator)
    while len(vacant := np.flatnonzero(~measures.at_caseness(truth["sev"].to_numpy()))):
        truth.iloc[vacant] = latent.draw(value[vacant], generator=generator).to_numpy()
    return truth


def _identifiers(staff: Therapists) -> pd.DataFrame:
    digits = max(2, len(str(len(staff.value))))
    therapist = np.array([f"T{number:0{digits}d}" for number in range(1, len(staff.value) + 1)])
    site = np.array([f"site{number + 1}" for number in staff.site])
    return pd.DataFrame(
        {
            "patient_id": [f"S{number:06d}" for number in range(1, len(staff.of_patient) + 1)],
            "therapist_id": therapist[staff.of_patient],
            "site_id": site[staff.of_patient],
        },
        dtype="str",
    )

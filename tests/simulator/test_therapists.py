import numpy as np
import pytest

from therapport.simulator import therapists
from therapport.simulator.therapists import Therapists


def drawn(*, patients: int, staff: int, sites: int) -> Therapists:
    return therapists.draw(patients=patients, therapists=staff, sites=sites, generator=np.random.default_rng(1))


def test_every_therapist_has_a_few_patients_and_caseloads_differ() -> None:
    caseload = np.bincount(drawn(patients=4000, staff=80, sites=8).of_patient, minlength=80)
    assert caseload.sum() == 4000
    assert caseload.min() >= 3
    assert 0.3 < caseload.std() / caseload.mean() < 0.7


@pytest.mark.parametrize(("patients", "staff", "sites", "smallest"), [(5, 5, 5, 1), (5, 2, 1, 2), (1, 1, 1, 1)])
def test_the_smallest_cohorts_still_give_every_therapist_a_patient_and_every_site_a_therapist(
    patients: int, staff: int, sites: int, smallest: int
) -> None:
    found = drawn(patients=patients, staff=staff, sites=sites)
    assert np.bincount(found.of_patient, minlength=staff).min() >= smallest
    assert set(found.site) == set(range(sites))


def test_the_order_of_patients_does_not_follow_their_therapists() -> None:
    of_patient = drawn(patients=4000, staff=80, sites=8).of_patient
    assert abs(np.corrcoef(of_patient, np.arange(4000))[0, 1]) < 0.08  # 5 standard errors

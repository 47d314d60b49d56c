import numpy as np
import pandas as pd
import pytest

from therapport.errors import DesignError
from therapport.simulator import latent, path_model, therapists
from therapport.simulator.path_model import PathModel


@pytest.fixture(scope="module")
def many() -> pd.DataFrame:
    generator = np.random.default_rng(1)
    staff = therapists.draw(patients=200_000, therapists=20_000, sites=10, generator=generator)
    return latent.draw(staff.value[staff.of_patient], generator=generator)


def test_correlations_among_many_patients_are_those_of_the_path_model(many: pd.DataFrame) -> None:
    # Standard error of a correlation at n = 200,000: .0022; 4.5 of them for 78 pairs.
    implied = path_model.implied_correlations()
    assert list(many.columns) == list(implied.columns)
    assert (many.corr() - implied).abs().to_numpy().max() < 0.01


def test_every_variable_has_mean_zero_and_unit_variance(many: pd.DataFrame) -> None:
    # The therapist's value has 20,000 independent draws in uneven caseloads: standard error about .008.
    assert many.mean().abs().max() < 0.03
    assert (many.std() - 1).abs().max() < 0.03


def test_guidance_takes_two_values(many: pd.DataFrame) -> None:
    assert set(many["format_guided"]) == {-1.0, 1.0}  # half of the patients: (1 - .5) / .5


def test_the_value_of_the_therapist_is_passed_on_unchanged() -> None:
    value = np.array([0.3, -1.2, 0.3])
    drawn = latent.draw(value, generator=np.random.default_rng(1))
    assert list(drawn["ther"]) == [0.3, -1.2, 0.3]


def test_a_model_that_correlates_what_is_drawn_apart_is_refused() -> None:
    model = PathModel(("ther", "format_guided", "sev"), {("ther", "sev"): 0.2}, {})
    with pytest.raises(DesignError, match="may not correlate ther or format_guided"):
        latent.draw(np.zeros(3), generator=np.random.default_rng(1), model=model)

import numpy as np
import pandas as pd
import pytest

from therapport import codebook
from therapport.codebook import Landmark
from therapport.simulator import measures, missingness, path_model


@pytest.mark.parametrize(
    ("name", "latent", "expected"),
    [
        # 15.4 + 5.5 z: 15.4, 20.9, 9.35 and far beyond either end
        ("phq9_intake", [0, 1, -1.1, -9, 9], [15, 21, 9, 0, 27]),
        # 9.4 + 6.4 z: 9.4, 15.8, -3.4
        ("phq9_end", [0, 1, -2], [9, 16, 0]),
        # 12 exp(1.1 z): 12, 36.05, 3.99
        ("episode_months", [0, 1, -1, 9], [12, 36, 4, 480]),
        # Tenths of the normal distribution end at 0 and at 1.2816; the highest is decile 1, the most deprived.
        ("deprivation_decile", [-9, -1.29, -1.27, -0.01, 0.01, 1.27, 1.29, 9], [10, 10, 9, 6, 5, 2, 1, 1]),
        # 4.0 + .65 z: 4.0, 3.35, 5.3
        ("alliance", [0, -1, 2], [4.0, 3.35, 5.0]),
        # .25 + .15 z at -5/3 is nothing at all, below it the floor
        ("observed_resistance", [0, -5 / 3, -4], [0.25, 0, 0]),
    ],
)
def test_instruments_round_and_stop_at_floor_and_ceiling(name: str, latent: list[float], expected: list[float]) -> None:
    recorded = measures.recorded(name, np.array(latent))
    assert list(recorded) == pytest.approx(expected)
    assert not np.signbit(recorded).any()


def test_caseness_is_a_recorded_score_of_ten_or_more() -> None:
    # 15.4 + 5.5 z is 9.5 at z = -1.0727
    assert list(measures.at_caseness(np.array([-1.08, -1.07]))) == [False, True]


def test_patients_with_guidance_are_called_guided() -> None:
    latent = pd.DataFrame(0.0, index=range(2), columns=list(path_model.LINEAR_CORE.variables))
    latent["format_guided"] = [1.0, -1.0]
    assert list(measures.record(latent)["delivery_mode"]) == ["guided", "unguided"]


def test_the_shipped_codebook_is_sound_and_says_that_nobody_is_real() -> None:
    described = codebook.read(measures.CODEBOOK)
    assert described.simulated
    assert described.title.startswith("SIMULATED")
    assert described.groups == {"therapist": "therapist_id", "site": "site_id"}
    assert described.id == "patient_id"
    assert [name for name, factor in described.factors.items() if factor.required] == ["phq9_intake"]


def test_the_source_names_every_published_author_and_no_line_break_splits_it() -> None:
    source = measures.shipped_codebook().source
    for author in ("Flückiger", "Mausbach", "Constantino", "Webb", "Saxon", "Buckman"):
        assert author in source
    assert "\n" not in source


def test_the_codebook_puts_each_factor_into_the_family_of_its_latent_value() -> None:
    described = measures.shipped_codebook()
    family_of = {latent: family for family, members in path_model.FAMILIES.items() for latent in members}
    for name, factor in described.factors.items():
        latent = "format_guided" if name == measures.DELIVERY_MODE else measures.MEASUREMENTS[name].latent
        assert factor.family == family_of[latent], name
    assert len(described.factors) == len(family_of)


def test_what_can_be_missing_is_what_is_known_after_intake() -> None:
    described = measures.shipped_codebook()
    assert set(missingness.CAN_BE_MISSING) == {
        name for name, factor in described.factors.items() if factor.known_at is not Landmark.INTAKE
    }

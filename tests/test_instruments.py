import pytest

from therapport import instruments


@pytest.mark.parametrize(
    ("name", "highest", "cutoff", "reliable_change"),
    [
        # NHS Talking Therapies: caseness 10 and 8 or more, reliable change 6 and 4 or more.
        ("phq9", 27, 10, 6),
        ("gad7", 21, 8, 4),
        # Beck, Steer & Brown 1996: 14 and above; Seggar et al. 2002: 8.46, so 9 whole points.
        ("bdi2", 63, 14, 9),
        # Connell et al. 2007: 9.9, rounded to 10, of a score from 0 to 40; customary change of 5.
        ("core_om", 40, 10, 5),
        # Lambert et al. 2004: 63/64; OQ Measures: 14 points.
        ("oq45", 180, 64, 14),
    ],
)
def test_the_published_thresholds(name: str, highest: float, cutoff: float, reliable_change: float) -> None:
    instrument = instruments.instrument(name)
    assert instrument.range == (0, highest)
    assert instrument.better == "lower"
    assert (instrument.cutoff, instrument.reliable_change) == (cutoff, reliable_change)


@pytest.mark.parametrize("name", sorted(instruments.all_instruments()))
def test_an_instrument_is_possible_and_says_where_its_figures_come_from(name: str) -> None:
    instrument = instruments.instrument(name)
    lowest, highest = instrument.range
    assert lowest < instrument.cutoff < highest
    assert 0 < instrument.step <= instrument.reliable_change < highest - lowest
    assert instrument.cutoff_source
    assert instrument.reliable_change_source
    assert instrument.licence


@pytest.mark.parametrize("name", sorted(instruments.all_instruments()))
def test_whoever_is_at_the_cut_off_is_a_case_where_lower_is_better(name: str) -> None:
    instrument = instruments.instrument(name)
    assert instrument.better == "lower"
    assert instrument.is_case(instrument.cutoff)
    assert not instrument.is_case(instrument.cutoff - instrument.step)


def test_whoever_is_below_the_cut_off_is_a_case_where_higher_is_better() -> None:
    # The ORS: 0-40, clinical below 25.
    ors = instruments.instrument("phq9").model_copy(update={"better": "higher", "range": (0.0, 40.0), "cutoff": 25.0})
    assert ors.is_case(24)
    assert not ors.is_case(25)

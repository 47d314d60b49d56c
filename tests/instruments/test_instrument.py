"""What one instrument says, and what a table of one may not say."""

import json

import pytest

from therapport import instruments, tomlfile
from therapport.errors import ConfigurationError
from therapport.instruments import Instrument
from therapport.tomlfile import Strict

SCALE = """
[instruments.my_scale]
label = "My scale"
range = [0, 30]
better = "lower"
step = 1
"""


class Book(Strict):
    """A codebook in so far as it brings instruments of its own."""

    instruments: dict[str, Instrument]


def read(source: str) -> Instrument:
    return tomlfile.parse(source.encode(), Book, name="codebook.toml").instruments["my_scale"]


def test_a_codebook_may_bring_a_scale_of_its_own_in_five_lines() -> None:
    scale = read(SCALE)
    assert (scale.label, scale.range, scale.step) == ("My scale", (0, 30), 1)
    assert scale.certainty == "recalled"


def test_figures_that_nobody_states_are_absent_and_asking_for_them_says_what_to_do() -> None:
    scale = read(SCALE)
    assert (scale.stated_cutoff, scale.stated_reliable_change, scale.stated_remission) == (None, None, None)
    assert (scale.mcid, scale.mcid_share, scale.bands, scale.reliability) == (None, None, {}, ())
    with pytest.raises(ConfigurationError, match="My scale has no cut-off: state one, or choose an outcome that"):
        _ = scale.cutoff
    with pytest.raises(ConfigurationError, match="no reliable change is known for My scale: state one"):
        _ = scale.reliable_change
    with pytest.raises(ConfigurationError, match="no threshold of remission is known for My scale: state one"):
        _ = scale.remission
    with pytest.raises(ConfigurationError, match="no cut-off"):
        scale.is_case(10)


def test_figures_that_are_stated_have_the_keys_of_the_file() -> None:
    scale = read(SCALE + "cutoff = 12\nreliable_change = 5\nremission = 6\n")
    assert (scale.cutoff, scale.reliable_change, scale.remission) == (12, 5, 6)
    assert {"cutoff", "reliable_change", "remission"} <= set(scale.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("cutoff = 31", "cutoff: must be above 0 and at most 30"),
        ("cutoff = 0", "cutoff: must be above 0 and at most 30"),  # everybody would be a case
        ("reliable_change = 0", r"reliable_change: must be above 0 and within the width of the range \(30\)"),
        ("reliable_change = 31", "reliable_change: must be above 0"),
        ("remission = 40", "remission: must be above 0"),
        ("cutoff = 10\nremission = 11", "remission: lies on the clinical side of the cut-off"),
        ("bands = { severe = 20, mild = 10 }", "bands: the lowest scores must rise"),
        ("bands = { severe = 40 }", "bands: the lowest scores must rise from band to band, within the range"),
        ('reliability = [{ kind = "retest", value = 0.8, highest = 0.7 }]', "highest is below value"),
        ("cutof = 12", "did you mean cutoff?"),
        ("certainties = { cutof = 'read' }", "Input should be"),
        ("certainty = 'quite'", "Input should be"),
    ],
)
def test_a_table_that_cannot_be_is_refused_with_its_line(line: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        read(SCALE + line + "\n")
    assert "line " in str(caught.value)
    assert "my_scale" in str(caught.value)


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="range: the lowest score must be below the highest"):
        read(SCALE.replace("[0, 30]", "[30, 0]"))
    with pytest.raises(ConfigurationError, match="step: larger than the range"):
        read(SCALE.replace("step = 1", "step = 31"))


def test_every_problem_of_a_table_is_said_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(SCALE + "cutoff = 99\nreliable_change = 99\n")
    assert "cutoff: must" in str(caught.value)
    assert "reliable_change: must" in str(caught.value)


def test_an_own_scale_comes_before_a_shipped_one() -> None:
    own = {"phq9": read(SCALE), "my_scale": read(SCALE)}
    assert instruments.instrument("phq9", own).label == "My scale"
    assert instruments.instrument("my_scale", own).label == "My scale"
    assert instruments.instrument("gad7", own).label == "GAD-7"


def test_an_unknown_instrument_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="unknown instrument phq8; known: phq9, bdi2"):
        instruments.instrument("phq8")


def test_an_instrument_survives_json() -> None:
    for found in instruments.all_instruments().values():
        assert Instrument.model_validate_json(json.dumps(found.model_dump(mode="json"))) == found
        assert Instrument.model_validate_json(found.model_dump_json()) == found


def test_an_instrument_that_was_stored_before_figures_were_optional_can_still_be_read() -> None:
    stored = """{"label": "PHQ-9", "full_name": "Patient Health Questionnaire, depression", "range": [0.0, 27.0],
        "better": "lower", "step": 1.0, "cutoff": 10.0, "cutoff_source": "Kroenke", "reliable_change": 6.0,
        "reliable_change_source": "NHS", "certainty": "read in a secondary source", "licence": "free"}"""
    phq9 = Instrument.model_validate_json(stored)
    assert (phq9.cutoff, phq9.reliable_change, phq9.stated_remission) == (10, 6, None)


@pytest.mark.parametrize(
    ("score", "band"), [(0, None), (4, None), (5, "mild"), (9, "mild"), (10, "moderate"), (27, "severe")]
)
def test_the_band_of_a_score(score: float, band: str | None) -> None:
    assert instruments.instrument("phq9").band(score) == band


def test_without_bands_no_score_has_one() -> None:
    assert instruments.instrument("srs").band(38) is None

"""The shipped figures: published thresholds, and that each figure is possible and says where it comes from."""

import pytest

from therapport import instruments
from therapport.instruments import Figure, Instrument

NONE = None
SHIPPED = sorted(instruments.all_instruments())
SYMPTOMS = sorted(instruments.symptoms())


@pytest.mark.parametrize(
    ("name", "scores", "better", "cutoff", "reliable_change"),
    [
        # NHS Talking Therapies: caseness at these scores or more, reliable change of so many points or more.
        ("phq9", (0, 27), "lower", 10, 6),
        ("gad7", (0, 21), "lower", 8, 4),
        ("pcl5", (0, 80), "lower", 32, 10),
        ("ies_r", (0, 88), "lower", 33, 9),
        ("pdss_sr", (0, 28), "lower", 8, 5),
        ("spin", (0, 68), "lower", 19, 10),
        ("oci", (0, 168), "lower", 40, 32),
        ("pswq", (16, 80), "lower", 45, 10),
        ("hai", (0, 54), "lower", 18, 4),
        ("mobility_inventory", (1, 5), "lower", 2.3, 0.73),
        # Beck, Steer & Brown 1996: 14 and above; Seggar et al. 2002: 8.46, so 9 whole points.
        ("bdi2", (0, 63), "lower", 14, 9),
        # Remission is 7 or less, 5 or less: so 8 and 6 are the first scores beyond it.
        ("hrsd17", (0, 52), "lower", 8, NONE),
        ("qids_sr16", (0, 27), "lower", 6, NONE),
        # Connell et al. 2007: 9.9, rounded to 10, of a score from 0 to 40; customary change of 5.
        ("core_om", (0, 40), "lower", 10, 5),
        # Barkham et al. 2013: 11.0 and 6.
        ("core10", (0, 40), "lower", 11, 6),
        # Lambert et al. 2004: 63/64; OQ Measures: 14 and 10 points.
        ("oq45", (0, 180), "lower", 64, 14),
        ("oq30", (0, 120), "lower", 44, 10),
        # Miller et al. 2003: below 25.
        ("ors", (0, 40), "higher", 25, 5),
        ("wsas", (0, 40), "lower", 10, 8),
        ("lsas", (0, 144), "lower", 30, NONE),
        # 14 or less is needed for clinically significant change.
        ("ybocs", (0, 40), "lower", 15, 10),
        ("oci_r", (0, 72), "lower", 21, 9),
        # Below 2.77, the community mean and one standard deviation: 1.554 + 1.213 = 2.767.
        ("ede_q", (0, 6), "lower", 2.77, 1.1),
        # 50 or less is a case, and scores go in steps of 4: 48 is the last case, 52 the first that is none.
        ("who5", (0, 100), "higher", 52, 10),
        # Shah et al. 2018: 2.77 standard errors of measurement are 2.87 points.
        ("swemwbs", (7, 35), "higher", NONE, 2.87),
        ("scl90r_gsi", (0, 4), "lower", NONE, NONE),
        ("bsi18_gsi", (0, 4), "lower", NONE, NONE),
        ("hscl11", (0, 4), "lower", NONE, NONE),
    ],
)
def test_the_published_thresholds(
    name: str, scores: tuple[float, float], better: str, cutoff: float | None, reliable_change: float | None
) -> None:
    instrument = instruments.symptoms()[name]
    assert (instrument.range, instrument.better) == (scores, better)
    assert (instrument.stated_cutoff, instrument.stated_reliable_change) == (cutoff, reliable_change)


def test_no_measure_of_symptoms_is_left_out_of_the_table_above() -> None:
    marks = test_the_published_thresholds.pytestmark  # type: ignore[attr-defined]
    assert sorted(row[0] for row in marks[0].args[1]) == SYMPTOMS


@pytest.mark.parametrize(
    ("name", "remission"),
    # PHQ-9 below 5; HRSD-17 at most 7; QIDS at most 5; BDI-II at most 13; Y-BOCS at most 12.
    [("phq9", 5), ("hrsd17", 8), ("qids_sr16", 6), ("bdi2", 14), ("ybocs", 13)],
)
def test_the_published_thresholds_of_remission(name: str, remission: float) -> None:
    assert instruments.instrument(name).remission == remission


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("phq9", [5, 10, 15, 20]),
        ("gad7", [5, 10, 15]),
        ("bdi2", [14, 20, 29]),
        ("hrsd17", [8, 14, 19, 23]),
        ("qids_sr16", [6, 11, 16, 21]),
        ("core_om", [5, 10, 15, 20, 25]),
        ("wsas", [10, 20]),
        ("ybocs", [8, 16, 24, 32]),
    ],
)
def test_the_published_bands(name: str, starts: list[float]) -> None:
    assert list(instruments.instrument(name).bands.values()) == starts


@pytest.mark.parametrize(
    ("name", "scores", "better"),
    [
        ("wai_sr", (1, 5), "higher"),
        ("wai_sr_sum", (12, 60), "higher"),
        ("wai_sr_goal", (1, 5), "higher"),
        ("wai_sr_task", (1, 5), "higher"),
        ("wai_sr_bond", (1, 5), "higher"),
        ("wai_t", (12, 60), "higher"),
        ("srs", (0, 40), "higher"),
        ("haq2", (19, 114), "higher"),
        ("ceq_credibility", (3, 27), "higher"),
        ("ceq_expectancy", (3, 27), "higher"),
        ("urica", (-2, 14), "higher"),  # three means of 1 to 5 less a fourth: 3 - 5 = -2 to 15 - 1 = 14
        ("trs", (28, 112), "lower"),  # 28 items of 1 to 4
        ("hong", (14, 70), "lower"),  # 14 items of 1 to 5
        ("hcs", (1, 6), "higher"),
        ("ctsr", (0, 72), "higher"),  # 12 items of 0 to 6
        ("cts", (0, 66), "higher"),  # 11 items of 0 to 6
        ("multi30_common", (1, 5), "higher"),
        ("fis", (1, 5), "higher"),
    ],
)
def test_the_ranges_of_process_measures(name: str, scores: tuple[float, float], better: str) -> None:
    instrument = instruments.process()[name]
    assert (instrument.range, instrument.better) == (scores, better)


def test_a_process_measure_has_no_threshold_that_an_outcome_could_rest_on() -> None:
    for instrument in instruments.process().values():
        assert instrument.stated_cutoff is None
        assert instrument.stated_reliable_change is None
        assert instrument.stated_remission is None


def test_the_eight_approaches_of_multi_30_are_there() -> None:
    assert sum(name.startswith("multi30_") for name in instruments.process()) == 8


def test_no_name_is_given_twice() -> None:
    assert not set(instruments.symptoms()) & set(instruments.process())
    labels = [instrument.label for instrument in instruments.all_instruments().values()]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_figure_says_where_it_comes_from(name: str) -> None:
    instrument = instruments.instrument(name)
    stated: dict[Figure, tuple[object, str]] = {
        "cutoff": (instrument.stated_cutoff, instrument.cutoff_source),
        "reliable_change": (instrument.stated_reliable_change, instrument.reliable_change_source),
        "remission": (instrument.stated_remission, instrument.remission_source),
        "bands": (instrument.bands or None, instrument.bands_source),
        "mcid": (instrument.mcid or instrument.mcid_share, instrument.mcid_source),
    }
    for figure, (value, source) in stated.items():
        assert (value is None) == (not source), figure
        if value is None:
            assert figure not in instrument.certainties
    assert instrument.full_name
    assert instrument.about


@pytest.mark.parametrize("name", SYMPTOMS)
def test_every_measure_of_symptoms_says_how_it_is_licensed(name: str) -> None:
    assert instruments.instrument(name).licence


@pytest.mark.parametrize("name", SHIPPED)
def test_a_change_of_one_step_is_not_reliable(name: str) -> None:
    instrument = instruments.instrument(name)
    if instrument.stated_reliable_change is not None:
        assert instrument.step < instrument.stated_reliable_change


@pytest.mark.parametrize("name", [name for name in SYMPTOMS if instruments.instrument(name).stated_cutoff is not None])
def test_whoever_is_at_the_cut_off_is_a_case_only_where_lower_is_better(name: str) -> None:
    instrument = instruments.instrument(name)
    lower = instrument.better == "lower"
    assert instrument.is_case(instrument.cutoff) == lower
    assert instrument.is_case(instrument.cutoff - instrument.step) != lower


def test_how_sure_a_figure_is() -> None:
    phq9: Instrument = instruments.instrument("phq9")
    assert phq9.certainty_of("cutoff") == "read in a secondary source"
    assert phq9.certainty_of("bands") == "read"
    assert phq9.certainty_of("remission") == "recalled"


def test_no_item_of_a_scale_is_shipped() -> None:
    # A note may explain; nothing is long enough to be a questionnaire.
    for instrument in instruments.all_instruments().values():
        assert max(len(text) for text in (instrument.note, instrument.full_name)) < 130

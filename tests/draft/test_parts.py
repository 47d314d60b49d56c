"""The parts of a draft: shipped factors, words, moments, ranges."""

import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapport import codebook, draft, instruments
from therapport.draft import default_codebook, moment, toml
from therapport.draft.profile import profile
from therapport.draft.rounding import outward
from therapport.draft.vocabulary import phrases, vocabulary, words


def test_the_default_codebook_holds_every_number_of_the_catalogue() -> None:
    assert {factor.number for factor in default_codebook().values()} == set(range(1, 59))


def test_every_default_factor_fits_the_codebook_it_is_for() -> None:
    families, known = codebook.default_families(), instruments.all_instruments()
    for name, factor in default_codebook().items():
        assert factor.family in families, name
        assert factor.instrument is None or factor.instrument in known, name
        assert factor.source, name
        assert factor.known_at is not codebook.Landmark.END, name
        assert factor.range is None or factor.range[0] < factor.range[1], name
        assert (factor.range is None) or factor.kind in ("number", "integer"), name


def test_no_phrase_says_two_things() -> None:
    said: dict[tuple[str, ...], set[tuple[str, str]]] = {}
    for phrase, sort, name in phrases():
        said.setdefault(phrase, set()).add((sort, name))
    assert {phrase: meanings for phrase, meanings in said.items() if len(meanings) > 1} == {}


def test_the_vocabulary_names_instruments_that_are_shipped() -> None:
    known = instruments.all_instruments()
    for name in (*vocabulary().instruments, *vocabulary().variants, *sum(vocabulary().variants.values(), ())):
        assert name in known, name


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("PHQ9_Pre", ("phq", "9", "pre")),
        ("phq-9 pre", ("phq", "9", "pre")),
        ("PHQTOTPRE", ("phq", "tot", "pre")),
        ("AgeAtReferral", ("age", "at", "referral")),
        ("Cliëntnummer", ("clientnummer",)),
        ("BDIFU", ("bdi", "fu")),
        ("WAIS3", ("wai", "s", "3")),
        ("postcode", ("postcode",)),
    ],
)
def test_names_become_words(column: str, expected: tuple[str, ...]) -> None:
    assert words(column) == expected


@pytest.mark.parametrize(
    ("named", "stage", "landmark"),
    [
        ("_ pre", "before", "intake"),
        ("_ t 0", "ordinal", None),
        ("_ session 1", "during", "session1"),
        ("_ s 3", "during", "session3"),
        ("_ sessie 5", "during", "session5"),
        ("_ session 12", "after", None),
        ("_ week 4", "during", "week4"),
        ("_ w 12", "after", None),
        ("_ 6 m", "after", None),
        ("_ month 0", "before", "intake"),
        ("_ voormeting", "before", "intake"),
        ("_ nameting", "after", None),
        ("_ follow up", "after", None),
        ("_ 2", "bare", None),
    ],
)
def test_names_say_when(named: str, stage: str, landmark: str | None) -> None:
    found = moment.find(tuple(named.split()))
    assert found is not None
    assert found.stage == stage
    assert (found.landmark.value if found.landmark else None) == landmark


@given(
    st.floats(-1e12, 1e12, allow_subnormal=False).filter(lambda value: value == 0 or abs(value) > 1e-9),
    st.floats(-1e12, 1e12, allow_subnormal=False).filter(lambda value: value == 0 or abs(value) > 1e-9),
)
def test_a_rounded_range_holds_the_values_and_gives_none_of_them_away(one: float, other: float) -> None:
    lowest, highest = min(one, other), max(one, other)
    low, high = outward(lowest, highest)
    assert low <= lowest
    assert highest < high
    assert low == 0 or low < lowest
    for end in {low, high} - {0.0}:
        digits = abs(end) / 10.0 ** math.floor(math.log10(abs(end) * 1.000001))
        assert round(digits, 6) in (1, 2, 5)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_reads_back_from_toml(value: str) -> None:
    import tomllib

    document = f"{toml.remark(value)}\n{toml.key(value)} = {toml.text(value)}"
    assert tomllib.loads(document) == {value: value}


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([None, None], "empty"),
        (["a", "a"], "constant"),
        ([3.0, 3.0, None], "constant"),
        (["Yes", "no", None], "truth"),
        ([0, 1, 1], "truth"),
        ([True, False], "truth"),
        ([1.0, 4.0, None], "integer"),
        (["1", "2.5"] * 20 + ["unknown"], "number"),
        (["1,5", "2,25"], "decimal comma"),
        (["31-01-2020", "01-02-2021"], "date"),
        (["f2f", "online"], "text"),
    ],
)
def test_the_form_of_values(values: list[object], form: str) -> None:
    assert profile(pd.Series(values)).form == form


def drafted_from(tmp_path: Path, columns: dict[str, list[str]]) -> dict[str, draft.Guess]:
    """The guesses for a file of 60 patients with semicolons and decimal commas, as services save it."""
    rows = [";".join(["nummer", *columns])]
    rows += [";".join([f"P{row}", *(cells[row % len(cells)] for cells in columns.values())]) for row in range(60)]
    (tmp_path / "cohort.csv").write_text("\ufeff" + "\n".join(rows), encoding="utf-8")
    return {guess.column: guess for guess in draft.draft(tmp_path / "cohort.csv", tmp_path / "mine").guesses}


def test_a_duration_is_in_the_unit_that_its_name_says(tmp_path: Path) -> None:
    cells = ["0,5", "3,2", "12,8"]
    found = drafted_from(
        tmp_path, {"klachtduur_jaren": cells, "klachtduur_maanden": cells, "wachttijd_weken": ["1", "8", "20"]}
    )
    assert (found["klachtduur_jaren"].unit, found["klachtduur_jaren"].range) == ("years", (0, 100))
    assert (found["klachtduur_maanden"].unit, found["klachtduur_maanden"].range) == ("months", (0, 1200))
    assert (found["wachttijd_weken"].unit, found["wachttijd_weken"].range) == ("weeks", (0, 215))


def test_an_alliance_on_another_scale_is_an_alliance(tmp_path: Path) -> None:
    found = drafted_from(tmp_path, {"WAI_sessie3": ["4,1", "5,6", "6,9"]})["WAI_sessie3"]
    assert (found.family, found.known_at, found.sure, found.instrument) == ("alliance", "session3", "likely", None)


def test_a_form_of_treatment_is_delivery_where_its_levels_say_so(tmp_path: Path) -> None:
    ways = {"behandelvorm": ["face-to-face", "online begeleid", "blended", "online zelfhulp"]}
    assert drafted_from(tmp_path, ways)["behandelvorm"].family == "delivery"
    assert drafted_from(tmp_path, {"behandelvorm": ["CGT", "EMDR", "online CGT"]})["behandelvorm"].family == "technique"
    arms = {"behandelgroep": ["control group", "treatment group"], "treatment": ["control group", "treatment group"]}
    assert drafted_from(tmp_path, arms)["treatment"].family == "technique"


def test_what_is_named_after_intake_is_known_then(tmp_path: Path) -> None:
    cells = ["4,5", "6,0", "8,2"]
    found = drafted_from(tmp_path, {"verwachting_intake": cells, "verwachting": cells, "verwachting_eerste": cells})
    assert found["verwachting_intake"].known_at == "intake"
    assert found["verwachting"].known_at != "intake"

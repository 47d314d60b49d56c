"""The language of now: within a block, within a thread, and never of the process."""

import threading

import pytest

from therapport import language
from therapport.language import N_, clause, figure, gettext, ngettext, pgettext


def test_outside_any_block_everything_is_english() -> None:
    assert language.code() == "en"
    assert gettext("not known") == "not known"
    assert figure("1,234.5") == "1,234.5"
    assert N_("a sentence") == "a sentence"
    assert [ngettext("one", "{n} of them", n, n=n) for n in (1, 2)] == ["one", "2 of them"]


def test_within_a_block_it_is_dutch_and_blocks_nest() -> None:
    with language.using("nl"):
        assert language.code() == "nl"
        assert gettext("not known") == "niet bekend"
        assert pgettext("page", "next") == "volgende"
        assert gettext("{name}, version {version}", name="a", version="b") == "a, versie b"
        with language.using("en"):
            assert gettext("not known") == "not known"
        assert gettext("not known") == "niet bekend"
    assert gettext("not known") == "not known"


def test_a_block_ends_also_where_it_fails() -> None:
    with pytest.raises(RuntimeError), language.using("nl"):
        raise RuntimeError
    assert language.code() == "en"


def test_another_thread_writes_in_its_own_language() -> None:
    seen: list[str] = []
    with language.using("nl"):
        thread = threading.Thread(target=lambda: seen.append(gettext("not known")))
        thread.start()
        thread.join()
    assert seen == ["not known"]


@pytest.mark.parametrize("code", ["xx", "", "../nl", "NL"])
def test_an_unknown_language_is_an_error_of_ours(code: str) -> None:
    with pytest.raises(KeyError), language.using(code):
        pass


@pytest.mark.parametrize(
    ("count", "count_of_it"), [(0, "meervoud"), (1, "enkelvoud"), (2, "meervoud"), (21, "meervoud")]
)
def test_dutch_has_a_singular_for_one_alone(count: int, count_of_it: str) -> None:
    with language.using("nl"):
        said = ngettext(
            "{missing} of {factors} factors is not known", "{missing} of {factors} factors are not known", count,
            missing=count, factors=30,
        )  # fmt: skip
    verb = {"enkelvoud": "is", "meervoud": "zijn"}[count_of_it]
    assert said == f"{count} van de 30 factoren {verb} niet bekend"


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        ("0.5", "0,5"),
        ("−1.3", "−1,3"),
        ("4,000", "4.000"),
        ("1,234,567.8", "1.234.567,8"),
        ("12", "12"),
        ("+0.06", "+0,06"),
    ],
)
def test_a_dutch_number_has_a_decimal_comma_and_points_between_thousands(english: str, dutch: str) -> None:
    with language.using("nl"):
        assert figure(english) == dutch


@pytest.mark.parametrize(
    ("does", "english", "dutch"),
    [
        ("recover", "about 40 recover", "zijn er ongeveer 40 hersteld"),
        ("drop out", "about 40 drop out", "stoppen er ongeveer 40 voortijdig"),
        ("complete treatment", "about 40 complete treatment", "ronden er ongeveer 40 de behandeling af"),
    ],
)
def test_the_dutch_verb_comes_second(does: str, english: str, dutch: str) -> None:
    assert clause("about 40", does) == english
    with language.using("nl"):
        assert clause("er ongeveer 40", gettext(does)) == dutch

"""Every sentence that is marked has its translation, with the same values in it and no claim about what does what."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from therapport.language import ENGLISH, LANGUAGES
from therapport.language.catalogue import FOLDER

ROOT = Path(__file__).parents[2]
OTHERS = sorted(LANGUAGES.keys() - {ENGLISH})
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "pgettext": ((1, "c"), 2)}
VALUE = re.compile(r"\{\w*\}|%\(\w+\)s|%(?=\d)")
CAUSAL = {
    "nl": re.compile(
        r"\b(veroorza\w*|oorza\w*|doordat|daardoor|erdoor|waardoor|dankzij|wegens|vanwege|komt door|komen door|"
        r"leid(t|en) tot|zorg(t|en) voor|resulte\w*|als gevolg van|beïnvloedt|beïnvloeden|verbeter(t|en) de|"
        r"verhoogt?|verhogen|verlaagt?|verlagen|vermindert?|verminderen|bevorder(t|en)|helpt tegen|geneest)\b",
        re.IGNORECASE,
    )
}
WRONG_WORDS = {
    # One word for one thing, whoever adds a sentence.
    "nl": re.compile(r"\b(patiënt\w*|klant\w*|familie\w*|predictie\w*|cohortgroep)\b", re.IGNORECASE)
}


def extracted() -> Catalog:
    """What is marked in the code and the templates now."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog()
    for _, _, message, _, context in extract_from_dir(ROOT, methods, options, keywords=KEYWORDS):
        found.add(message, context=context)
    return found


def catalogue(code: str) -> Catalog:
    with (FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def messages(catalog: Catalog) -> Iterator[Message]:
    return (one for one in catalog if one.id)


def key(message: Message) -> tuple[str | None, str | tuple[str, ...]]:
    return message.context, tuple(message.id) if isinstance(message.id, list | tuple) else message.id


def texts(said: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [said or ""] if isinstance(said, str | None) else list(said)


@pytest.fixture(scope="module")
def marked() -> Catalog:
    return extracted()


@pytest.mark.parametrize("code", OTHERS)
def test_every_marked_sentence_stands_in_the_catalogue_and_no_other_does(marked: Catalog, code: str) -> None:
    assert len(list(messages(marked))) > 250
    wanted, there = ({key(one) for one in messages(each)} for each in (marked, catalogue(code)))
    assert wanted - there == set(), "without a translation: run `make messages`, then translate them"
    assert there - wanted == set(), "nobody says this any more: run `make messages`"


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_translated_with_the_same_values(code: str) -> None:
    for message in messages(catalogue(code)):
        assert not message.fuzzy, message.id
        said = texts(message.string)
        assert all(said), message.id
        for original, one in zip(texts(message.id), said, strict=True):
            assert sorted(VALUE.findall(one)) == sorted(VALUE.findall(original)), one


@pytest.mark.parametrize("code", OTHERS)
def test_every_figure_within_a_sentence_is_in_its_translation(code: str) -> None:
    for message in messages(catalogue(code)):
        for original, said in zip(texts(message.id), texts(message.string), strict=True):
            assert re.findall(r"\d+", said.replace("2.000", "2,000")) == re.findall(r"\d+", original), said


@pytest.mark.parametrize("code", OTHERS)
def test_translations_end_and_begin_as_the_sentences_do(code: str) -> None:
    for message in messages(catalogue(code)):
        for original, said in zip(texts(message.id), texts(message.string), strict=True):
            assert said[-1:].isspace() == original[-1:].isspace(), said
            assert (said[-1] in ".:") == (original[-1] in ".:"), said


@pytest.mark.parametrize("code", OTHERS)
def test_no_causal_verb_and_one_word_for_one_thing(code: str) -> None:
    for message in messages(catalogue(code)):
        for said in texts(message.string):
            assert not CAUSAL[code].search(said), said
            assert not WRONG_WORDS[code].search(VALUE.sub("", said)), said


@pytest.mark.parametrize("claim", ["dit komt door huiswerk", "de alliantie verhoogt de kans", "dankzij de therapeut"])
def test_the_list_of_dutch_causal_verbs_catches_a_claim(claim: str) -> None:
    assert CAUSAL["nl"].search(claim)


@pytest.mark.parametrize("code", OTHERS)
def test_translated_sentences_are_short(code: str) -> None:
    for message in messages(catalogue(code)):
        for original, said in zip(texts(message.id), texts(message.string), strict=True):
            for sentence in re.split(r"[.;:]\s", said):
                limit = max(28, max(len(one.split()) for one in re.split(r"[.;:]\s", original)) + 4)
                assert len(sentence.split()) <= limit, sentence

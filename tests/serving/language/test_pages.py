"""Pages in Dutch: nothing of them is left in English, and they say the same figures as the English ones."""

import dataclasses
import gettext
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from serving import app, pages
from serving.api.frame import Frame
from serving.api.reader import Patients
from serving.api.served import Loaded, Served
from serving.beside import gathered, words
from serving.caseload import Caseload
from serving.caseload import view as caseload_view
from serving.caseload import words as caseload_words
from serving.caseload.asked import Asked
from serving.model_page import model_page
from serving.patient_view import of_answer, patient_view
from serving.security.access import Access
from tests.serving.beside.test_band import EXPECTED
from tests.serving.caseload.conftest import Files, files
from tests.serving.conftest import example
from tests.serving.html_document import Document
from therapport import language
from therapport.language import Catalogue, current
from therapport.language import gettext as _
from therapport.predictor import Predictor, answer_rows

__all__ = ["files"]


def beside(made: Predictor, place: int = 1) -> str:
    """With what-if, two scores on the way, a missing factor and a place to disagree."""
    cohort = example(made, place, alliance=math.nan)
    patients = Patients(["x"], made.matrix(cohort.table))
    row = answer_rows(made, ["x"], patients.matrix)[0]
    more = gathered(made, patients, row, [(0, 18.0), (2, 14.5)], kept=bool(place), contest="/contest")
    return pages.patient_page(made, patient_view(made, cohort), beside=more, action="/patient", safety=_(words.SAFETY))


def with_band(made: Predictor, latest: float) -> str:
    """With the expected band of the PHQ-9 behind the scores of sessions."""
    if made.end_score is None:
        return beside(made)
    known = dataclasses.replace(made, evidence=made.evidence.model_copy(update={"course": EXPECTED}))
    cohort = example(known, 1, phq9_intake=18.0)
    patients = Patients(["x"], known.matrix(cohort.table))
    row = answer_rows(known, ["x"], patients.matrix)[0]
    measured = [(0, 18.0), (1, 17.0), (2, 16.0), (3, latest)]
    more = gathered(known, patients, row, measured, kept=True, contest="/contest")
    assert more.course is not None
    assert more.course.band is not None
    return pages.patient_page(known, patient_view(known, cohort), beside=more, action="/patient")


def scored(made: Predictor, *, whole: bool) -> str:
    """A patient of a scored cohort, with everything in the answer or with next to nothing."""
    view = of_answer(made, made.answer(example(made, 1)).iloc[0])
    words_of = caseload_words
    lacking = [words_of.NO_VALUES, words_of.NO_COURSE]
    lacking += [] if whole else [words_of.NO_FAMILIES, words_of.NO_INTERVAL, words_of.NO_FAMILY_INTERVALS]
    return pages.scored_page(made, view, "X", words_of.of_another_version("a", "b"), lacking, prefix="", kept=whole)


def model_with_band(made: Predictor) -> str:
    evidence = made.evidence.model_copy(update={"course": EXPECTED})
    return model_page(Served(Loaded(dataclasses.replace(made, evidence=evidence))), "")


Page = Callable[[Predictor], str]
MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
SHOWN: dict[str, Page] = {
    "models": lambda made: pages.models_page([("/small", made)]),
    "form": lambda made: pages.form_page(made, "/patient", {}, []),
    "patient": lambda made: pages.patient_page(made, patient_view(made, example(made, 1))),
    "with gaps": lambda made: pages.patient_page(
        made, patient_view(made, example(made, alliance=math.nan, episode_months=480.0))
    ),
    "abstained": lambda made: pages.patient_page(made, patient_view(made, example(made, phq9_intake=math.nan))),
    "beside": beside,
    "beside without a trail": lambda made: beside(made, 0),
    "within the band": lambda made: with_band(made, 15.0),
    "above the band": lambda made: with_band(made, 27.0),
    "below the band": lambda made: with_band(made, 0.0),
    "scored": lambda made: scored(made, whole=True),
    "scored without families": lambda made: scored(made, whole=False),
    "model with a band": model_with_band,
    "kept": lambda made: pages.noted_page(made, "/patient", _(words.NOTED), noted=True),
    "not kept": lambda made: pages.noted_page(made, "/patient", _(words.EMPTY), noted=False),
    "model": lambda made: model_page(Served(Loaded(made)), ""),
}
SENT = [{"phq9_intake": "16", "alliance": "3,9", "delivery_mode": "guided"}, {"alliance": "3.9"},
        {"phq9_intake": "21", "episode_months": "480", "safety_phq9_item9": "2"}]  # fmt: skip


class Pseudo(gettext.GNUTranslations):
    """A language in which every sentence that is translated stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002 - as gettext has it
        return f"⟦{message}⟧"


@pytest.fixture
def pseudo() -> Iterator[None]:
    token = current._now.set(Catalogue("xx", Pseudo(), {}, verb_second=False))
    yield
    current._now.reset(token)


def data_of(predictor: Predictor) -> list[str]:
    """Every text of a page that is the study's own, the longest first."""
    known = predictor.codebook
    found = {known.title, known.name, predictor.name, predictor.version, predictor.evidence.title, known.digest()}
    found |= {one for family in known.families.values() for one in (family.label, family.description)}
    for factor in known.factors.values():
        found |= {factor.label, factor.unit, factor.note.strip().strip("."), *factor.levels.values()}
    found |= {*predictor.evidence.warnings, "PHQ-9", "therapport"}
    return sorted(found - {""}, key=len, reverse=True)


def unmarked(page: str, predictor: Predictor) -> list[str]:
    """The words that a reader sees and that no translation was asked for."""
    text = Document(page).text
    for own in data_of(predictor):
        text = text.replace(" ".join(own.split()), " ")
    while MARKED.search(text):
        text = MARKED.sub(" ", text)
    return re.findall(r"[^\W\d_]{2,}", text)


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.usefixtures("pseudo")
def test_no_word_of_a_page_is_left_untranslated(predictor: Predictor, name: str) -> None:
    assert unmarked(SHOWN[name](predictor), predictor) == []


@pytest.mark.parametrize(
    "asked", [Asked(), Asked(show="all", page=2), Asked(show="none"), Asked(show="on", family="alliance")]
)
@pytest.mark.usefixtures("pseudo")
def test_no_word_of_a_caseload_is_left_untranslated(predictor: Predictor, files: Files, asked: Asked) -> None:
    listed = Caseload(files.cohort).listed(predictor)
    page = pages.caseload_page(predictor, caseload_view.caseload_page(predictor, listed, asked), "")
    assert [one for one in unmarked(page, predictor) if one != "S"] == []


def test_a_word_that_nobody_marked_would_be_found(both: Predictor) -> None:
    assert unmarked("<body><p>⟦marked ⟦within⟧⟧ alone</p></body>", both) == ["alone"]


def figures(page: str) -> Counter[str]:
    """Every number that a reader sees; a Dutch one as English writes it."""
    dutch = 'lang="nl"' in page.partition("<head>")[0]
    found = re.findall(r"[+−]?\d+(?:[.,]\d+)*", Document(page).text)
    swapped = str.maketrans(".,", ",.")
    return Counter(one.translate(swapped) if dutch else one for one in found)


def named_alike(predictor: Predictor) -> Predictor:
    """The same without its Dutch labels, which may hold other figures than the English ones."""
    bare = {name: one.model_copy(update={f"{what}_nl": None for what in ("label", "unit", "note")})
            for name, one in predictor.codebook.factors.items()}  # fmt: skip
    return dataclasses.replace(predictor, codebook=predictor.codebook.model_copy(update={"factors": bare}))


@pytest.mark.parametrize("name", SHOWN)
def test_a_dutch_page_says_the_figures_of_the_english_one(predictor: Predictor, name: str) -> None:
    alike = named_alike(predictor)
    english = figures(SHOWN[name](alike))
    with language.using("nl"):
        page = SHOWN[name](alike)
    dutch = figures(page)
    # What is one in English letters is one in Dutch letters; versions and digests are no figures of the page.
    apart = (english - dutch) + (dutch - english)
    assert [one for one in apart if one not in predictor.version + predictor.codebook.digest()] == []
    assert english


@pytest.mark.parametrize("name", SHOWN)
def test_a_dutch_page_is_sound_and_light(predictor: Predictor, name: str) -> None:
    with language.using("nl"):
        page = SHOWN[name](predictor)
    document = Document(page)
    assert document.unclosed == []
    assert document.all("html")[0].attributes["lang"] == "nl"
    assert len(page.encode()) < 100 * 1024
    assert not re.search(r"\b(NaN|nan|None|null|undefined|inf)\b", document.text)
    assert not re.search(r"[{}]|%\(|%%", document.text)
    assert "research" not in document.text
    ids = [one.attributes["id"] for one in document.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))


@pytest.fixture(scope="module")
def client(both: Predictor, files: Files) -> TestClient:
    made = app.assemble([Served(Loaded(named_alike(both)))], Frame(), Access(), Caseload(files.cohort))
    return TestClient(made, raise_server_exceptions=False)


@pytest.mark.parametrize(
    "asked", ["", "show=all&sort=best&page=2", "show=none", "show=unsure&family=alliance", "sort=id"]
)
def test_the_caseload_says_the_same_in_both(client: TestClient, asked: str) -> None:
    english, dutch = (client.get(f"/caseload?{asked}&lang={code}").text for code in ("en", "nl"))
    assert figures(english) == figures(dutch)
    for page in (english, dutch):
        (switch,) = [one for one in Document(page).all("a") if "hreflang" in one.attributes]
        assert all(part in switch.attributes["href"] for part in asked.split("&"))
    assert "not on track" not in dutch
    assert len(dutch.encode()) < 100 * 1024


@pytest.mark.parametrize("place", [1, 4, 50])
def test_a_patient_of_the_caseload_says_the_same_in_both(client: TestClient, place: int) -> None:
    english, dutch = (client.get(f"/caseload/patient/{place}?lang={code}").text for code in ("en", "nl"))
    assert figures(english) == figures(dutch)
    links = [one.attributes["href"] for one in Document(dutch).all("a")]
    assert "/caseload?lang=nl" in links


@pytest.mark.parametrize("typed", SENT)
def test_what_is_typed_is_answered_the_same_in_both(client: TestClient, typed: dict[str, str]) -> None:
    english, dutch = (client.post(f"/patient?lang={code}", data=typed) for code in ("en", "nl"))
    assert english.status_code == dutch.status_code == 200
    assert figures(english.text) == figures(dutch.text)
    assert filled(english.text) == filled(dutch.text), "what stands in a field is no text"


def filled(page: str) -> list[tuple[str, str | None]]:
    fields = Document(page).all("input", "select", "option")
    return [
        (one.attributes.get("name", ""), one.attributes.get("value"))
        for one in fields
        if one.attributes.get("name") != "reference"
    ]


def test_the_templates_of_pages_hold_no_sentence_of_their_own_language() -> None:
    """Dutch stands in the catalogue alone."""
    for path in Path(pages.__file__).parent.rglob("*.py"):
        assert not re.search(r"\b(cliënt|voorspelling|niet bekend)\b", path.read_text(encoding="utf-8")), path

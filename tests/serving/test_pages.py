import base64
import hashlib
import itertools
import math
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from serving import pages, report
from serving.beside.safety import ANSWERS, FIELD
from serving.patient_view import patient_view
from tests.serving.conftest import example
from tests.serving.html_document import Document
from therapport.predictor import Predictor

Page = Callable[[Predictor], str]
SHOWN: dict[str, Page] = {
    "models": lambda made: pages.models_page([("/small", made)]),
    "form": lambda made: pages.form_page(made, "/patient", {}, ["PHQ-9 at intake is required."]),
    "patient": lambda made: pages.patient_page(made, patient_view(made, example(made, 1))),
    "with gaps": lambda made: pages.patient_page(
        made, patient_view(made, example(made, alliance=math.nan, episode_months=480.0))
    ),
    "abstained": lambda made: pages.patient_page(made, patient_view(made, example(made, phq9_intake=math.nan))),
    "report": report.render,
}


@pytest.fixture(params=SHOWN)
def page(request: pytest.FixtureRequest, predictor: Predictor) -> str:
    return SHOWN[request.param](predictor)


def test_a_page_asks_nothing_of_any_other_host_and_runs_nothing(page: str) -> None:
    document = Document(page)
    assert not re.search(r"https?:|//[a-z]", page)
    assert not document.all("script", "iframe", "object", "embed", "img")
    for element in document.elements:
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
    addresses = [one.attributes["href"] for one in document.elements if "href" in one.attributes]
    assert all(address.startswith(("/", "?", "#", "data:,")) for address in addresses)


def test_the_one_style_of_a_page_is_the_one_whose_hash_is_sent(page: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"sha256-{digest}" == pages.STYLE_HASH
    assert "url(" not in style
    assert "@import" not in style


def test_a_page_never_shows_what_a_program_calls_nothing(page: str) -> None:
    assert not re.search(r"\b(NaN|nan|None|null|undefined|inf)\b", Document(page).text)
    assert not re.search(r'="[^"]*\b(nan|None)\b', page)


def test_a_page_is_well_formed_and_says_its_language(page: str) -> None:
    document = Document(page)
    assert document.unclosed == []
    assert document.all("html")[0].attributes["lang"] == "en"
    assert len(document.all("main")) == len(document.all("h1")) == len(document.all("title")) == 1
    ids = [one.attributes["id"] for one in document.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    named = [one.attributes[name] for one in document.elements for name in ("aria-labelledby", "aria-describedby")
             if name in one.attributes]  # fmt: skip
    assert set(named) <= set(ids)
    inner = [one.attributes["href"][1:] for one in document.all("a") if one.attributes["href"].startswith("#")]
    assert set(inner) <= set(ids)


def test_headings_go_down_one_level_at_a_time(page: str) -> None:
    levels = [int(one.tag[1]) for one in Document(page).all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_drawing_has_a_text_and_every_field_a_label(page: str) -> None:
    document = Document(page)
    for drawing in document.all("svg"):
        if "svg" not in drawing.parents:
            assert drawing.attributes["role"] == "img"
            assert drawing.attributes["aria-label"].strip()
    labelled = {one.attributes["for"] for one in document.all("label")}
    assert {one.attributes["id"] for one in document.all("input", "select")} == labelled


def test_every_page_of_a_simulated_model_says_that_nobody_exists(page: str) -> None:
    assert "Simulated: nobody in this cohort exists" in Document(page).text


def test_a_real_model_carries_no_such_banner(both: Predictor) -> None:
    real = replace(both, codebook=both.codebook.model_copy(update={"simulated": False}))
    for make in SHOWN.values():
        assert "nobody in this cohort exists" not in make(real)


def test_the_honest_limits_stand_on_every_page(page: str) -> None:
    text = Document(page).text
    for part in ("research and decision support", "Not a diagnosis, not for crises", "association, not effect"):
        assert part in text


def test_a_simulated_model_among_real_ones_is_marked_where_it_stands(both: Predictor) -> None:
    real = replace(both, codebook=both.codebook.model_copy(update={"simulated": False}))
    document = Document(pages.models_page([("/real", real), ("/simulated", both)]))
    first, second = document.all("article")
    assert "nobody in this cohort exists" not in first.text
    assert "nobody in this cohort exists" in second.text
    assert [one.attributes["href"] for one in document.all("a") if "patient" in one.attributes["href"]] == [
        "/real/patient",
        "/simulated/patient",
    ]


def test_the_form_has_one_field_for_each_factor_as_the_codebook_describes_it(both: Predictor) -> None:
    document = Document(pages.form_page(both, "/small/patient", {}, []))
    assert document.all("form")[0].attributes == {
        "method": "post",
        "autocomplete": "off",
        "action": "/small/patient",
    }
    fields = {one.attributes["name"]: one for one in document.all("input", "select")}
    assert list(fields) == [FIELD, *(name for members in both.families.values() for name in members)]
    wanted = {"type": "number", "min": "0", "max": "27", "step": "1"}
    assert wanted.items() <= fields["phq9_intake"].attributes.items()
    assert {"min": "1", "max": "5", "step": "any"}.items() <= fields["alliance"].attributes.items()
    options = [(one.attributes["value"], one.text) for one in document.all("option")][1 + len(ANSWERS) :]
    assert options == [("", "not known"), ("guided", "Guided e-health"), ("unguided", "Unguided e-health")]
    labels = [both.codebook.families[family].label for family in both.families]
    assert [one.text for one in document.all("legend")] == ["Safety", *labels]


def test_required_and_changeable_factors_are_marked_in_words(both: Predictor) -> None:
    page = pages.form_page(both, "/patient", {}, [])
    document = Document(page)
    assert {one.attributes["name"] for one in document.all("input") if "required" in one.attributes} == {"phq9_intake"}
    assert document.text.count("needed for a prediction") == 1
    changeable = [name for name in both.factors if both.codebook.factors[name].modifiable]
    assert len([one for one in document.all("span") if one.text == "can still change"]) == len(changeable)


def test_the_form_keeps_what_was_typed(both: Predictor) -> None:
    values = {"phq9_intake": "16", "delivery_mode": "unguided", "unknown": "x"}
    document = Document(pages.form_page(both, "/patient", values, []))
    fields = {one.attributes["name"]: one.attributes.get("value") for one in document.all("input")}
    assert fields["phq9_intake"] == "16"
    assert fields["alliance"] == ""
    assert [one.attributes["value"] for one in document.all("option") if "selected" in one.attributes] == ["unguided"]


def test_the_form_offers_two_examples(both: Predictor) -> None:
    document = Document(pages.form_page(both, "/patient", {}, []))
    links = [one.attributes["href"] for one in document.all("a")]
    assert {"?example=typical", "?example=poorer"} <= set(links)


def test_problems_stand_above_the_form_as_an_alert(both: Predictor) -> None:
    document = Document(pages.form_page(both, "/patient", {}, ["Alliance must be at most 5."]))
    (alert,) = [one for one in document.elements if one.attributes.get("role") == "alert"]
    assert "Alliance must be at most 5." in alert.text
    assert document.elements.index(alert) < document.elements.index(document.all("form")[0])


def test_the_patient_page_shows_everything_of_its_view(predictor: Predictor) -> None:
    view = patient_view(predictor, example(predictor, alliance=math.nan, episode_months=480.0))
    text = Document(pages.patient_page(predictor, view)).text
    parts = [
        view.sentence,
        view.missing,
        *view.missing_factors,
        view.unusual,
        *view.unusual_factors,
        view.two_questions,
    ]
    parts += [value for fact in view.facts for value in fact]
    for part in (view.chances, view.end_score):
        if part is not None:
            parts += [part.sentence, part.comparison, part.rests_on.summary]
            parts += [f"{family.moved}{family.interval}{family.words}" for family in part.rests_on.families]
            parts += [f"{factor.label}: {factor.value}" for one in part.rests_on.families for factor in one.factors]
    if view.chances is not None:
        parts += [view.chances.uncertainty, *view.chances.keys]
    assert [part for part in parts if part not in text] == []


def test_what_a_user_typed_is_never_markup(both: Predictor) -> None:
    evil = '"><script>alert(1)</script>'
    page = pages.form_page(both, evil, {"phq9_intake": evil}, [evil])
    assert "<script" not in page
    assert Document(page).all("input")[0].attributes["value"] == evil


def test_pages_are_light(both: Predictor, interacting: Predictor) -> None:
    for made in (both, interacting):
        assert len(SHOWN["patient"](made).encode()) < 100 * 1024
        assert len(SHOWN["form"](made).encode()) < 100 * 1024
        assert len(report.render(made).encode()) < 300 * 1024


def colours(scheme: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", scheme))


def luminance(colour: str) -> float:
    """Source: WCAG 2.2, relative luminance."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_guideline_does() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("place", [0, 1], ids=["light", "dark"])
def test_text_and_families_stand_out_from_the_paper(place: int) -> None:
    schemes = re.findall(r":root \{(.*?)\}", pages.STYLE, flags=re.DOTALL)
    assert len(schemes) == 2
    named = colours(schemes[place])
    on_paper = ["ink", "soft", "accent", *(f"c{number}" for number in range(10))]
    for name in on_paper:
        assert contrast(named[name], named["paper"]) >= 4.5, name
        assert contrast(named[name], named["card"]) >= 4.5, name
    assert contrast(named["notice-ink"], named["notice"]) >= 4.5
    assert contrast(named["paper"], named["accent"]) >= 4.5

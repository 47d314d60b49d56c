"""In which language a page is: what the address says, else the browser, else the server."""

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from serving import app
from serving.api.frame import Frame
from serving.api.served import Loaded, Served
from serving.language.asked import preferred
from serving.security.access import Access
from tests.serving.html_document import Document
from therapport.predictor import Predictor

CANARY = "Zebrowski"


def asking(predictor: Predictor, language: str = "en") -> TestClient:
    made = app.assemble([Served(Loaded(predictor))], Frame(language=language), Access())
    return TestClient(made, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(both: Predictor) -> TestClient:
    return asking(both)


def language_of(page: str) -> str:
    return Document(page).all("html")[0].attributes["lang"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("nl", "nl"),
        ("nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ("NL-nl", "nl"),
        ("en-GB,en;q=0.9,nl;q=0.8", "en"),
        ("de,fr;q=0.9", None),
        ("de,nl;q=0.3,en;q=0.2", "nl"),
        ("en;q=0.2,nl;q=0.7", "nl"),
        ("nl;q=0,en;q=0.1", "en"),
        ("nl;q=0", None),
        ("nl;q=2", None),
        ("nl;q=x,en", "en"),
        ("nl;level=1", None),
        ("*", None),
        ("nlx", None),
    ],
)
def test_the_browser_s_first_language_of_ours_counts(header: str, expected: str | None) -> None:
    assert preferred(header) == expected


@given(st.text(max_size=200))
def test_whatever_a_browser_sends_is_survived(header: str) -> None:
    assert preferred(header) in (None, "en", "nl")


@pytest.mark.parametrize(
    ("server", "header", "address", "expected"),
    [
        ("en", None, "", "en"),
        ("nl", None, "", "nl"),
        ("en", "nl", "", "nl"),
        ("nl", "en", "", "en"),
        ("nl", "de", "", "nl"),
        ("en", "en", "?lang=nl", "nl"),
        ("nl", "nl", "?lang=en", "en"),
        ("en", "nl", "?lang=xx", "nl"),
    ],
)
def test_the_address_comes_before_the_browser_and_the_browser_before_the_server(
    both: Predictor, server: str, header: str | None, address: str, expected: str
) -> None:
    headers = {} if header is None else {"accept-language": header}
    for path in ("/", "/patient", "/model", "/model/card"):
        assert language_of(asking(both, server).get(f"{path}{address}", headers=headers).text) == expected


def test_an_unknown_language_is_not_shown_again(client: TestClient) -> None:
    assert CANARY not in client.get(f"/patient?lang={CANARY}").text
    assert CANARY not in client.get("/patient", headers={"accept-language": CANARY}).text


def test_json_does_not_change_with_the_language(both: Predictor) -> None:
    patient = {"patient_id": "a", "phq9_intake": 16.0, "alliance": 3.9}
    answers = [
        asking(both, server).post(f"/v1/explain{query}", json={"patient": patient}, headers={"accept-language": server})
        for server, query in (("en", ""), ("nl", "?lang=nl"))
    ]
    assert {one.status_code for one in answers} == {200}
    assert answers[0].content == answers[1].content
    wrong = asking(both, "nl").post("/v1/explain", json={"patient": {**patient, "alliance": 99}})
    assert "must be at most 5" in wrong.text


def test_the_description_of_the_api_and_problems_stay_english(both: Predictor) -> None:
    client = asking(both, "nl")
    assert language_of(client.get("/docs?lang=nl").text) == "en"
    assert client.get("/nowhere?lang=nl").json()["title"] == "There is no such page."


def test_a_request_in_dutch_leaves_the_next_one_in_english(client: TestClient) -> None:
    for _ in range(3):
        assert language_of(client.get("/patient?lang=nl").text) == "nl"
        assert language_of(client.get("/patient").text) == "en"


def links(page: str) -> list[str]:
    return [one.attributes["href"] for one in Document(page).all("a") if one.attributes["href"] != "#content"]


def test_links_and_forms_keep_a_language_that_the_address_says(client: TestClient) -> None:
    for path in ("/", "/patient?example=poorer", "/model", "/model/card"):
        page = client.get(f"{path}{'&' if '?' in path else '?'}lang=nl").text
        switch = [one for one in Document(page).all("a") if "hreflang" in one.attributes]
        assert [one.attributes["hreflang"] for one in switch] == ["en"]
        others = [one for one in links(page) if one not in [each.attributes["href"] for each in switch]]
        assert others
        assert [one for one in others if "lang=nl" not in one] == []
        assert all("lang=nl" in one.attributes["action"] for one in Document(page).all("form"))


def test_without_a_stated_language_addresses_stay_short(client: TestClient) -> None:
    page = client.get("/patient", headers={"accept-language": "nl"}).text
    assert [one for one in links(page) if "lang=" in one] == ["?lang=en"]


def test_the_switch_says_each_language_in_itself_and_keeps_what_is_shown(client: TestClient) -> None:
    (switch,) = [
        one for one in Document(client.get("/patient?example=poorer").text).all("a") if "lang" in one.attributes
    ]
    assert switch.text == "Nederlands"
    assert switch.attributes == {"href": "?example=poorer&lang=nl", "hreflang": "nl", "lang": "nl"}
    page = client.get(f"/patient{switch.attributes['href']}").text
    assert language_of(page) == "nl"
    assert Document(page).all("option")


def test_a_page_that_came_of_a_form_is_sent_again_in_the_other_language(client: TestClient) -> None:
    sent = {"phq9_intake": "16", "alliance": "3,9"}
    for typed in (sent, {**sent, "phq9_intake": "99"}):
        document = Document(client.post("/patient", data=typed).text)
        (button,) = [one for one in document.all("button") if "formaction" in one.attributes]
        assert button.attributes["form"] in [one.attributes.get("id") for one in document.all("form")]
        assert (button.attributes["lang"], button.text) == ("nl", "Nederlands")
        again = client.post(button.attributes["formaction"].replace("?", "/patient?"), data=typed)
        assert language_of(again.text) == "nl"


def test_wrong_entries_are_said_in_dutch_by_label_and_range(client: TestClient) -> None:
    typed = {"phq9_intake": "99", "alliance": CANARY, "episode_months": "1.5", "delivery_mode": CANARY,
             "deprivation_decile": "-1"}  # fmt: skip
    page = client.post("/patient?lang=nl", data=typed)
    assert page.status_code == 422
    for said in (
        "PHQ-9 bij intake mag hoogstens 27 zijn.",
        "Werkalliantie volgens de cliënt (WAI-SR, gemiddelde van de items) moet een getal zijn.",
        "Duur van de klachtenperiode moet een geheel getal zijn.",
        "Vorm van de behandeling moet een keuze uit de lijst zijn.",
        "Achterstand van de buurt, in decielen moet minstens 1 zijn.",
    ):
        assert said in page.text


def test_a_disagreement_that_cannot_be_kept_is_said_in_dutch_and_has_no_switch(client: TestClient) -> None:
    page = client.post("/contest?lang=nl", data={"reference": "x", "about": "prediction", "said": "nee"})
    assert page.status_code == 409
    assert "Deze server houdt geen logboek bij" in page.text
    assert 'class="languages"' not in page.text

"""A clinician's way through the pages in a real browser: caseload, patient, what-if, disagreement, model; and axe."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import COMMAND, Run
from tests.journeys.test_browser import HEAVIEST, PHONE, Visit, browser, pytestmark

__all__ = ["browser", "pytestmark"]


@pytest.fixture(scope="module")
def served(therapport: Run, trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The real command on a caseload, with an audit trail: its address, and the folder of its state."""
    folder = tmp_path_factory.mktemp("caseload")
    done = therapport(
        "simulate", "--patients", 120, "--therapists", 8, "--sites", 2, "--seed", 8, "-o", "sim", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    command = [COMMAND, "serve", trained / "model", "--cohort", folder / "sim" / "cohort.parquet",
               "--state", folder / "state", "--port", "0"]  # fmt: skip
    with subprocess.Popen([str(one) for one in command], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found, "the command prints where it answers"
        yield found.group(), folder / "state"
        server.terminate()
        server.wait(timeout=20)


def sent(page: Page, act: Callable[[], object]) -> None:
    """Do something that leads to another page."""
    with page.expect_navigation():
        act()


def fits(visit: Visit, address: str) -> None:
    """Held of every page: no serious finding of axe, fits the window, light, asks nobody else, breaks no policy."""
    page = visit.page
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(page).response
    assert len(found["passes"]) > 10
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert visit.overflow() <= 0
    assert len(page.content().encode()) < HEAVIEST
    assert {request.split("/")[2] for request in visit.requests} == {address.removeprefix("http://")}
    assert visit.complaints == []


@pytest.mark.parametrize("width", [PHONE, 1200])
def test_from_the_caseload_to_a_disagreement(browser: Browser, served: tuple[str, Path], width: int) -> None:
    address, state = served
    visit = Visit(browser, width=width)
    page = visit.page
    page.goto(address)
    fits(visit, address)
    sent(page, page.get_by_role("link", name="Caseload").click)
    assert re.search(r"Of 120 patients \d+ (is|are) not on track", page.inner_text("main"))
    fits(visit, address)
    sent(page, page.get_by_role("link", name=re.compile("everyone")).click)
    sent(page, page.get_by_role("link", name="best first").click)
    assert "show=all" in page.url
    assert page.locator("ol.caseload > li").count() == 40
    sent(page, page.get_by_role("link", name="next").click)
    assert "Page 2 of 3" in page.inner_text("main")
    fits(visit, address)
    name = page.locator("ol.caseload a").first.inner_text()
    sent(page, page.locator("ol.caseload a").first.click)
    assert name not in page.url
    assert name in page.inner_text("h1")
    fits(visit, address)
    assert "It does not say what would happen to the person." in page.inner_text("main")
    page.locator("#about").select_option("alliance")
    page.locator("#said").fill("Rated on a bad day.")
    with page.expect_navigation():
        page.get_by_role("button", name="Keep my disagreement").click()
    assert "Your disagreement is kept" in page.inner_text("h1")
    fits(visit, address)
    kept = [json.loads(line) for path in (state / "audit").glob("*") for line in path.read_text().splitlines()]
    assert any(one["kind"] == "contest" and one["payload"]["said"] == "Rated on a bad day." for one in kept)
    assert name not in json.dumps(kept)


@pytest.mark.parametrize("path", ["/patient?example=poorer", "/model", "/model/card", "/docs", "/caseload?show=none"])
def test_every_other_page_fits_too(browser: Browser, served: tuple[str, Path], path: str) -> None:
    visit = Visit(browser, width=PHONE)
    visit.page.goto(f"{served[0]}{path}")
    fits(visit, served[0])


def test_the_safety_notice_and_the_reason_for_no_prediction(browser: Browser, served: tuple[str, Path]) -> None:
    visit = Visit(browser)
    page = visit.page
    page.goto(f"{served[0]}/patient")
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.get_by_label("PHQ-9 item 9").select_option("2")
    with page.expect_navigation():
        page.get_by_role("button", name="Predict").click()
    shown = page.inner_text("main")
    assert "Talk with the person about safety now" in shown
    assert "No prediction:" in shown
    fits(visit, served[0])


def tabbed(page: Page, wanted: str) -> bool:
    """Whether the keyboard alone gets to an element."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip().startswith(wanted):
            return True
    return False


def test_a_patient_is_opened_and_unfolded_by_keyboard_alone(browser: Browser, served: tuple[str, Path]) -> None:
    page = Visit(browser).page
    page.goto(f"{served[0]}/caseload?show=all")
    name = page.locator("ol.caseload a").first.inner_text()
    assert tabbed(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    heading = page.locator("summary", has_text="now").first
    assert tabbed(page, heading.inner_text()[:20])
    page.keyboard.press("Enter")
    assert page.get_by_text("as filled in").first.is_visible()


def test_on_paper_there_are_no_links_and_forms(browser: Browser, served: tuple[str, Path]) -> None:
    page = Visit(browser).page
    for path in ("/caseload?show=all", "/caseload/patient/1"):
        page.goto(f"{served[0]}{path}")
        page.emulate_media(media="print")
        assert page.locator("form:visible, nav:visible").count() == 0
        assert "of 100 people" in page.inner_text("main")


@pytest.mark.parametrize("width", [PHONE, 1200])
def test_the_whole_way_in_dutch(browser: Browser, served: tuple[str, Path], width: int) -> None:
    address = served[0]
    visit = Visit(browser, width=width)
    page = visit.page
    page.goto(f"{address}/caseload?show=all&sort=best")
    sent(page, page.get_by_role("link", name="Nederlands").click)
    assert {"show=all", "sort=best", "lang=nl"} == set(page.url.partition("?")[2].split("&"))
    assert page.get_attribute("html", "lang") == "nl"
    assert "cliënten: " in page.inner_text("main")
    fits(visit, address)
    sent(page, page.locator("ol.caseload a").first.click)
    shown = page.inner_text("main")
    assert re.search(r"Van de 100 mensen zoals deze bereik(en|t) er (ongeveer|minder dan|meer dan) \d+", shown)
    assert "Werkalliantie volgens de cliënt" in shown
    assert "zegt niet wat er met de persoon zou gebeuren" in shown
    fits(visit, address)
    page.locator("#said").fill("Op een slechte dag beoordeeld.")
    sent(page, page.get_by_role("button", name="Bewaar mijn bezwaar").click)
    assert "Uw bezwaar is bewaard" in page.inner_text("h1")
    fits(visit, address)
    for path in ("/", "/model", "/model/card", "/patient?example=poorer", "/caseload?show=none"):
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang=nl")
        assert page.get_attribute("html", "lang") == "nl"
        fits(visit, address)


def test_the_language_is_changed_by_keyboard_and_nothing_that_was_typed_is_lost(
    browser: Browser, served: tuple[str, Path]
) -> None:
    visit = Visit(browser)
    page = visit.page
    page.goto(f"{served[0]}/patient")
    assert tabbed(page, "Nederlands")
    assert page.evaluate("[document.activeElement.lang, document.activeElement.hreflang]") == ["nl", "nl"]
    sent(page, lambda: page.keyboard.press("Enter"))
    page.locator("input[name=phq9_intake]").fill("19")
    page.locator("input[name=alliance]").fill("3.4")
    sent(page, page.get_by_role("button", name="Voorspellen").click)
    dutch = page.inner_text("main .lead")
    assert tabbed(page, "English")
    sent(page, lambda: page.keyboard.press("Enter"))
    assert page.get_attribute("html", "lang") == "en"
    english = page.inner_text("main .lead")
    assert english.startswith("Of 100 people like this")
    assert re.findall(r"\d+", dutch) == re.findall(r"\d+", english)
    assert page.locator("input[name=alliance]").input_value() == "3.4"
    assert "19" not in page.url
    fits(visit, served[0])
    # Enter in a field predicts; it does not press the button that changes the language, which stands before.
    field = page.locator("input[name=alliance]")
    for typed, language in (("9.9", "en"), ("3.6", "en")):
        field.evaluate("one => one.form.noValidate = true")
        field.fill(typed)
        sent(page, lambda: field.press("Enter"))
        assert page.get_attribute("html", "lang") == language
        assert field.input_value() == typed
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def test_a_browser_is_asked_for_the_key(browser: Browser, therapport: Run, trained: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    made = therapport("keys", "add", "clinic", "--scope", "explain", "--state", state, cwd=tmp_path)
    command = [COMMAND, "serve", trained / "model", "--state", state, "--port", "0"]
    with subprocess.Popen([str(one) for one in command], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().split()[1]
        for key, status in ((made.stdout.split()[0], 200), ("therapport_00000000_" + "A" * 43, 401)):
            context = browser.new_context(http_credentials={"username": "me", "password": key})
            answer = context.new_page().goto(f"{address}patient")
            assert answer is not None
            assert answer.status == status
            context.close()
        server.terminate()
        server.wait(timeout=20)


def test_a_browser_that_prefers_dutch_gets_dutch_without_asking(browser: Browser, served: tuple[str, Path]) -> None:
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    page.goto(f"{served[0]}/caseload")
    assert page.get_attribute("html", "lang") == "nl"
    assert page.locator("nav.languages").inner_text() == "English"
    assert page.url.endswith("/caseload")
    context.close()

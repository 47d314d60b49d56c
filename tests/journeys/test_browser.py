"""Pages and report in a real browser: they work, ask no other host, fit a phone and keep their own policy."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from serving import pages
from serving.patient_view import patient_view
from tests.journeys.conftest import COMMAND, Run
from tests.studies import Made
from therapport.cohort import Cohort
from therapport.predictor import prototypes

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = 360
HEAVIEST = 100 * 1024

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("THERAPPORT_REQUIRE_BROWSER"),
        reason="Debian's chromium is not installed: apt-get install chromium",
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM is not None, "chromium is required here, and it is not installed"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address(trained: Path) -> Iterator[str]:
    """A server on a free port, by the real command."""
    with subprocess.Popen(
        [str(COMMAND), "serve", str(trained / "model"), "--port", "0"], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found, "the command prints where it answers"
        yield found.group()
        server.terminate()
        assert server.wait(timeout=20) in (0, -15), "a graceful stop"


class Visit:
    """A page together with what went wrong on it and whom it asked."""

    def __init__(self, browser: Browser, *, width: int = 1200) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        # The browser asks for an icon of its own accord.
        self.page.route("**/favicon.ico", _nothing)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def _nothing(route: Route) -> None:
    route.fulfill(status=204)


@pytest.mark.parametrize("width", [PHONE, 1200])
def test_from_the_index_to_a_patient_and_back(browser: Browser, address: str, width: int) -> None:
    visit = Visit(browser, width=width)
    page = visit.page
    page.goto(address)
    assert visit.overflow() <= 0
    page.goto(f"{address}/patient?example=poorer")
    assert visit.overflow() <= 0
    with page.expect_navigation():
        page.locator("button[type=submit]").click()
    shown = page.inner_text("main")
    assert re.search(r"Of 100 people like this, (about|fewer than|more than) \d+", shown)
    assert "PHQ-9 falls by 6 points or more" in shown
    for family in ("Patient", "Alliance", "Technique", "Social influence", "Active role", "Delivery"):
        assert family in shown
    assert visit.overflow() <= 0
    assert len(page.content().encode()) < HEAVIEST
    assert {request.split("/")[2] for request in visit.requests} == {address.removeprefix("http://")}
    assert visit.complaints == []
    assert "?" not in page.url, "nothing that was typed is in the address"


def test_the_form_is_filled_and_sent_by_keyboard_alone(browser: Browser, address: str) -> None:
    page = Visit(browser).page
    page.goto(f"{address}/patient")
    page.locator("input[name=phq9_intake]").focus()
    page.keyboard.type("19")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Of 100 people like this" in page.inner_text("main")


def test_wrong_entries_are_said_on_the_form(browser: Browser, address: str) -> None:
    page = Visit(browser).page
    page.goto(f"{address}/patient")
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
    page.locator("input[name=phq9_intake]").fill("99")
    with page.expect_navigation():
        page.locator("button[type=submit]").click()
    assert "must be at most 27" in page.inner_text("main")


@pytest.mark.parametrize("width", [PHONE, 1200])
def test_the_report_opens_from_disk_and_asks_nobody(
    browser: Browser, therapport: Run, trained: Path, tmp_path: Path, width: int
) -> None:
    report = tmp_path / "report.html"
    done = therapport("report", trained / "model", "-o", report, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    visit = Visit(browser, width=width)
    visit.page.goto(report.as_uri())
    assert visit.requests == [report.as_uri()]
    assert visit.complaints == []
    assert visit.overflow() <= 0
    assert visit.page.locator("svg").count() > 10
    assert "Elastic net" in visit.page.inner_text("main")


@pytest.mark.parametrize("width", [PHONE, 1200])
def test_the_page_of_a_comparison_draws_itself_and_asks_nobody(browser: Browser, trained: Path, width: int) -> None:
    for file in (trained / "mlruns" / "artifacts").rglob("comparison.html"):
        visit = Visit(browser, width=width)
        visit.page.goto(file.as_uri())
        assert visit.requests == [file.as_uri()]
        assert visit.complaints == []
        assert visit.overflow() <= 0
        drawn = visit.page.locator("svg.plot").first.bounding_box()
        assert drawn is not None
        assert drawn["height"] > 100


@pytest.mark.parametrize("width", [PHONE, 1200])
def test_the_matrix_of_families_unfolds_by_keyboard_and_fits_a_phone(
    browser: Browser, tree_study: Made, tmp_path: Path, width: int
) -> None:
    predictor, cohort = tree_study.predictor, prototypes(tree_study.predictor)
    one = Cohort(cohort.codebook, cohort.table.iloc[[1]].reset_index(drop=True))
    file = tmp_path / "patient.html"
    file.write_text(pages.patient_page(predictor, patient_view(predictor, one)), encoding="utf-8")
    visit = Visit(browser, width=width)
    visit.page.goto(file.as_uri())
    matrix = visit.page.locator("table.matrix").first
    assert not matrix.is_visible()
    visit.page.locator("summary", has_text="What families do together").first.focus()
    visit.page.keyboard.press("Enter")
    assert matrix.is_visible()
    assert matrix.locator("tbody tr").count() == len(predictor.families)
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.getAttribute('role')") == "region"
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert visit.overflow() <= 0
    assert visit.complaints == []
    assert visit.requests == [file.as_uri()]

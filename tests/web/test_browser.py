"""The main path in a browser: no error in the console, no foreign request, no overflow; and a picture of every page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.data import ROOT
from tests.web.conftest import PASSWORD

SHOTS = ROOT / "build" / "screenshots"
PAGES = {
    "overview": "/",
    "journey": "/journey/",
    "journey-panel": "/journey/?weeks=all&tp=support.billing",
    "journey-table": "/journey/?show=table",
    "customers": "/customers/",
    "customer": "/customers/{customer}/",
    "behind": "/customers/?metric=csat&by=touchpoint&value=support.billing",
    "voice": "/voice/",
    "paths": "/paths/?unit=case&level=department",
    "value": "/value/",
    "foresight": "/foresight/",
    "playbooks": "/playbooks/",
    "playbook-past": "/playbooks/detractor_call_back/past/",
    "playbook-edit": "/playbooks/detractor_call_back/edit/",
    "surveys": "/surveys/",
    "survey-new": "/surveys/new/",
    "survey-build": "/surveys/case_closed/form/",
    "work": "/work/",
    "work-one": "/work/{work}/",
    "playbook": "/playbooks/pictured/",
    "changes": "/changes/",
    "change": "/changes/{change}/",
    "change-new": "/changes/new/",
    "inbox": "/inbox/",
    "themes": "/themes/",
    "theme-pin": "/themes/pin/",
    "jargon": "/jargon/",
    "projects": "/projects/",
    "project-new": "/projects/new/",
    "questions": "/questions/",
    "question": "/questions/feedback.scores/?metric=csat&by=touchpoint",
    "data": "/data/",
    "checks": "/data/checks/",
    "who-is-who": "/data/identity/",
    "report": "/report/",
    "quarantine": "/data/sources/tickets/",
    "settings": "/settings/",
    "people": "/settings/people/",
    "person": "/settings/people/new/",
    "about": "/about/",
}


def chromium() -> str:
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium: apt-get install chromium"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


class Seen:
    """A page in a browser that remembers what went wrong."""

    def __init__(self, browser: Any, server: str, width: int = 1440, **options: Any) -> None:
        self.server, self.faults = server, []  # type: ignore[var-annotated]
        self.context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("console", lambda message: self.faults.append(message.text) if message.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self.faults.append(request.url) if not request.url.startswith((server, "data:")) else None)

    def go(self, address: str) -> None:
        self.page.goto(self.server + address)

    def log_in(self, login: str = "alice") -> Seen:
        self.go("/login/")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button.primary")
        self.page.wait_for_url(f"{self.server}/")
        return self

    def look(self, language: str, theme: str) -> None:
        self.go("/settings/")
        self.page.select_option("select[name=language]", language)
        self.page.select_option("select[name=theme]", theme)
        self.page.click("button[name=own]")
        self.page.wait_for_selector(".toast")

    def overflow(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture
def seen(browser: Any, server: str) -> Iterator[Seen]:
    one = Seen(browser, server)
    yield one
    one.context.close()
    assert one.faults == []


def customer(site: Path) -> str:
    from kundig.web.desk import Question, desk

    rows = desk().future(Question("customers.directory")).result().to_pylist()
    return str(max((row for row in rows if row["monthly"] and row["nps"] is not None) if any(row["monthly"] and row["nps"] is not None for row in rows) else rows, key=lambda row: (row["sources"], row["n"]))["customer_id"])


def several(site: Path) -> str:
    """A customer of several records."""
    from kundig.web.desk import Question, desk

    rows = desk().future(Question("customers.directory")).result().to_pylist()
    return next(str(row["customer_id"]) for row in sorted(rows, key=lambda row: -row["sources"]) if len(desk().future(Question("joined", (("name", row["customer_id"]),))).result().subjects) > 2)


# First, for it makes old what was answered.
def test_a_wrong_merge_is_split_and_the_split_undone(seen: Seen, site: Path) -> None:
    page = seen.log_in("leo").page
    seen.go(f"/customers/{several(site)}/")
    before = page.locator("#joined input[value=split]").count()
    assert before > 1
    page.locator("#joined button:has-text('Not the same person')").last.click()
    page.wait_for_selector(".toast button")
    assert page.locator("#joined input[value=split]").count() < before
    page.click(".toast button")
    page.wait_for_selector(".toast >> text=taken back")
    assert page.locator("#joined input[value=split]").count() == before


def test_from_the_overview_to_a_touchpoint_its_customers_and_the_file_of_one(seen: Seen) -> None:
    page = seen.log_in().page
    seen.look("en", "light")
    page.click("nav[aria-label=Pages] >> text=Journey >> nth=0")
    page.click(".chip >> text=all time")
    page.click('[data-touchpoint="support.billing"]')
    page.wait_for_selector("#panel")
    assert "tp=support.billing" in page.url
    page.click("#panel a.button.primary")
    page.wait_for_selector("h1[data-count]")
    count = int(page.get_attribute("h1", "data-count") or 0)
    assert count > 0
    assert page.locator("table.people tbody tr").count() == min(count, 50)
    name = page.inner_text("table.people tbody tr >> nth=0 >> a")
    page.click("table.people tbody tr >> nth=0 >> a")
    page.wait_for_selector(".timeline")
    assert name in page.inner_text("h1")


def test_the_keyboard_finds_a_customer(seen: Seen) -> None:
    page = seen.log_in().page
    seen.go("/voice/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q-all"
    page.keyboard.type("a")
    page.wait_for_selector("#found a")
    page.keyboard.press("Escape")
    assert page.locator("#found a").count() == 0


def test_a_filter_narrows_the_list_as_it_is_typed_and_stands_in_the_address(seen: Seen) -> None:
    page = seen.log_in().page
    seen.go("/customers/")
    before = int(page.get_attribute("h1", "data-count") or 0)
    page.fill("#q", "köln")
    page.wait_for_selector(f'h1[data-count]:not([data-count="{before}"])')
    assert int(page.get_attribute("h1", "data-count") or 0) < before
    assert "q=k%C3%B6ln" in page.url


def test_language_and_colours_change_on_the_spot(seen: Seen) -> None:
    page = seen.log_in().page
    seen.look("en", "light")
    seen.go("/voice/")
    page.click("text=Deutsch")
    page.wait_for_selector("html[lang=de]")
    page.click("text=Dunkel")
    page.wait_for_selector("html[data-theme=dark]")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(13, 20, 18)"
    assert page.url.endswith("/voice/")


def test_a_file_is_downloaded(seen: Seen) -> None:
    page = seen.log_in("leo").page
    seen.go("/questions/feedback.scores/?metric=csat&by=touchpoint")
    page.click("summary.button")
    with page.expect_download() as download:
        page.click(".menu a >> nth=0")
    assert download.value.suggested_filename == "feedback.scores.csv"


def test_it_reads_without_a_line_of_script(browser: Any, server: str) -> None:
    one = Seen(browser, server, java_script_enabled=False)
    page = one.log_in().page
    one.go("/journey/?weeks=all")
    page.locator('[data-touchpoint="support.billing"]').click()
    page.locator("#panel h2").wait_for()
    one.go("/customers/?q=a")
    assert page.locator("table.people tbody tr").count() > 0
    one.context.close()


def test_the_report_is_downloaded_as_a_pdf(seen: Seen) -> None:
    page = seen.log_in().page
    seen.go("/report/?as_of=2026-06-30")
    page.wait_for_selector("a[download]")
    with page.expect_download() as download:
        page.click("a[download]")
    assert Path(download.value.path()).read_bytes()[:5] == b"%PDF-"


def test_a_first_visit_weighs_no_more_than_300_kilobytes(browser: Any, server: str) -> None:
    weights: list[int] = []
    one = Seen(browser, server)
    one.page.on("requestfinished", lambda request: weights.append(request.sizes()["responseBodySize"] + request.sizes()["responseHeadersSize"]))
    one.log_in()
    one.page.wait_for_load_state("networkidle")
    one.context.close()
    assert 0 < sum(weights) < 300 * 1024


def test_the_skip_link_leads_to_the_content(seen: Seen) -> None:
    page = seen.log_in().page
    seen.go("/voice/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


NAMED = """() => [...document.querySelectorAll('a, button, input, select, summary, svg[role=img]')]
    .filter(e => e.offsetParent !== null || e instanceof SVGElement)
    .filter(e => !(e.type === 'hidden') && !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length || e.querySelector('title') || e.getAttribute('aria-hidden')))
    .map(e => e.outerHTML.slice(0, 120))"""
AXE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .filter(one => ['serious', 'critical'].includes(one.impact))
    .map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.target.join(' ')).join(' | ')}`)"""


def axe() -> str:
    """The checker of accessibility, as its package carries it."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


# Before the browser is there: beside its loop the database answers nobody.
@pytest.fixture(scope="module", autouse=True)
def pictured(site: Path) -> Iterator[dict[str, Any]]:
    """A playbook with a task, and a change that is told, for the length of these tests."""
    from datetime import datetime, timezone

    from kundig.journal import told
    from kundig.state.changes import Change, kept
    from kundig.state.enrolments import Enrolment
    from kundig.state.outbox import Work
    from kundig.state.playbooks import PlaybookVersion
    from kundig.state.ticking import tick
    from tests.playbooks.test_simulation import WAY, at, playbook
    from tests.web.test_changes import WORDS
    from tests.web.test_playbook_ticks import on

    who = customer(site)
    on(playbook(steps=WAY, hold_out=0.1, trial={"cost": 2}), "pictured")
    tick(told([(who, "complaint", "2026-03-01")]), at(2))
    change = kept(None, {**WORDS, "raised": {"kinds": ["complaint", "feedback"]}, "purpose": "survey", "project": None}, "Cora", datetime.now(timezone.utc))
    yield {"customer": who, "work": Work.objects.get(customer=who, act__enrolment__playbook="pictured").pk, "change": change.pk}
    Change.objects.filter(pk=change.pk).delete()
    Enrolment.objects.filter(playbook="pictured").delete()
    PlaybookVersion.objects.filter(name="pictured").delete()


DOUBLED = "() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.filter((id, i) => ids.indexOf(id) !== i); }"


# All are walked in both looks; each is checked and pictured in one of them, in turn, and in the longer proofs in every look.
@pytest.mark.parametrize(("language", "theme", "part"), [("de", "light", 0), ("en", "dark", 1), *(pytest.param(*look, None, marks=pytest.mark.soak) for look in product(("de", "en"), ("light", "dark")))])
def test_every_page_fits_says_what_it_holds_and_is_pictured(language: str, theme: str, part: int | None, browser: Any, server: str, pictured: dict[str, Any]) -> None:
    from playwright.sync_api import expect

    SHOTS.mkdir(parents=True, exist_ok=True)
    one = Seen(browser, server).log_in()
    one.look(language, theme)
    # Given to the page as a debugger gives it: the policy lets no other script in.
    checker, wrong = axe(), []
    for number, (name, address) in enumerate(PAGES.items()):
        one.go(address.format(**pictured))
        # What comes later has come.
        expect(one.page.locator(".late")).to_have_count(0, timeout=240_000)
        for width in (1728, 390, 1440) if language == "de" else (390, 1440):
            one.page.set_viewport_size({"width": width, "height": 900})
            if one.overflow() > 0:
                wrong.append(f"{name} overflows at {width} by {one.overflow()}")
            if width == 390 and language == "de" and part in (None, number % 2):
                one.page.screenshot(path=SHOTS / f"{name}-{language}-{theme}-390.png", full_page=True)
        wrong += [f"{name}: without a name: {element}" for element in one.page.evaluate(NAMED)]
        wrong += [f"{name}: twice the id {found}" for found in one.page.evaluate(DOUBLED)]
        if part not in (None, number % 2):
            continue
        one.page.evaluate(checker)
        wrong += [f"{name}: {found}" for found in one.page.evaluate(AXE)]
        # A full-height rail ends where the window ends.
        height = one.page.evaluate("document.documentElement.scrollHeight")
        one.page.set_viewport_size({"width": 1440, "height": min(max(height, 900), 2600)})
        one.page.screenshot(path=SHOTS / f"{name}-{language}-{theme}.png")
    one.context.close()
    assert (wrong, one.faults) == ([], [])

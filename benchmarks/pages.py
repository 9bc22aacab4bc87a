"""How long the server works on a page when four read at once, and how soon a chart is seen, with answers kept."""

from __future__ import annotations

import html
import http.cookiejar
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.life import company as wandering
from benchmarks.ratio import Ratio
from kundig.cli.simulate import simulated
from kundig.workspace import Workspace

READERS, EACH = 4, 25
EVENTS = 10_000_000
PASSWORD = "a password for this measurement"
PAGES = (
    "/", "/customers/", "/search/?q=an", "/journey/", "/voice/", "/themes/", "/jargon/", "/paths/", "/value/", "/foresight/", "/questions/", "/questions/feedback.scores/?metric=csat&by=touchpoint", "/report/", "/playbooks/",
    "/surveys/", "/projects/", "/changes/", "/inbox/", "/work/", "/live/", "/data/", "/data/checks/", "/data/identity/", "/settings/", "/about/",
)  # fmt: skip
"""Every page that has an address of its own."""
ONE_OF = {
    "/customers/": r'href="(/customers/[^/?"]+/)["?]',
    "/value/": r'href="(/customers/[?]in=value[^"]+)"',
    "/voice/": r'href="(/customers/[?]in=feedback[^"]+)"',
    "/playbooks/": r'href="(/playbooks/[^/?"]+/)"',
    "/surveys/": r'href="(/surveys/(?!new/)[^/?"]+/)"',
    "/data/": r'href="(/data/sources/[^/?"]+/)"',
}
"""Pages of which there are many: the first that another page leads to."""
ROOMS = ("/voice/", "/paths/", "/value/", "/foresight/")
EVERY = 4
"""Of the questions that stand in rooms as they are asked by default every fourth is read on its own page: its answer is kept."""
SHORT = 70
WARM = 1800.0
"""Seconds within which every first answer is there."""


class Reader:
    """Somebody who is logged in."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        page = self.read("/login/")[1]
        token = page.partition(b'name="csrfmiddlewaretoken" value="')[2].partition(b'"')[0].decode()
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "login": "alice", "password": PASSWORD, "next": "/settings/"}).encode()
        self.opener.open(urllib.request.Request(f"{address}/login/", form, {"Referer": f"{address}/login/"})).read()

    def read(self, page: str) -> tuple[int, bytes]:
        """A page's status and text."""
        with self.opener.open(self.address + page, timeout=600) as answer:
            return answer.status, answer.read()


def measured(folder: Path) -> Iterator[Ratio]:
    """Median and 95th percentile of every page at four concurrent readers, of the demo company and of ten million events; the time to a chart in a browser."""
    demo = Path(os.environ.get("KUNDIG_BENCH_COMPANY", folder / "company"))
    if not demo.exists():
        simulated(demo, 5000, 7)
        list(Workspace(demo).imports())
    yield from _served(demo, "demo company", seen=True)
    yield from _served(wandering(folder / "wandering", int(os.environ.get("KUNDIG_BENCH_EVENTS", EVENTS))), "ten million events", seen=False)


def _served(company: Path, called: str, *, seen: bool) -> Iterator[Ratio]:
    """The figures of one company."""
    environment = os.environ | {"KUNDIG_ADMIN": "alice", "KUNDIG_ADMIN_PASSWORD": PASSWORD}
    # What happens beside the pages is another measurement.
    words = [sys.executable, "-m", "kundig", "serve", "--workspace", str(company), "--port", "0", "--no-worker"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    try:
        assert process.stdout is not None
        address = next(word for line in process.stdout for word in line.split() if word.startswith("http://")).rstrip("/;")
        first = Reader(address)
        asked = list(PAGES)
        pages = [page for page in asked if _warm(first, page)]
        more = [*_found(first, pages), *_kept(first, pages)[::EVERY]]
        asked += more
        pages += [page for page in more if _warm(first, page)]
        yield Ratio(f"{called}: pages whose first answers came in half an hour", len(pages), len(asked), "pages", at_least=True)
        for page in pages:
            times = _times(address, page)
            short = page if len(page) < SHORT else page[:SHORT] + "…"
            yield Ratio(f"{called}: {short}, {READERS} readers at once, median", statistics.median(times) * 1000, 60.0, "ms")
            yield Ratio(f"{called}: {short}, {READERS} readers at once, 95th percentile", statistics.quantiles(times, n=20)[-1] * 1000, 150.0, "ms")
        if seen:
            yield from _seen(address)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _found(reader: Reader, pages: list[str]) -> list[str]:
    """The first page of each kind that others lead to."""
    found = (re.search(pattern, reader.read(page)[1].decode()) for page, pattern in ONE_OF.items() if page in pages)
    return [html.unescape(match[1]) for match in found if match]


def _kept(reader: Reader, pages: list[str]) -> list[str]:
    """The own pages of questions that rooms ask by default: their answers are kept."""
    return sorted({one for page in ROOMS if page in pages for one in re.findall(r'href="(/questions/[\w.]+/)"', reader.read(page)[1].decode())})


def _warm(reader: Reader, page: str) -> bool:
    """Ask until nothing of the page comes later."""
    end = time.monotonic() + WARM
    while time.monotonic() < end:
        status, text = reader.read(page)
        if status == 200 and b"few late" not in text:
            return True
        time.sleep(2)
    return False


def _times(address: str, page: str) -> list[float]:
    """Seconds of each answer, read by four at once."""

    def reads(reader: Reader) -> list[float]:
        found = []
        for _ in range(EACH):
            began = time.perf_counter()
            reader.read(page)
            found.append(time.perf_counter() - began)
        return found

    with ThreadPoolExecutor(READERS) as pool:
        return [one for several in pool.map(reads, [Reader(address) for _ in range(READERS)]) for one in several]


def _weighing(sizes: list[int]) -> Callable[[Any], None]:
    """Adds the bytes of every answer to a list."""

    def weighed(request: Any) -> None:
        told = request.sizes()
        sizes.append(told["responseBodySize"] + told["responseHeadersSize"])

    return weighed


def _seen(address: str) -> Iterator[Ratio]:
    """Seconds until the overview's first chart has its place, and what the first visit weighs; cold browser, warm server."""
    path = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    if path is None:
        return
    from playwright.sync_api import sync_playwright

    times, weights = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        reader = Reader(address)
        cookies: Any = [{"name": one.name, "value": one.value, "url": address} for one in reader.jar]
        for _ in range(5):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies(cookies)
            page = context.new_page()
            sizes: list[int] = []
            page.on("requestfinished", _weighing(sizes))
            began = time.perf_counter()
            page.goto(address + "/", wait_until="commit")
            page.wait_for_selector(".chart svg")
            times.append(time.perf_counter() - began)
            page.wait_for_load_state("load")
            weights.append(sum(sizes))
            context.close()
        browser.close()
    yield Ratio("overview, cold browser, until its first chart is seen", statistics.median(times), 1.0, "s")
    yield Ratio("overview, first visit", statistics.median(weights) / 1024, 300.0, "KB")

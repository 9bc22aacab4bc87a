"""The clients that companies have already, unchanged, pointed at the door: what they say arrives as it was meant.

Those from npm are installed by `make clients`; in continuous integration their absence is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kundig.workspace import Workspace
from tests.live.crashing import Process, free_port
from tests.live.doorway import KEY

MODULES = Path(os.environ.get("KUNDIG_CLIENTS", Path(sys.prefix) / "clients"))
AT = datetime(2026, 3, 1, 10, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A door as a process: its address, and its workspace."""
    folder = tmp_path_factory.mktemp("clients")
    (folder / "kundig.yaml").write_text("company: {name: Nordwind}\n")
    port = free_port()
    process = Process(["door", str(folder), str(port)])
    process.start()
    import httpx

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/health")
            break
        except httpx.TransportError:
            time.sleep(0.05)  # until it listens
    yield f"http://127.0.0.1:{port}", folder
    process.stop()


@pytest.fixture
def arrived(door: tuple[str, Path]) -> Callable[[], tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """What arrived in this test: events, and what was said of whom."""
    kept = Workspace(door[1]).inbox
    before = kept.last() if kept is not None else 0

    def told() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        workspace = Workspace(door[1])
        whole = workspace.inbox
        assert whole is not None
        part = [each for each in whole.pending() if each.seq > before]
        whole.pending = lambda *_, **__: part  # type: ignore[method-assign]  # this test's alone
        events = workspace.journal.history.to_pyarrow().to_pylist()
        traits = workspace.journal.traits.to_pyarrow().to_pylist()
        columns = ("kind", "touchpoint", "subject", "case_id", "amount", "currency", "channel")
        rows = [{name: row[name] for name in columns if row[name] is not None} for row in events]
        said = [{name: dict(value) if name == "properties" else value for name, value in row.items() if value is not None and name not in {"source", "known_at"}} for row in traits]
        orders = [row["occurred_at"] for row in events if row["kind"] == "order"]
        assert orders in ([AT], []), orders
        return sorted(rows, key=str), sorted(said, key=str)

    return told


EVENTS = [
    {"kind": "order", "touchpoint": "shop.order", "subject": "user:ada", "case_id": "o1", "amount": Decimal("39.9000"), "currency": "EUR"},
    {"kind": "visit", "touchpoint": "app", "subject": "user:ada", "channel": "app"},
    {"kind": "visit", "touchpoint": "web", "subject": "user:ada", "channel": "web"},
]
SAID = [
    {"subject": "anonymous:a1", "properties": {"user_id": "ada"}},
    {"subject": "user:ada", "account": "acme", "company": "Acme"},
    {"subject": "user:ada", "given_name": "Ada", "email": "ada@example.de"},
    {"subject": "user:ada", "properties": {"previous_id": "a0", "user_id": "a0"}},
]


@pytest.mark.parametrize("packed", [False, True])
def test_segments_client_for_python(door: tuple[str, Path], arrived: Callable[[], Any], packed: bool) -> None:
    from segment.analytics.client import Client

    errors: list[Any] = []
    client = Client(KEY, host=door[0], gzip=packed, on_error=lambda error, _: errors.append(error))
    client.identify("ada", {"email": "ada@example.de", "firstName": "Ada"}, anonymous_id="a1")
    client.track("ada", "Order Completed", {"order_id": "o1", "total": 39.9, "currency": "EUR"}, timestamp=AT)
    client.page("ada", None, "Home")
    client.screen("ada", None, "Start")
    client.group("ada", "acme", {"name": "Acme"})
    client.alias("a0", "ada")
    client.flush()
    client.join()
    assert (errors, arrived()) == ([], (EVENTS, SAID))


def test_rudderstacks_client_for_python(door: tuple[str, Path], arrived: Callable[[], Any]) -> None:
    from rudderstack.analytics.client import Client

    errors: list[Any] = []
    client = Client(KEY, host=door[0], on_error=lambda error, _: errors.append(error))
    client.identify("ada", {"email": "ada@example.de", "firstName": "Ada"}, anonymous_id="a1")
    client.track("ada", "Order Completed", {"order_id": "o1", "total": 39.9, "currency": "EUR"}, timestamp=AT)
    client.page("ada", None, "Home")
    client.screen("ada", None, "Start")
    client.group("ada", "acme", {"name": "Acme"})
    client.alias("a0", "ada")
    client.flush()
    client.join()
    assert (errors, arrived()) == ([], (EVENTS, SAID))


def installed(package: str) -> None:
    if not (MODULES / "node_modules" / package).exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{package} is not installed in {MODULES}; `make clients` installs it")
        pytest.skip(f"{package} is not installed in {MODULES}; `make clients` installs it")


@pytest.mark.parametrize(("which", "package"), [("segment", "@segment/analytics-node"), ("rudder", "@rudderstack/rudder-sdk-node")])
def test_the_clients_for_node(door: tuple[str, Path], arrived: Callable[[], Any], which: str, package: str) -> None:
    installed(package)
    script = Path(__file__).parent / "clients" / "send.cjs"
    done = subprocess.run(["node", str(script), which, door[0], KEY, str(MODULES)], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, arrived()) == (0, (EVENTS, SAID)), done.stderr


LIBRARY = """async ([key, host]) => {
  const { AnalyticsBrowser } = window.AnalyticsNext ?? window;
  const settings = { integrations: { "Segment.io": { apiKey: key, apiHost: host, protocol: "http" } } };
  const [analytics] = await AnalyticsBrowser.load({ writeKey: key, cdnSettings: settings }, { integrations: { "Segment.io": { apiHost: host, protocol: "http" } } });
  await analytics.identify("ada", { email: "ada@example.de", firstName: "Ada" }, { anonymousId: "a1" });
  await analytics.track("Order Completed", { order_id: "o1", total: 39.9, currency: "EUR" }, { timestamp: "2026-03-01T10:00:00.000Z" });
  await analytics.page("Home");
  await analytics.screen("Start");
  await analytics.group("acme", { name: "Acme" });
  await analytics.alias("ada", "a0");
}"""


def test_segments_library_in_a_browser(door: tuple[str, Path], arrived: Callable[[], Any]) -> None:
    package = "@segment/analytics-next"
    installed(package)
    from playwright.sync_api import sync_playwright

    from tests.web.test_browser import chromium

    script = MODULES / "node_modules" / package / "dist" / "umd" / "index.js"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"])
        page = browser.new_page()
        # A page of a shop that has no other machine to ask.
        page.route("**/*", lambda route: route.continue_() if route.request.url.startswith(door[0]) else route.fulfill(body="<!doctype html><title>Shop</title>", content_type="text/html"))
        page.goto("http://shop.test/")
        page.add_script_tag(path=str(script))
        page.evaluate(LIBRARY, [KEY, door[0].removeprefix("http://") + "/v1"])
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and len(arrived()[0]) < 3:
            page.wait_for_timeout(100)  # until the library's own queue is empty
        browser.close()
    events, said = arrived()
    assert [{name: value for name, value in row.items() if name != "channel"} for row in events] == [{name: value for name, value in row.items() if name != "channel"} for row in EVENTS]
    assert {"subject": "user:ada", "given_name": "Ada", "email": "ada@example.de"} in said
    assert {"subject": "user:ada", "account": "acme", "company": "Acme"} in said
    assert any(row["subject"] == "user:ada" and row.get("properties") == {"previous_id": "a0", "user_id": "a0"} for row in said)


def test_a_client_comes_again_after_an_error_and_after_it_was_told_to_wait(tmp_path: Path) -> None:
    """A door that is overloaded at first: the client's own retries bring every event, and once."""
    import asyncio
    from threading import Thread

    import uvicorn
    from segment.analytics.client import Client

    from kundig.live.door.application import Door
    from kundig.live.door.keys import Keys, Sender, hashed
    from kundig.live.door.metrics import Metrics
    from kundig.live.door.webhook import Hooks
    from kundig.store.inbox import inbox

    kept = inbox("sqlite:///kundig.sqlite3", tmp_path)
    assert kept is not None
    whole = Door(kept, Keys(lambda: {hashed(KEY): Sender("shop", 1_000)}, time.monotonic), Hooks({}), Metrics())
    refusals = iter([(503, b"0"), (429, b"1")])
    told: list[int] = []

    async def busy(scope: dict[str, Any], receive: Any, send: Any) -> None:
        status, wait = next(refusals, (200, b"")) if scope["type"] == "http" else (200, b"")
        if status == 200:
            await whole(scope, receive, send)
            return
        told.append(status)
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": status, "headers": [(b"retry-after", wait), (b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    server = uvicorn.Server(uvicorn.Config(busy, port=free_port(), log_config=None, lifespan="on", ws="none"))

    thread = Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)  # until it listens
    client = Client(KEY, host=f"http://127.0.0.1:{server.config.port}")
    for number in range(3):
        client.track("ada", "X", {"n": number})
    client.flush()
    client.join()
    server.should_exit = True
    thread.join(timeout=30)
    assert (told, kept.standing().events) == ([503, 429], 3)
    kept.close()

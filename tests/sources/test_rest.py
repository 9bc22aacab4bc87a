"""REST interfaces, against a server of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.conftest import LATER, Company, imported, told

from kundig.errors import SourceError

RECORDS = [{"id": n, "who": {"name": f"p{n}"}, "at": f"2025-01-{n:02}T10:00:00Z", "total": n + 0.1} for n in range(1, 8)]
Answer = tuple[int, dict[str, str], Any]


class Server:
    """Answers as a test says; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.headers: dict[str, str] = {}
        self.answer: Callable[[dict[str, str]], Answer] = lambda asked: (200, {}, [])
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
                outer.asked.append(asked)
                outer.headers = dict(self.headers.items())
                status, headers, body = outer.answer(asked)
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/orders"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.server.shutdown()
    running.server.server_close()


def source(server: Server, **read: Any) -> dict[str, Any]:
    events = {"kind": "order", "subject": "shop:{who.name}", "at": "at", "amount": "total"}
    return {"orders": {"read": {"rest": server.url, **read}, "key": "id", "events": events}}


def by_cursor(asked: dict[str, str]) -> Answer:
    start = int(asked.get("cursor", 0))
    return 200, {}, {"data": RECORDS[start : start + 3], "next_cursor": start + 3 if start + 3 < len(RECORDS) else None}


def by_page(asked: dict[str, str]) -> Answer:
    start = (int(asked["page"]) - 1) * 3
    return 200, {}, {"data": RECORDS[start : start + 3]}


def by_offset(asked: dict[str, str]) -> Answer:
    start = int(asked["offset"])
    return 200, {}, {"data": RECORDS[start : start + 3]}


def by_link(asked: dict[str, str]) -> Answer:
    start = int(asked.get("start", 0))
    headers = {"Link": f'</orders?start={start + 3}>; rel="next"'} if start + 3 < len(RECORDS) else {}
    return 200, headers, {"data": RECORDS[start : start + 3]}


@pytest.mark.parametrize(("by", "answer"), [("cursor", by_cursor), ("page", by_page), ("offset", by_offset), ("link", by_link)])
def test_pages_are_followed_to_the_end(company: Company, server: Server, by: str, answer: Callable[[dict[str, str]], Answer]) -> None:
    server.answer = answer
    workspace = company(source(server, records="data", pages={"by": by}))
    assert imported(workspace) == [{"rows": 7, "events_added": 7}]
    assert imported(workspace, now=LATER) == [{"rows": 7, "events_unchanged": 7}]
    assert told(workspace, "events", "sum(amount)::VARCHAR AS total") == [{"total": "28.7000"}]


def test_a_server_that_asks_to_wait_is_asked_again(company: Company, server: Server) -> None:
    answers = iter([(429, {"Retry-After": "0"}, {}), (500, {}, {}), (200, {}, RECORDS)])
    server.answer = lambda asked: next(answers)
    assert imported(company(source(server))) == [{"rows": 7, "events_added": 7}]
    assert len(server.asked) == 3


def test_a_server_that_stays_down_is_named(company: Company, server: Server) -> None:
    server.answer = lambda asked: (503, {"Retry-After": "0"}, {})
    with pytest.raises(SourceError, match=r"answers 503 after 2 tries; run the import again later, it goes on where it stopped"):
        imported(company(source(server, retries=2)))


@pytest.mark.parametrize(("answer", "message"), [((401, {}, {}), "answers 401 Unauthorized; check"), ((200, {}, b"<html>"), "which is not JSON"), ((200, {}, {"rows": []}), "leads to no list; the answer holds: rows"), ((302, {"Location": "http://x"}, {}), "answers 302")])
def test_an_answer_that_is_no_records_is_named_without_secrets(company: Company, server: Server, answer: Answer, message: str) -> None:
    server.answer = lambda asked: answer
    with pytest.raises(SourceError) as error:
        imported(company(source(server, records="data", token="s3cr3t", params={"key": "s3cr3t"})))
    assert (message in str(error.value), "s3cr3t" in str(error.value)) == (True, False)
    assert server.headers["Authorization"] == "Bearer s3cr3t"


def test_a_link_to_another_host_is_not_followed(company: Company, server: Server) -> None:
    server.answer = lambda asked: (200, {}, {"data": RECORDS, "next": "http://example.org/orders"})
    with pytest.raises(SourceError, match=r"leads to another host, example\.org; that is not followed"):
        imported(company(source(server, records="data", pages={"by": "link", "next": "next"})))


def test_an_import_that_was_cut_off_goes_on_with_the_next_page(company: Company, server: Server) -> None:
    server.answer = lambda asked: by_cursor(asked) if asked.get("cursor") != "6" else (503, {"Retry-After": "0"}, {})
    workspace = company(source(server, records="data", pages={"by": "cursor"}, retries=1))
    with pytest.raises(SourceError):
        imported(workspace)
    server.asked.clear()
    server.answer = by_cursor
    assert imported(workspace) == [{"rows": 7, "events_added": 7}]
    assert server.asked == [{"cursor": "6"}]


def test_only_what_is_new_is_asked_for(company: Company, server: Server) -> None:
    server.answer = lambda asked: (200, {}, [record for record in RECORDS if record["at"] >= asked.get("since", "")])
    workspace = company(source(server, since={"field": "at", "parameter": "since"}))
    imported(workspace)
    assert imported(workspace, now=LATER) == [{"rows": 1, "events_unchanged": 1}]
    assert server.asked == [{}, {"since": "2025-01-07T10:00:00Z"}]


def test_a_server_that_is_not_there_is_named(company: Company, server: Server) -> None:
    server.server.shutdown()
    server.server.server_close()
    with pytest.raises(SourceError, match=r"rest: http://127\.0\.0\.1/orders cannot be reached: .*; check the address and that the server runs"):
        imported(company(source(server, retries=1)))


def test_no_records_are_no_events(company: Company, server: Server) -> None:
    server.answer = lambda asked: (200, {}, [])
    assert imported(company(source(server))) == [{}]

"""REST interfaces: pages of JSON records over HTTP."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field

from kundig.definition import Definition
from kundig.errors import SourceError
from kundig.sources.kinds.json import objects
from kundig.sources.readers import Place, Reader, Rows

PAGES_AT_ONCE = 10_000


class Pages(Definition):
    """How one page leads to the next.

    `link`: the answer's `next` (a path in the JSON) or the Link header. `cursor`: the answer's `next` goes into the
    parameter `parameter`. `page` and `offset`: the parameter counts up until a page is empty; `size` is the page's size.
    """

    by: Literal["link", "cursor", "page", "offset", "none"] = "none"
    next: str | None = None
    parameter: str | None = None
    size: int = 100
    size_parameter: str | None = None
    first: int = 1


class Since(Definition):
    """Only what is new: the largest value of `field` seen so far goes into the parameter `parameter`."""

    field: str
    parameter: str


class Rest(Reader):
    """Records of a REST interface.

    Pages land in the workspace as they arrive, so that an import that was cut off goes on with the next page. An
    answer of 429 or 5xx is tried again, later each time, as `Retry-After` says.
    """

    key: ClassVar[str] = "rest"

    rest: str
    records: str | None = None
    params: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    token: str | None = None
    user: str | None = None
    password: str | None = None
    pages: Pages = Pages()
    since: Since | None = None
    retries: int = 5
    timeout: float = 30.0

    def located(self) -> str:
        """The URL without parameters."""
        parts = urlsplit(self.rest)
        return f"rest: {parts.scheme}://{parts.hostname}{parts.path}"

    def rows(self, place: Place) -> Rows:
        """The records as a relation of text columns, fetched first.

        Raises:
            SourceError: the server cannot be reached or refuses, or the answer is not JSON with the records.
        """
        folder = place.keep / hashlib.sha256(self.rest.encode()).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
        mark = _state(folder / "mark.json")
        latest = self._fetch(folder, mark.get("value"))
        files = tuple(sorted(folder.glob("page-*.jsonl")))
        if not any(file.stat().st_size for file in files):
            return Rows(sql="(SELECT NULL::VARCHAR AS nothing WHERE false)", nothing=True, finish=lambda: _clear(folder, None))
        return objects(files, files, place).__class__(
            **{**vars(objects(files, files, place)), "finish": lambda: _clear(folder, latest)}
        )

    def _fetch(self, folder: Path, since: str | None) -> str | None:
        """Fetch what is not there yet; the largest value of `since.field`."""
        import httpx  # noqa: PLC0415 -- slow import

        where = _state(folder / "next.json")
        request: dict[str, Any] | None = where.get("request") if where else self._first(since)
        number, latest = int(where.get("number", 0)), where.get("latest", since)
        headers = {**self.headers, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        auth = (self.user, self.password or "") if self.user else None
        with httpx.Client(headers=headers, auth=auth, timeout=self.timeout, follow_redirects=False) as client:
            while request is not None and number < PAGES_AT_ONCE:
                answer = self._answer(client, request)
                records = self._records(answer)
                number += 1
                _write(folder / f"page-{number:06}.jsonl", "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))
                latest = self._latest(records, latest)
                request = self._following(answer, request, len(records))
                _write(folder / "next.json", json.dumps({"request": request, "number": number, "latest": latest}))
        return latest

    def _first(self, since: str | None) -> dict[str, Any]:
        params = dict(self.params)
        if self.since is not None and since is not None:
            params[self.since.parameter] = since
        if self.pages.by in {"page", "offset"}:
            params[self._counter()] = str(self.pages.first if self.pages.by == "page" else 0)
        if self.pages.size_parameter:
            params[self.pages.size_parameter] = str(self.pages.size)
        return {"url": self.rest, "params": params}

    def _counter(self) -> str:
        return self.pages.parameter or self.pages.by

    def _answer(self, client: Any, request: dict[str, Any]) -> Any:
        import httpx  # noqa: PLC0415 -- slow import
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt  # noqa: PLC0415 -- loaded when it is needed

        def once() -> Any:
            answer = client.get(request["url"], params=request["params"] or None)
            if answer.status_code == 429 or answer.status_code >= 500:
                raise _LaterError(answer.status_code, answer.headers.get("Retry-After"))
            return answer

        try:
            retrying = Retrying(retry=retry_if_exception_type((_LaterError, httpx.TransportError)), stop=stop_after_attempt(self.retries), wait=_wait, reraise=True)
            answer = retrying(once)
        except _LaterError as error:
            raise SourceError(f"{self.located()} answers {error.status} after {self.retries} tries; run the import again later, it goes on where it stopped") from None
        except httpx.HTTPError as error:
            raise SourceError(f"{self.located()} cannot be reached: {error or type(error).__name__}; check the address and that the server runs") from None
        if answer.status_code >= 300:
            raise SourceError(f"{self.located()} answers {answer.status_code} {answer.reason_phrase}; check the address, `token:` and rights")
        try:
            answer.parsed = json.loads(answer.content, parse_float=str)
        except ValueError:
            raise SourceError(f"{self.located()} answers with {answer.headers.get('Content-Type', 'no type')}, which is not JSON") from None
        return answer

    def _records(self, answer: Any) -> list[Any]:
        value = _at(answer.parsed, self.records)
        if not isinstance(value, list):
            there = ", ".join(sorted(answer.parsed)) if isinstance(answer.parsed, dict) else type(answer.parsed).__name__
            raise SourceError(f"{self.located()}: `records: {self.records}` leads to no list; the answer holds: {there}")
        return value

    def _latest(self, records: list[Any], latest: str | None) -> str | None:
        if self.since is None:
            return None
        seen = [str(value) for record in records if (value := _at(record, self.since.field)) is not None]
        return max([*seen, *([latest] if latest is not None else [])], default=None)

    def _following(self, answer: Any, request: dict[str, Any], count: int) -> dict[str, Any] | None:
        match self.pages.by:
            case "link":
                link = _at(answer.parsed, self.pages.next) if self.pages.next else answer.links.get("next", {}).get("url")
                if not link:
                    return None
                url = answer.url.join(str(link))
                if url.host != answer.url.host:
                    raise SourceError(f"{self.located()} leads to another host, {url.host}; that is not followed")
                return {"url": str(url), "params": {}}
            case "cursor":
                cursor = _at(answer.parsed, self.pages.next or "next_cursor")
                return {**request, "params": {**request["params"], self.pages.parameter or "cursor": str(cursor)}} if cursor else None
            case "page" | "offset" if count:
                step = 1 if self.pages.by == "page" else count
                here = int(request["params"][self._counter()])
                return {**request, "params": {**request["params"], self._counter(): str(here + step)}}
        return None


class _LaterError(Exception):
    """The server asks to be tried again."""

    def __init__(self, status: int, after: str | None) -> None:
        super().__init__(status)
        self.status, self.after = status, after


def _wait(state: Any) -> float:
    error = state.outcome.exception()
    if isinstance(error, _LaterError) and (error.after or "").isdigit():
        return min(float(str(error.after)), 300.0)
    return float(min(0.2 * 2**state.attempt_number, 30.0))


def _at(value: Any, path: str | None) -> Any:
    for name in path.split(".") if path else ():
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _state(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _write(file: Path, text: str) -> None:
    """Whole or not at all."""
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, file)


def _clear(folder: Path, latest: str | None) -> None:
    """Forget the fetched pages; remember up to where they went."""
    if latest is not None:
        _write(folder / "mark.json", json.dumps({"value": latest}))
    for file in _pages(folder):
        file.unlink(missing_ok=True)


def _pages(folder: Path) -> Iterator[Path]:
    yield folder / "next.json"
    yield from folder.glob("page-*.jsonl")

"""While events flow, a page shows what was true a moment ago and says so; what people settle shows at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

YAML = "company: {name: Nordwind}\n"


class Working:
    """A desk whose answers are made when the test lets them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from kundig.web.desk import Desk, Question

        (folder / "kundig.yaml").write_text(YAML)
        self.folder, self.made, self.free, self.time = folder, 0, Event(), 1_000_000.0
        self.desk, self.question = Desk(folder), Question("feedback.scores")
        self.fault: Exception | None = None
        self.free.set()

        def answer(workspace: Any, question: Any) -> int:
            del workspace, question
            self.made += 1
            made = self.made
            assert self.free.wait(60)
            if self.fault:
                raise self.fault
            return made

        monkeypatch.setattr(self.desk, "_answer", answer)
        monkeypatch.setattr("kundig.web.desk.time.time", lambda: self.time)
        self.changed("events")

    def changed(self, table: str) -> None:
        """Somebody has written to a table."""
        log = self.folder / "lake" / table / "_delta_log"
        log.mkdir(parents=True, exist_ok=True)
        self.time += 60
        os.utime(log, (self.time, self.time))

    def asked(self) -> tuple[Any, float | None]:
        """The answer that a page gets, and since when it is no longer the newest."""
        future = self.desk.future(self.question)
        return future.result(timeout=60), getattr(future, "since", None)

    def done(self) -> None:
        """What is under way is finished."""
        self.free.set()
        for one in list(self.desk._running.values()):
            one.exception(timeout=60)


@pytest.fixture
def working(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Working]:
    one = Working(tmp_path, monkeypatch)
    yield one
    one.free.set()
    one.desk.close()


def test_when_only_more_has_happened_the_last_answer_shows_with_its_moment_while_one_new_one_is_made(working: Working) -> None:
    assert working.asked() == (1, None)
    first = working.time
    working.changed("events")
    working.free.clear()
    assert [working.asked() for _ in range(3)] == [(1, first)] * 3
    working.changed("traits")
    assert working.asked() == (1, first)
    working.done()
    # Traits have changed while it was made.
    assert working.asked()[0] == 2
    working.done()
    assert (working.asked(), working.made) == ((3, None), 3)


@pytest.mark.parametrize("table", ["decisions", "corrections"])
def test_what_somebody_settled_shows_at_once(working: Working, table: str) -> None:
    working.asked()
    working.changed(table)
    assert working.asked() == (2, None)


def test_a_changed_configuration_and_a_finished_run_show_at_once(working: Working) -> None:
    from kundig.web.freshness import settled

    working.asked()
    (working.folder / "kundig.yaml").write_text(YAML + "# more\n")
    assert working.asked() == (2, None)
    working.changed("identities")
    settled(working.folder)
    assert working.asked() == (3, None)


def test_the_first_answer_is_waited_for_and_made_once(working: Working) -> None:
    working.free.clear()
    several = [working.desk.future(working.question) for _ in range(3)]
    working.free.set()
    assert ([one.result(timeout=60) for one in several], working.made) == ([1] * 3, 1)


def test_an_answer_of_yesterday_is_not_shown(working: Working) -> None:
    working.asked()
    working.changed("events")
    working.time += 86_400
    assert working.asked() == (2, None)


def test_what_goes_wrong_in_the_background_is_told_to_whoever_asks_next(working: Working) -> None:
    from kundig.errors import ArgumentError

    working.asked()
    working.changed("events")
    working.fault = ArgumentError("too little")
    assert working.asked()[0] == 1
    working.done()
    with pytest.raises(ArgumentError, match="too little"):
        working.asked()


def test_a_heavy_answer_is_made_again_only_after_a_rest(site: Path) -> None:
    from kundig.web.freshness import Kept

    kept = Kept(1, (), 1_000.0, 10.0)
    assert [kept.rested(now) for now in (1_011.0, 1_039.0, 1_040.0)] == [False, False, True]


def test_the_page_says_of_which_moment_it_is(site: Path, client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.web import freshness
    from kundig.web.desk import desk

    monkeypatch.setattr(freshness, "REST", -1)
    browser = client("alice", "de")
    assert "Seitdem ist mehr geschehen" not in browser.get("/data/").content.decode()
    log = site / "lake" / "events" / "_delta_log"
    before = log.stat()
    os.utime(log, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))
    stale = browser.get("/data/").content.decode()
    assert ("Stand vom" in stale, "eine neuere Antwort folgt" in stale) == (True, True)
    for one in list(desk()._running.values()):
        one.result(timeout=60)
    assert "Seitdem ist mehr geschehen" not in browser.get("/data/").content.decode()

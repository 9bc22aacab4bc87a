"""From the inbox into the lake: cut off anywhere, begun twice, read meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kundig.errors import LakeError
from kundig.ingest.draining import Drained, drained
from kundig.store.inbox.kept import LeaseError
from kundig.store.lake import OvertakenError
from tests.live.conftest import House
from tests.live.crashing import settled

Opened = Callable[..., House]
STEPS = ("read", "staged", "traits", "events", "forgotten")


def calls(*numbers: int) -> list[dict[str, Any]]:
    return [{"type": "track", "event": "X", "userId": f"u{number}", "anonymousId": f"a{number}", "messageId": f"m{number}"} for number in numbers]


def ids(here: House) -> list[str]:
    return [row["event_id"] for row in here.told("events", "event_id")]


def cut(here: House, step: str) -> None:
    def reached(name: str) -> None:
        if name == step:
            raise KeyboardInterrupt

    workspace = here.workspace
    with pytest.raises(KeyboardInterrupt):
        drained(workspace.lake, here.inbox, workspace.config.live, workspace.config.company, reached=reached)


@pytest.mark.parametrize("step", STEPS)
def test_a_drain_cut_off_at_any_step_loses_and_doubles_nothing_for_any_reader(house: Opened, step: str) -> None:
    here = house()
    here.track(*calls(1, 2))
    cut(here, step)
    assert (ids(here), len(here.told("traits"))) == (["m1", "m2"], 2)
    here.track(*calls(3))
    assert (ids(here), len(here.told("traits"))) == (["m1", "m2", "m3"], 3)
    here.drain()
    assert (ids(here), len(here.told("traits"))) == (["m1", "m2", "m3"], 3)
    found = settled(here.workspace.folder)
    assert (found["ids"], found["waiting"], found["strays"], found["integrity"]) == ({"m1": 1, "m2": 1, "m3": 1}, 0, [], "ok")


def test_a_drain_that_was_overtaken_enters_nothing(house: Opened) -> None:
    here = house()
    here.track(*calls(1, 2))
    workspace = here.workspace

    def overtaken(name: str) -> None:
        if name == "staged":
            (workspace.lake.folder / ".draining.lock").unlink()
            assert here.drain().events == 2

    with pytest.raises(OvertakenError):
        drained(workspace.lake, here.inbox, workspace.config.live, workspace.config.company, reached=overtaken)
    assert ids(here) == ["m1", "m2"]


def test_two_drains_at_once_the_second_leaves_it_to_the_first(house: Opened) -> None:
    here = house()
    here.track(*calls(1))
    second: list[Drained] = []
    workspace = here.workspace
    drained(workspace.lake, here.inbox, workspace.config.live, workspace.config.company, reached=lambda name: second.append(here.drain()) if name == "staged" else None)
    assert (second, ids(here)) == ([Drained()], ["m1"])


def test_whoever_lost_the_right_to_drain_makes_nothing_be_forgotten(house: Opened) -> None:
    here = house()
    here.track(*calls(1))
    first = here.inbox.leased("drain", "ada", 10, 100)
    assert (first is not None, here.inbox.leased("drain", "ben", 10, 105)) == (True, None)
    second = here.inbox.leased("drain", "ben", 10, 111)
    assert first is not None
    assert second is not None
    assert second.token == first.token + 1
    workspace = here.workspace
    with pytest.raises(LeaseError):
        drained(workspace.lake, here.inbox, workspace.config.live, workspace.config.company, lease=first)
    assert (here.inbox.standing().events, ids(here)) == (1, ["m1"])
    drained(workspace.lake, here.inbox, workspace.config.live, workspace.config.company, lease=second)
    assert (here.inbox.standing().events, ids(here)) == (0, ["m1"])


def test_a_drain_and_an_import_do_not_wait_for_each_other(house: Opened) -> None:
    here = house()
    here.track(*calls(1))
    with here.workspace.lake.writing():
        assert here.drain().events == 1
    with pytest.raises(LakeError, match="another import"), here.workspace.lake.writing(), here.workspace.lake.writing():
        pass


def test_an_inbox_from_a_backup_goes_on_with_numbers_that_the_lake_has_not_read(house: Opened) -> None:
    here = house()
    here.track(*calls(1))
    copy = here.inbox.file.read_bytes()
    for number in (2, 3):
        here.track(*calls(number))
    here.drain()
    here.inbox.close()
    for name in ("inbox.sqlite3-wal", "inbox.sqlite3-shm"):
        (here.workspace.folder / name).unlink(missing_ok=True)
    here.inbox.file.write_bytes(copy)
    here.drain()
    here.track(*calls(4))
    here.drain()
    assert ids(here) == ["m1", "m2", "m3", "m4"]


MESSAGES = st.integers(0, 7)
DAYS = st.integers(1, 28)


@given(sent=st.lists(st.tuples(MESSAGES, DAYS), min_size=1, max_size=12), breaks=st.sets(st.integers(0, 11)), order=st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_order_and_however_often_the_lake_holds_each_message_as_it_first_came(tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[int, int]], breaks: set[int], order: Any) -> None:
    """Against a model of three lines: late, early, doubled, drained in between or not."""
    from kundig.ingest.draining import drained as drain
    from kundig.live.door.segment import checked
    from kundig.store.inbox import inbox
    from kundig.workspace import Workspace

    folder = tmp_path_factory.mktemp("model")
    (folder / "kundig.yaml").write_text("company: {name: Nordwind}\n")
    workspace = Workspace(folder)
    kept = inbox(workspace.config.database, folder)
    assert kept is not None
    order.shuffle(sent)
    model: dict[str, int] = {}
    for position, (number, day) in enumerate(sent):
        model.setdefault(f"m{number}", day)
        call = {"type": "track", "event": "X", "userId": "ada", "messageId": f"m{number}", "timestamp": f"2026-02-{day:02}T00:00:00Z"}
        kept.add([checked({"batch": [call]}, "batch", source="shop", received=1_772_362_800_000_000 + position, secret=kept.secret).arrival])
        if position in breaks:
            drain(workspace.lake, kept, workspace.config.live, workspace.config.company)
    rows = workspace.journal.history.select("event_id", "occurred_at").to_pyarrow().to_pylist()
    assert sorted((row["event_id"], row["occurred_at"].day) for row in rows) == sorted(model.items())
    kept.close()


def test_what_the_context_says_counts_before_a_property_of_the_same_name(house: Opened) -> None:
    here = house()
    own = {"page.url": "own", "page.path": "own", "campaign.name": "own", "campaign.medium": "own", "color": "red"}
    here.track({"type": "track", "event": "X", "userId": "ada", "messageId": "1", "properties": own, "context": {"page": {"url": "https://shop.example"}, "campaign": {"name": "spring", "source": None}}})
    here.track({"type": "track", "event": "X", "userId": "ada", "messageId": "2", "properties": own, "context": {"campaign": "none"}})
    said = {"page.url": "https://shop.example", "page.path": "own", "campaign.name": "spring", "campaign.medium": "own", "color": "red"}
    here.drain()
    assert [row["properties"] for row in here.told("events", "properties")] == [said, own]

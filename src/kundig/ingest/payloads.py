"""Payloads of a webhook through its mapping, as rows of a source go through theirs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kundig.ingest.arrivals import EVENT_NAMES, TRAIT_NAMES, Translated, registered
from kundig.ingest.reading import settled, types
from kundig.sources.live.columns import DELIVERY, delivery, payload_columns
from kundig.sources.live.live import Webhook
from kundig.sources.mapping import Source
from kundig.sources.statement import Statement, Table, events_statement, traits_statement
from kundig.store.inbox.kept import Pending

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ITEMS = """SELECT seq, received_at, unnest(items) AS a, unnest(range(len(items))) AS position FROM (
    SELECT seq, received_at, from_json(body, '[{"id": "VARCHAR", "e": "JSON", "h": "JSON"}]') AS items FROM waiting)"""


class _Payloads:
    """What settling asks of a reader: numbers in JSON have a point, times are written as they are."""

    zone = None
    dates = None
    decimal = "."


def payloads(con: DuckDBPyConnection, these: Sequence[Pending], webhook: Webhook, name: str, zone: str, table: str, result: Translated) -> None:  # noqa: PLR0913 -- what it depends on
    """Add events, traits and what no entry takes to `result`.

    Raises:
        ConfigError, SourceError: the mapping does not fit these payloads.
    """
    hook, silo = webhook.hook, webhook.source or name
    registered(con, these)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table}_items AS {_ITEMS}")
    con.unregister("waiting")
    columns = payload_columns([*hook.events, *hook.traits], hook.headers)
    con.execute(f'CREATE OR REPLACE TEMP TABLE rows AS SELECT seq AS "#seq", position AS "#position", {delivery()}{columns} FROM {table}_items')
    read: Any = _Payloads()
    happened = tuple(each.model_copy(update={"event_id": each.event_id or f"{{delivery.id}}-{index}", "known_at": each.known_at or DELIVERY[1]}) for index, each in enumerate(hook.events))
    said = tuple(each.model_copy(update={"known_at": each.known_at or DELIVERY[1]}) for each in hook.traits)
    source = Source.model_construct(read=read, key=(), lookup={}, formats={DELIVERY[1]: "iso with zone", **hook.formats}, events=happened, traits=said, zone=webhook.zone)
    shape = settled(con, name, source, Table(types(con, "rows")), waiting=True)
    judged: list[str] = []
    for index, event in enumerate(happened):
        held = _held(con, events_statement(silo, source, event, shape, webhook.zone or zone), f"{table}_events_{index}", "event_id", judged)
        result.events.append(f"SELECT {EVENT_NAMES} FROM {held}")
        if hook.events[index].event_id is not None:
            result.again.append(f"SELECT event_id FROM {held}")
    for index, trait in enumerate(said):
        held = _held(con, traits_statement(silo, trait, shape, webhook.zone or zone, "1970-01-01T00:00:00+00:00"), f"{table}_traits_{index}", "subject", judged)
        result.traits.append(f"SELECT {TRAIT_NAMES} FROM {held}")
    bad = con.execute(
        f"SELECT i.seq, i.position, max(j.reason) FROM {table}_items i LEFT JOIN ({' UNION ALL '.join(judged)}) j USING (seq, position) "
        "GROUP BY ALL HAVING count(j.place) = 0 OR count(j.reason) > 0 ORDER BY ALL"
    ).fetchall()
    bodies = {each.seq: each.body for each in these}
    for seq, position, reason in bad:
        item = json.loads(bodies[int(seq)])[int(position)]
        result.bury(int(seq), item, f"webhook:{name}", "unmapped" if reason is None else "mapping", str(reason or f"no entry of live.webhooks.{name} takes it"))


def _held(con: DuckDBPyConnection, statement: Statement, table: str, first: str, judged: list[str]) -> str:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM ({statement.good}) WHERE {first} IS NOT NULL")
    con.execute(f'CREATE OR REPLACE TEMP TABLE {table}_judged AS SELECT "#seq" AS seq, "#position" AS position, "#reason" AS reason, 1 AS place FROM ({statement.judged})')
    judged.append(f"SELECT * FROM {table}_judged")
    return table

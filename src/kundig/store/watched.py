"""What running playbooks look at, of all customers, in tables of the engine: what has just arrived costs as much as it is, and not as much as all that ever did.

Of events it holds those that a playbook means, as far back as it looks and no further, in the columns that it asks for; and
all versions of these. A few customers' journals are taken from it; the rest is as `narrowed` has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from kundig.events import EVENTS, TRAITS, Column
from kundig.playbooks.looks import Look
from kundig.playbooks.meant import OF_CATALOGUE, placed
from kundig.playbooks.narrowed import NEAR, PLAIN
from kundig.store.duckdb import listed
from kundig.store.statement import statement

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from kundig.journal import Journal

ALWAYS = frozenset({"event_id", "occurred_at", "known_at", "source", "subject", "case_id", "product"})
"""What conditions go by whatever they mean."""
TIE = "md5_number_upper(concat_ws(chr(31), kind, score, text, amount)) AS tie"
"""Of versions that were known at once the order is that of the lake's history."""


@dataclass(frozen=True)
class Watching:
    """What is to be held.

    Attributes:
        looks: which events, each with the moment from which on they are needed; None for all there ever were.
        traits: fields of the golden record that are asked for; none where nothing is.
    """

    looks: tuple[tuple[Look, datetime | None], ...]
    traits: frozenset[str] = frozenset()

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of events that are asked for."""
        meant = {name for look, _ in self.looks for name in look.event.columns}
        asked = ALWAYS | meant | ({"touchpoint"} if meant & set(OF_CATALOGUE) else set())
        return tuple(column for column in EVENTS if column.name in asked)

    @cached_property
    def cases(self) -> bool:
        """Whether what happened to others in the same case is asked for."""
        return any(look.cases for look, _ in self.looks)


class Watched:
    """What is held of a journal, and of what arrives after it.

    Args:
        whole: the journal; its engine is DuckDB, and this object's alone.
        zone: the company's time zone.
        watching: what is to be held.
    """

    def __init__(self, whole: Journal, zone: str, watching: Watching) -> None:
        self._watching, self._whole, self._zone = watching, whole, zone.replace("'", "''")
        self.engine: Backend = whole.touchpoints.get_backend()
        self._names = ", ".join(column.name for column in watching.columns)
        self._linked = whole.identities is not None
        self._do(f"CREATE OR REPLACE TABLE watched AS SELECT {self._names}, {TIE} FROM ({self._chosen(whole.history, floored=True)})")
        # An event that is meant may have been told otherwise before or since.
        corrected = "SELECT event_id FROM history WHERE known_until IS NOT NULL"
        self._do(f"""
            INSERT INTO watched SELECT {self._names}, {TIE} FROM history h SEMI JOIN ({corrected}) c USING (event_id) SEMI JOIN watched w USING (event_id)
            ANTI JOIN watched o ON o.event_id = h.event_id AND o.known_at = h.known_at
        """)
        said = "" if watching.traits else " WHERE false"
        self._said = ", ".join(("subject", "known_at", "source", *sorted(watching.traits)))
        self._do(f"CREATE OR REPLACE TABLE watched_traits AS SELECT {self._said} FROM traits{said}")
        self.link()
        # The words that find what is meant in what arrives are written once.
        self._arrive(f"(SELECT {listed(EVENTS, ())} WHERE false)")
        self._arriving = self._chosen(self.engine.table("arrived"), floored=False)

    def link(self) -> None:
        """Take over who is who, as the engine's table `identities` has it now."""
        if self._linked:
            self._do("CREATE OR REPLACE TABLE watched_who AS SELECT subject, customer_id, since, until FROM identities WHERE subject <> customer_id")

    def hear(self, events: str | None, traits: str | None, now: datetime) -> set[str]:
        """Take in what arrived; the customers of whom something that is looked at became known.

        Args:
            events, traits: relations with the columns of the lake's tables; None where nothing arrived. What is held already is passed over.
            now: who is who at this moment.
        """
        subjects: list[str] = []
        if events is not None:
            self._arrive(events)
            self._do(f"""
                CREATE OR REPLACE TABLE fresh AS SELECT DISTINCT {self._names}, {TIE} FROM ({self._arriving})
                UNION SELECT {self._names}, {TIE} FROM arrived SEMI JOIN watched USING (event_id)
            """)
            self._do("DELETE FROM fresh USING watched w WHERE w.event_id = fresh.event_id AND w.known_at = fresh.known_at AND w.tie = fresh.tie")
            self._do("INSERT INTO watched SELECT * FROM fresh")
            # Whoever an event was told of before is concerned as well.
            subjects += self._column("SELECT DISTINCT w.subject FROM watched w SEMI JOIN fresh USING (event_id) WHERE w.subject IS NOT NULL")
        if traits is not None and self._watching.traits:
            self._do(f"CREATE OR REPLACE TABLE fresh_traits AS SELECT {self._said} FROM {traits}")
            self._do("DELETE FROM fresh_traits USING watched_traits w WHERE w.subject = fresh_traits.subject AND w.known_at = fresh_traits.known_at AND w.source = fresh_traits.source")
            self._do("INSERT INTO watched_traits SELECT * FROM fresh_traits")
            subjects += self._column("SELECT DISTINCT subject FROM fresh_traits WHERE subject IS NOT NULL")
        return self._whose(subjects, now)

    def _whose(self, subjects: list[str], now: datetime) -> set[str]:
        if not self._linked or not subjects:
            return set(subjects)
        self._put("near_names", set(subjects))
        return set(self._column(f"SELECT DISTINCT coalesce(w.customer_id, n.name) FROM near_names n LEFT JOIN ({self._links(now)}) w ON w.subject = n.name"))

    def since(self, moment: datetime, now: datetime) -> set[str]:
        """The customers of whom something became known after a moment."""
        spoke = self._column("SELECT DISTINCT subject FROM watched WHERE known_at > $moment AND subject IS NOT NULL UNION SELECT subject FROM watched_traits WHERE known_at > $moment", moment=moment)
        return self._whose(spoke, now)

    def near(self, customers: Iterable[str], now: datetime) -> Journal:
        """The journal of a few customers and of their cases, as far as it is looked at; the next call takes it away."""
        self._put("near_names", customers)
        theirs = "SELECT name AS subject FROM near_names"
        if self._linked:
            self._do(f"CREATE OR REPLACE TABLE {NEAR}identities AS SELECT l.subject, l.customer_id FROM ({self._links(now)}) l JOIN near_names n ON n.name = l.customer_id")
            theirs += f" UNION SELECT subject FROM {NEAR}identities"
        self._do(f"CREATE OR REPLACE TABLE near_rows AS SELECT event_id, case_id FROM watched SEMI JOIN ({theirs}) t USING (subject)")
        also = " OR case_id IN (SELECT case_id FROM near_rows WHERE case_id IS NOT NULL)" if self._watching.cases else ""
        held = {column.name for column in self._watching.columns}
        columns = listed(EVENTS, held)
        self._do(f"""
            CREATE OR REPLACE TABLE {NEAR}history AS SELECT {columns}, lead(known_at) OVER (PARTITION BY event_id ORDER BY known_at, tie) AS known_until,
            timezone('{self._zone}', occurred_at) AS local_at FROM watched WHERE known_at <= $now AND (event_id IN (SELECT event_id FROM near_rows){also})
        """, now=now)
        if self._watching.traits:
            said = set(self._said.split(", "))
            self._do(f"CREATE OR REPLACE TABLE {NEAR}traits AS SELECT {listed(TRAITS, said)} FROM watched_traits SEMI JOIN ({theirs}) t USING (subject) WHERE known_at <= $now", now=now)
        return replace(self._nearest, at=now, history=self._histories[self._corrected()])

    def _corrected(self) -> bool:
        """Whether any event of the few customers was ever corrected."""
        return bool(self._column(f"SELECT 1 FROM {NEAR}history WHERE known_until IS NOT NULL LIMIT 1"))

    @cached_property
    def _histories(self) -> dict[bool, ir.Table]:
        """Their events, under a name that says whether any was ever corrected."""
        self._do(f"CREATE OR REPLACE VIEW {PLAIN}history AS FROM {NEAR}history")
        return {True: self.engine.table(f"{NEAR}history"), False: self.engine.table(f"{PLAIN}history")}

    @cached_property
    def _nearest(self) -> Journal:
        """The journal over the tables of a few customers: their names stay."""
        if not self._watching.traits:
            self._do(f"CREATE OR REPLACE TABLE {NEAR}traits AS SELECT {listed(TRAITS, ())} WHERE false")
        if self._linked:
            never = ", ".join(f"NULL::{type_} AS {name}" for name, type_ in (("how", "VARCHAR"), ("probability", "DOUBLE"), ("since", "TIMESTAMPTZ"), ("until", "TIMESTAMPTZ")))
            self._do(f"CREATE OR REPLACE VIEW {NEAR}links AS SELECT subject, customer_id, {never} FROM {NEAR}identities")
        identities = self.engine.table(f"{NEAR}links") if self._linked else None
        return replace(self._whole, history=self.engine.table(f"{NEAR}history"), traits=self.engine.table(f"{NEAR}traits"), identities=identities, entire=None)

    @property
    def asks_traits(self) -> bool:
        """Whether anything is asked of the golden record."""
        return bool(self._watching.traits)

    @property
    def size(self) -> int:
        """How many events are held."""
        [(n,)] = self.engine.con.execute("SELECT count(*) FROM watched").fetchall()
        return int(n)

    def _links(self, now: datetime) -> str:
        at = f"TIMESTAMPTZ '{now.isoformat()}'"
        return f"SELECT subject, customer_id FROM watched_who WHERE (since IS NULL OR since <= {at}) AND (until IS NULL OR until > {at})"

    def _arrive(self, events: str) -> None:
        """Lay what arrived under the name and in the columns by which the words know it."""
        names = ", ".join(column.name for column in EVENTS)
        self._do(f"CREATE OR REPLACE VIEW arrived AS SELECT {names}, NULL::TIMESTAMPTZ AS known_until, timezone('{self._zone}', occurred_at) AS local_at FROM {events}")

    def _chosen(self, rows: ir.Table, *, floored: bool) -> str:
        """SELECT of the rows that are looked at."""
        if any(look.event.of_catalogue for look, _ in self._watching.looks):
            rows = placed(rows, self._whole.touchpoints)
        import ibis  # noqa: PLC0415 -- slow import

        fits = [look.event.fits(rows) & (rows.occurred_at >= since) if floored and since is not None else look.event.fits(rows) for look, since in self._watching.looks]
        chosen = rows.filter(reduce(or_, fits) if fits else ibis.literal(value=False))
        return statement(self.engine, chosen.select(*(column.name for column in EVENTS)))

    def _do(self, words: str, **values: Any) -> None:
        self.engine.con.execute(words, values or None)

    def _column(self, words: str, **values: Any) -> list[str]:
        found: list[str] = self.engine.con.execute(words, values or None).to_arrow_table().column(0).to_pylist()
        return found

    def _put(self, name: str, values: Iterable[str]) -> None:
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        self.engine.con.register("put", pa.table({"name": pa.array(sorted(values), pa.string())}))
        self._do(f"CREATE OR REPLACE TABLE {name} AS SELECT name FROM put")
        self.engine.con.unregister("put")

"""One run of who is who: everything the lake holds into the derived tables, and what that changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundig.events import TRAITS
from kundig.identity.decisions import Decision
from kundig.identity.tables import TABLES as WHO_IS_WHO
from kundig.store.duckdb import connection, relation, written

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from kundig.identity.identify import Identified
    from kundig.settings import Identity
    from kundig.settings.company import Company
    from kundig.store.lake import Lake


@dataclass(frozen=True)
class Changed:
    """What a run found, and what it changed.

    Attributes:
        subjects: how many subjects there are.
        customers: how many customers they are.
        by: how many subjects are with others, by what tied them.
        moved: how many subjects have another customer than before.
        largest: the customer of the most subjects, and how many; None where nobody is with others.
        review: how many pairs wait for somebody to look at them.
        demoted: how many values of a key join nobody, by key and reason.
        warnings: a sentence for each column that helps nobody.
    """

    subjects: int
    customers: int
    by: Mapping[str, int]
    moved: int
    largest: tuple[str, int] | None
    review: int
    demoted: Mapping[tuple[str, str], int]
    warnings: tuple[str, ...]


def identify_lake(lake: Lake, settings: Identity, company: Company, *, now: datetime, mapped: frozenset[str] = frozenset(), relearn: bool = False) -> Changed:  # noqa: PLR0913 -- all that bears on it
    """Settle who is who from all that the lake holds, and keep it there.

    Args:
        lake: the facts, and where the answer is kept; held for writing by the caller.
        settings: keys, threshold, guard and the like.
        company: what a customer is to it.
        now: when this run is.
        mapped: fields of traits that sources are mapped to, of which a warning is due where they turn out empty.
        relearn: learn anew what records of one person have in common, instead of keeping what an earlier run learned.

    Raises:
        IdentityError: a customer would be made of more subjects than the guard allows; nothing is changed then.
        ConfigError: a key names a column that traits do not have.
        LakeError: the lake cannot be written.
    """
    from kundig.identity.identify import identify  # noqa: PLC0415 -- slow import
    from kundig.identity.learning import keep_compared, keep_model, kept_compared, kept_model  # noqa: PLC0415 -- loaded when it is needed

    memory = lake.folder / "resemblance.json"
    with connection(lake.folder / ".spill") as con:
        said = statements(con, lake, settings, mapped)
        order = con.sql(f"SELECT * FROM {relation(lake, 'subjects')}").to_arrow_table() if lake.files("subjects") else None
        model = None if relearn else kept_model(memory)
        found = identify(said, at=now, settings=settings, order=order, decisions=decisions(lake), model=model, compared=kept_compared(memory) if model else None, unit=company.unit)
        if found.model is not None and found.model is not model:
            keep_model(memory, found.model)
        moved = _moved(con, lake, found)
        _commit(con, lake, found)
        if found.compared is not None:
            keep_compared(memory, found.compared)
        return _changed(con, found, moved)


def statements(con: DuckDBPyConnection, lake: Lake, settings: Identity, mapped: frozenset[str] = frozenset()) -> pa.Table:
    """All that sources ever said, with a row for each subject of an event, and for what events say in properties that are keys.

    A field that no source is mapped to and none ever filled is left out.
    """
    traits, events = relation(lake, "traits"), relation(lake, "events")
    names = [column.name for column in TRAITS]
    filled = con.execute(f"SELECT {', '.join(f'count({name})' for name in names)} FROM {traits}").fetchall()[0]
    always = {"subject", "known_at", "source", "properties"}
    columns = ", ".join(name for name, count in zip(names, filled, strict=True) if count or name in mapped or name in always)
    parts = [f"SELECT {columns} FROM {traits}", f"SELECT subject, min(known_at) AS known_at FROM {events} WHERE subject IS NOT NULL GROUP BY subject"]
    for name in dict.fromkeys(key.column.partition(".")[2] for key in settings.keys if key.column.startswith("properties.")):
        quoted = "'" + name.replace("'", "''") + "'"
        parts.append(
            f"SELECT subject, min(known_at) AS known_at, MAP {{{quoted}: said}} AS properties FROM (SELECT subject, known_at, properties[{quoted}] AS said FROM {events}) WHERE subject IS NOT NULL AND said IS NOT NULL GROUP BY subject, said"
        )
    return con.sql(" UNION ALL BY NAME ".join(parts)).to_arrow_table()


def decisions(lake: Lake) -> list[Decision]:
    """All that anybody ever decided, the first first."""
    if not lake.files("decisions"):
        return []
    with connection(lake.folder / ".spill") as con:
        rows = con.execute(f'SELECT action, subject, other, "by", "at" FROM {relation(lake, "decisions")} ORDER BY "at", subject, other').fetchall()
    return [Decision(action, subject, other, by, at) for action, subject, other, by, at in rows]


def decide(lake: Lake, made: Iterable[Decision]) -> None:
    """Enter decisions into the lake, which the caller holds for writing."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    schema = pa.schema([("action", pa.string()), ("subject", pa.string()), ("other", pa.string()), ("by", pa.string()), ("at", pa.timestamp("us", "UTC"))])
    with connection(lake.folder / ".spill") as con:
        con.register("made", pa.Table.from_pylist([vars(one) for one in made], schema=schema))
        lake.commit("decisions", [written(con, "SELECT * FROM made", lake.staging / "decisions.parquet")])


def _moved(con: DuckDBPyConnection, lake: Lake, found: Identified) -> int:
    """How many subjects have another customer than before, or came to one."""
    con.register("found", found.identities)
    con.execute(f"CREATE OR REPLACE TEMP TABLE before AS SELECT subject, customer_id FROM {relation(lake, 'identities')} WHERE until IS NULL")
    [(count,)] = con.execute(
        "SELECT count(*) FROM (SELECT subject, customer_id FROM found WHERE until IS NULL) n FULL JOIN before b USING (subject) "
        "WHERE coalesce(n.customer_id, subject) <> coalesce(b.customer_id, subject)"
    ).fetchall()
    return int(count)


def _commit(con: DuckDBPyConnection, lake: Lake, found: Identified) -> None:
    """Keep the tables that are other than before; identities come last, since answers go by them."""
    new: dict[str, Any] = {"subjects": found.order, "links": found.links, "review": found.review, "identities": found.identities}
    for name, table in new.items():
        con.register("answer", table)
        columns = ", ".join(f'"{column.name}"' for column in WHO_IS_WHO[name])
        if lake.table(name) is None and not table.num_rows:
            continue
        there = relation(lake, name)
        [(other,)] = con.execute(f"SELECT count(*) FROM ((SELECT {columns} FROM answer EXCEPT SELECT {columns} FROM {there}) UNION ALL (SELECT {columns} FROM {there} EXCEPT SELECT {columns} FROM answer))").fetchall()
        if other:
            lake.commit(name, [written(con, f"SELECT {columns} FROM answer", lake.staging / f"{name}.parquet")], replacing=True)
        con.unregister("answer")


def _changed(con: DuckDBPyConnection, found: Identified, moved: int) -> Changed:
    con.register("found", found.identities)
    con.register("demoted", found.demoted)
    now = "(SELECT * FROM found WHERE until IS NULL)"
    by = con.execute(f"SELECT CASE WHEN how LIKE '% by % on ____-__-__' THEN 'decision' ELSE how END AS how, count(*) AS n FROM {now} GROUP BY 1 ORDER BY n DESC, 1").fetchall()
    sizes = con.execute(f"SELECT customer_id, count(*) AS n FROM {now} GROUP BY customer_id ORDER BY n DESC, customer_id LIMIT 1").fetchall()
    [(linked, groups)] = con.execute(f"SELECT count(*), count(DISTINCT customer_id) FROM {now}").fetchall()
    demoted = con.execute("SELECT how, reason, count(*) FROM demoted GROUP BY ALL ORDER BY 3 DESC, 1, 2").fetchall()
    total = found.order.num_rows
    return Changed(
        total, total - int(linked) + int(groups), {str(how): int(n) for how, n in by}, moved,
        (str(sizes[0][0]), int(sizes[0][1])) if sizes else None, found.review.num_rows, {(str(how), str(reason)): int(n) for how, reason, n in demoted}, found.warnings,
    )  # fmt: skip

"""What is new since the run before: only that is compared, and what was compared then stays as long as it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundig.identity.blocking import blocked, brought_together, hashes
from kundig.identity.duckdb import answer
from kundig.identity.linkage import formed

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from kundig.identity.linkage import Plan


@dataclass(frozen=True)
class Compared:
    """What a run has compared, for the next one.

    Attributes:
        model: by which model, as `Model.name` tells it; with another one nothing of it holds.
        records: subject, stamp (a hash of what it said), and a hash `h_N` of each normal form.
        closed: rule, value (a hash) of what too many shared.
        pairs: subject, other, evidence, contradicted, standing: the pairs that are not hopeless.
    """

    model: str
    records: pa.Table
    closed: pa.Table
    pairs: pa.Table


def everything(con: DuckDBPyConnection, plan: Plan) -> None:
    """The tables `hashed` and `blocked` of all records, where nothing is known from before; `held` is empty."""
    con.execute(f"CREATE TEMP TABLE hashed AS SELECT code, subject, stamp, {hashes(plan)} FROM records JOIN (SELECT code, stamp FROM coded) USING (code)")
    blocked(con, plan)
    con.execute("CREATE TEMP TABLE held (join_key_l BIGINT, join_key_r BIGINT, evidence DOUBLE, contradicted BOOLEAN, standing TINYINT)")


def fresh(con: DuckDBPyConnection, plan: Plan, before: Compared) -> int:
    """The tables `hashed` and `blocked` of all records, `fresh` (code) of those to be compared, and `held` (join_key_l, join_key_r, evidence, contradicted, standing) of pairs that still hold.

    A record is compared anew where it has come, or says something else; or where it shares a value that too many shared
    before and no longer do. A pair that only a value has brought together which too many share by now is dropped.

    Returns:
        How many are fresh.
    """
    con.register("before", before.records)
    con.register("closed_before", before.closed)
    con.register("pairs_before", before.pairs)
    con.execute("CREATE TEMP TABLE fresh AS SELECT code FROM coded ANTI JOIN before USING (subject, stamp)")
    formed(con, list(plan.sorts), "records", "fresh")
    columns = ", ".join(f"h_{number}" for number in range(len(plan.sorts)))
    con.execute(
        f"CREATE TEMP TABLE hashed AS SELECT c.code, subject, stamp, {columns} FROM (SELECT code, subject, stamp FROM coded) c JOIN before USING (subject, stamp) "
        f"UNION ALL SELECT code, subject, stamp, {hashes(plan)} FROM records JOIN (SELECT code, stamp FROM coded) USING (code)"
    )
    blocked(con, plan)
    for (number,) in con.execute("SELECT DISTINCT rule FROM (FROM closed_before EXCEPT FROM closed) ORDER BY 1").fetchall():
        con.execute(f"INSERT INTO fresh SELECT code FROM blocked WHERE on_{number} IN (SELECT value FROM (FROM closed_before EXCEPT FROM closed) WHERE rule = {number}) AND code NOT IN (FROM fresh)")
    con.execute(
        "CREATE TEMP TABLE held AS WITH staying AS (SELECT code, subject FROM hashed ANTI JOIN fresh USING (code)) "
        "SELECT a.code AS join_key_l, b.code AS join_key_r, evidence, contradicted, standing FROM pairs_before p JOIN staying a ON a.subject = p.subject JOIN staying b ON b.subject = p.other"
    )
    if con.execute("SELECT 1 FROM (FROM closed EXCEPT FROM closed_before) LIMIT 1").fetchall():
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE held AS SELECT h.* FROM held h JOIN blocked l ON l.code = h.join_key_l JOIN blocked r ON r.code = h.join_key_r WHERE {brought_together(plan)}"
        )
    [(count,)] = con.execute("SELECT count(*) FROM fresh").fetchall()
    return int(count)


def compared(con: DuckDBPyConnection, model: str, pairs: str) -> Compared:
    """What this run has compared, of the table `pairs` (subject, other, evidence, contradicted, standing)."""
    return Compared(model, answer(con, "SELECT * EXCLUDE (code) FROM hashed"), answer(con, "SELECT rule, value FROM closed"), answer(con, f"SELECT subject, other, evidence, contradicted, standing FROM {pairs}"))

"""Stable ids: a customer keeps its id from run to run, and gets it back when a merge is undone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundig.identity.duckdb import answer, engine

if TYPE_CHECKING:
    import pyarrow as pa


def history_schema() -> pa.Schema:
    """The columns of `history`: which customer a subject was since when, one row a change."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return pa.schema([("subject", pa.string()), ("customer_id", pa.string()), ("since", pa.timestamp("us", "UTC"))])


def stable(clusters: Any, history: Any, at: datetime) -> pa.Table:
    """The customer of each subject: subject, customer_id and since, in order of subject.

    An id belongs where the subject is that held it first (then where most are that held it). A cluster keeps the
    oldest of the ids its subjects have now; where a merge is undone, the part that goes takes up an id it held before.
    Only who was never known gets a new one, made from the first subject's name, so that a rerun makes the same.

    Args:
        clusters: subject and `cluster`.
        history: as `history_schema`; empty on the first run. Append to it the rows of the answer that are new.
        at: when this run is.
    """
    with engine(clusters=clusters, history=history) as con:
        con.execute("CREATE TEMP TABLE held AS SELECT subject, customer_id, min(since) AS first, max(since) AS last FROM history GROUP BY ALL")
        con.execute("CREATE TEMP TABLE now AS SELECT subject, arg_max(customer_id, (since, customer_id)) AS customer_id, max(since) AS since FROM history GROUP BY subject")
        con.execute(
            "CREATE TEMP TABLE claims AS SELECT cluster, h.customer_id, min(h.first) AS first, count(*) AS subjects, min(h.subject) AS who, bool_or(n.customer_id = h.customer_id) AS current "
            "FROM held h JOIN clusters USING (subject) JOIN now n USING (subject) GROUP BY ALL"
        )
        con.execute("CREATE TEMP TABLE age AS SELECT customer_id, min(since) AS born FROM history GROUP BY customer_id")
        # Whose an id is among those who have it now; one that nobody has now is free for those who once had it.
        con.execute(
            "CREATE TEMP TABLE owned AS SELECT cluster, customer_id, current, born FROM claims JOIN age USING (customer_id) "
            "QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY current DESC, first, subjects DESC, who) = 1"
        )
        con.execute("CREATE TEMP TABLE kept AS SELECT cluster, customer_id FROM owned QUALIFY row_number() OVER (PARTITION BY cluster ORDER BY current DESC, born, customer_id) = 1")
        con.execute("CREATE TEMP TABLE fresh AS SELECT cluster, min(subject) AS subject FROM clusters ANTI JOIN kept USING (cluster) GROUP BY cluster")
        # An id made from a name may be in use elsewhere, if that subject founded a customer and was then taken out of it.
        con.execute(
            "CREATE TEMP TABLE made AS SELECT cluster, id FROM (SELECT cluster, n, 'c_' || left(md5(subject || CASE WHEN n = 0 THEN '' ELSE chr(31) || n END), 16) AS id FROM fresh, range(8) r(n)) "
            "ANTI JOIN age ON age.customer_id = id QUALIFY row_number() OVER (PARTITION BY cluster ORDER BY n) = 1"
        )
        moment = at.isoformat()
        return answer(
            con,
            "SELECT subject, i.customer_id, CASE WHEN n.customer_id = i.customer_id THEN n.since ELSE TIMESTAMPTZ '" + moment + "' END AS since FROM "
            "(SELECT subject, coalesce(k.customer_id, m.id) AS customer_id FROM clusters LEFT JOIN kept k USING (cluster) LEFT JOIN made m USING (cluster)) i "
            "LEFT JOIN now n USING (subject) ORDER BY subject",
        )

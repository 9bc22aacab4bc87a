"""Where pairs are looked for: records that share the value of a rule, as far as not too many share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kundig.identity.linkage import Plan


def hashes(plan: Plan) -> str:
    """SQL of what is kept of the normal forms: a hash `h_N` of each column, null where there is none."""
    return ", ".join(f'CASE WHEN "{name}" IS NOT NULL THEN hash("{name}") END AS h_{number}' for number, name in enumerate(plan.sorts))


def blocked(con: DuckDBPyConnection, plan: Plan) -> None:
    """The tables `blocked` (code, and `on_N` for each rule) and `closed` (rule, value) of what too many share, from the table `hashed`.

    A value that more records share than the plan allows is null in `blocked`, so that the work grows with the records and
    not with their square.
    """
    place = {name: f"h_{number}" for number, name in enumerate(plan.sorts)}
    chosen = []
    for number, rule in enumerate(plan.rules):
        there = " AND ".join(f"{place[name]} IS NOT NULL" for name in rule)
        chosen.append(f"{place[rule[0]]} AS on_{number}" if len(rule) == 1 else f"CASE WHEN {there} THEN hash({', '.join(place[name] for name in rule)}) END AS on_{number}")
    con.execute(f"CREATE TEMP TABLE blocked AS SELECT code{''.join(', ' + one for one in chosen)} FROM hashed")
    con.execute("CREATE TEMP TABLE closed (rule SMALLINT, value UBIGINT)")
    for number, most in enumerate(plan.largest):
        con.execute(f"INSERT INTO closed SELECT {number}, on_{number} FROM blocked WHERE on_{number} IS NOT NULL GROUP BY ALL HAVING count(*) > {most}")
    for (number,) in con.execute("SELECT DISTINCT rule FROM closed ORDER BY 1").fetchall():
        con.execute(f"UPDATE blocked SET on_{number} = NULL WHERE on_{number} IN (SELECT value FROM closed WHERE rule = {number})")


def every_pair(con: DuckDBPyConnection, plan: Plan) -> None:
    """The table `looked` (join_key_l, join_key_r, match_key): all pairs of `blocked` that a rule brings together, each once."""
    parts = []
    for number in range(len(plan.rules)):
        earlier = "".join(f" AND (l.on_{other} = r.on_{other}) IS NOT TRUE" for other in range(number))
        parts.append(f"SELECT l.code AS join_key_l, r.code AS join_key_r, 0::TINYINT AS match_key FROM blocked l JOIN blocked r ON l.on_{number} = r.on_{number} WHERE l.code < r.code{earlier}")
    con.execute(f"CREATE TEMP TABLE looked AS {' UNION ALL '.join(parts)}")


def fresh_pairs(con: DuckDBPyConnection, plan: Plan) -> None:
    """The table `looked`, as `every_pair` has it, of those pairs of which one at least is in the table `fresh` (code)."""
    con.execute("CREATE TEMP TABLE starting AS SELECT * FROM blocked SEMI JOIN fresh USING (code)")
    parts = [
        f"SELECT least(l.code, r.code) AS join_key_l, greatest(l.code, r.code) AS join_key_r, 0::TINYINT AS match_key FROM starting l JOIN blocked r ON l.on_{number} = r.on_{number} WHERE l.code <> r.code"
        for number in range(len(plan.rules))
    ]
    con.execute(f"CREATE TEMP TABLE looked AS {' UNION '.join(parts)}")


def brought_together(plan: Plan) -> str:
    """SQL: whether a rule brings two rows l and r of `blocked` together."""
    return " OR ".join(f"coalesce(l.on_{number} = r.on_{number}, false)" for number in range(len(plan.rules)))

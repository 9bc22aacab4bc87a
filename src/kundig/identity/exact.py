"""Exact keys: subjects that share a strong identifier are one customer, unless another one speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.identity.components import Groups, Joins, groups
from kundig.identity.duckdb import answer, engine
from kundig.identity.families import DOUBTS, families
from kundig.identity.holding import held, kind
from kundig.settings.identity import KEYS, Key

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

@dataclass(frozen=True)
class Exact:
    """What the keys say.

    Attributes:
        subjects: subject and `cluster`, numbered by position in the order of subjects.
        links: subject, other (who was first known to have the value), how (the key), value, subjects (how many share it),
            since (when both were known to have it).
        demoted: values that join nobody: how, value, subjects, reason.
        muted: subject and column of traits where the subject has a value that joins nobody; `*` if it is called after it.
        warnings: a sentence for each column that helps nobody.
        ones: for each key of which a customer has one: positions of subjects, and numbers for the values they have.
    """

    subjects: pa.Table
    links: pa.Table
    demoted: pa.Table
    muted: pa.Table
    warnings: tuple[str, ...]
    ones: Sequence[tuple[Numbers, Numbers]] = ()


def exact(  # noqa: PLR0913 -- all that bears on a join
    traits: Any,
    keys: Sequence[Key] = KEYS,
    *,
    country: str = "DE",
    merged: Iterable[tuple[str, str]] = (),
    apart: Iterable[tuple[str, str]] = (),
    order: Any = None,
) -> Exact:
    """Who shares what.

    Args:
        traits: what sources say; every value that was ever said counts, since its `known_at` where there is one. Anything
            that gives Arrow.
        keys: the identifiers, the strongest first.
        country: of telephone numbers without one, ISO 3166.
        merged: pairs of subjects that somebody put together; they count more than every key.
        apart: pairs of subjects that somebody took apart.
        order: `subject` of all subjects, in the order in which they are numbered; by name if there is none.

    Raises:
        ConfigError: a key names a column that traits do not have.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- loaded when it is needed

    said = pa.table(traits)
    with engine(traits=said) as con:
        _numbered(con, order)
        warnings = held(con, said, keys, country)
        _sharers(con, keys, said.column_names)
        shared = answer(con, "SELECT rank, value, codes, sinces FROM sharers WHERE reason IS NULL ORDER BY rank, len(codes), value")
        subjects = answer(con, "SELECT subject FROM subjects ORDER BY code").column("subject")
        told, never = _codes(con, merged), _codes(con, apart)
        lists = shared.column("codes").combine_chunks()
        members = np.concatenate([np.array(told, dtype=np.int64).reshape(-1), lists.flatten().to_numpy(zero_copy_only=False).astype(np.int64)])
        lengths = np.concatenate([np.full(len(told), 2), np.asarray(lists.value_lengths().to_numpy(zero_copy_only=False), dtype=np.int64)])
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        ones = []
        for rank, key in enumerate(keys):
            if key.one:
                values = answer(con, f"SELECT code, dense_rank() OVER (ORDER BY value) AS number FROM held WHERE rank = {rank}")
                ones.append((values.column("code").to_numpy().astype(np.int64), values.column("number").to_numpy().astype(np.int64)))
        found = groups(len(subjects), Joins(starts, members), ones=ones, apart=never)
        return Exact(
            pa.table({"subject": subjects, "cluster": found.label}),
            _links(con, keys, shared, found, len(told)),
            _demoted(con, keys, shared, found, len(told)),
            _muted(con, keys),
            tuple(warnings),
            ones,
        )


def _numbered(con: DuckDBPyConnection, order: Any) -> None:
    """The table `subjects` (subject, code)."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- loaded when it is needed

    if order is None:
        con.execute("CREATE TEMP TABLE subjects AS SELECT subject, row_number() OVER (ORDER BY subject) - 1 AS code FROM (SELECT DISTINCT subject FROM traits WHERE subject IS NOT NULL)")
        return
    column = pa.table(order).column("subject")
    con.register("ordered", pa.table({"subject": column, "code": np.arange(len(column))}))
    con.execute("CREATE TEMP TABLE subjects AS SELECT subject, code FROM ordered")


def _codes(con: DuckDBPyConnection, pairs: Iterable[tuple[str, str]]) -> list[tuple[int, int]]:
    """Pairs of subjects as numbers, without those that are not there."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    told = pa.Table.from_pylist([{"a": a, "b": b} for a, b in pairs if a != b], schema=pa.schema([("a", pa.string()), ("b", pa.string())]))
    con.register("told", told)
    found = con.execute("SELECT DISTINCT least(a.code, b.code), greatest(a.code, b.code) FROM told JOIN subjects a ON a.subject = told.a JOIN subjects b ON b.subject = told.b ORDER BY ALL").fetchall()
    con.unregister("told")
    return [(int(a), int(b)) for a, b in found]


def _sharers(con: DuckDBPyConnection, keys: Sequence[Key], columns: Sequence[str]) -> None:
    """The table `sharers` (rank, value, codes, sinces, reason): who shares each value since when, and why it joins nobody.

    The first of a value's subjects is who was known to have it first: at any moment, all who were known by then are tied to it.
    """
    con.execute(
        # Each list is put in order once, by what is in front: unknown, time, number. That takes half of what two ordered lists take.
        "CREATE TEMP TABLE shared AS SELECT rank, value, list_transform(told, lambda x: x.code) AS codes, list_transform(told, lambda x: CASE WHEN x.known THEN x.since END) AS sinces "
        "FROM (SELECT rank, value, list_sort(list({'known': since IS NOT NULL, 'since': since, 'code': code})) AS told FROM held GROUP BY rank, value HAVING count(*) > 1)"
    )
    limits = " ".join(f"WHEN {rank} THEN {key.most}" for rank, key in enumerate(keys))
    personal = ", ".join(str(rank) for rank, key in enumerate(keys) if key.personal)
    families(con, f"rank IN ({personal}) AND len(codes) <= CASE rank {limits} END" if personal else "false", columns)
    con.execute(
        f"CREATE TEMP TABLE sharers AS SELECT s.*, CASE WHEN len(codes) > CASE s.rank {limits} END THEN 'joins too many' ELSE f.reason END AS reason "
        "FROM shared s LEFT JOIN families f ON f.rank = s.rank AND f.value = s.value"
    )


def _kept(con: DuckDBPyConnection, shared: pa.Table, found: Groups, told: int) -> None:
    """The view `kept`: the shared values with whether the join was refused."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- loaded when it is needed

    refused = np.zeros(shared.num_rows, dtype=bool)
    refused[[join - told for join in found.refused if join >= told]] = True
    con.register("kept", shared.append_column("refused", pa.array(refused)))


def _links(con: DuckDBPyConnection, keys: Sequence[Key], shared: pa.Table, found: Groups, told: int) -> pa.Table:
    _kept(con, shared, found, told)
    return answer(
        con,
        f"SELECT a.subject, b.subject AS other, {kind(keys)} AS how, value, n AS subjects, k.since FROM "
        "(SELECT rank, value, len(codes) AS n, codes[1] AS first, unnest(codes[2:]) AS code, unnest(sinces[2:]) AS since FROM kept WHERE NOT refused) k "
        "JOIN subjects a ON a.code = k.code JOIN subjects b ON b.code = k.first ORDER BY a.code, rank, value",
    )


def _demoted(con: DuckDBPyConnection, keys: Sequence[Key], shared: pa.Table, found: Groups, told: int) -> pa.Table:
    _kept(con, shared, found, told)
    return answer(
        con,
        f"SELECT {kind(keys)} AS how, value, len(codes) AS subjects, reason FROM (SELECT rank, value, codes, reason FROM sharers WHERE reason IS NOT NULL "
        "UNION ALL SELECT rank, value, codes, 'joins what must stay apart' FROM kept WHERE refused) ORDER BY rank, value",
    )


def _muted(con: DuckDBPyConnection, keys: Sequence[Key]) -> pa.Table:
    """Who has a value that joins nobody, in which column; `*` where the subject itself is called after it, as a family's mailbox is."""
    columns = " ".join(f"WHEN {rank} THEN '{key.column.replace(chr(39), chr(39) * 2)}'" for rank, key in enumerate(keys))
    called = " OR ".join(f"rank = {rank} AND starts_with(subject, '{prefix.replace(chr(39), chr(39) * 2)}:')" for rank, key in enumerate(keys) for prefix in key.subjects) or "false"
    return answer(
        con,
        f"SELECT DISTINCT subject, CASE WHEN {called} THEN '*' ELSE CASE rank {columns} END END AS \"column\" "
        f"FROM (SELECT rank, unnest(codes) AS code FROM (SELECT rank, codes FROM sharers WHERE reason IS NOT NULL AND reason NOT IN {DOUBTS} UNION ALL SELECT rank, codes FROM kept WHERE refused)) "
        'JOIN subjects USING (code) ORDER BY subject, "column"',
    )

"""Exact keys: subjects that share a strong identifier are one customer, unless another one speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.errors import ConfigError, nearest
from kundig.events import TRAITS
from kundig.identity.components import Groups, Joins, groups
from kundig.identity.duckdb import answer, engine
from kundig.identity.key import KEYS, Key
from kundig.identity.normal import FORMS, person
from kundig.identity.phones import numbers, plain

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

ALIKE = 0.75
"""Two given names of at least this Jaro–Winkler similarity, or of which one begins the other, can be one person's."""


@dataclass(frozen=True)
class Exact:
    """What the keys say.

    Attributes:
        subjects: subject and `cluster`, numbered by position in order of subject.
        links: subject, other (the first subject with the same value), how (the key), value, subjects (how many share it).
        demoted: values that join nothing: how, value, subjects, reason.
        warnings: a sentence for each column that helps nobody.
        ones: for each key of which a customer has one: positions of subjects, and numbers for the values they have.
    """

    subjects: pa.Table
    links: pa.Table
    demoted: pa.Table
    warnings: tuple[str, ...]
    ones: Sequence[tuple[Any, Any]] = ()


def exact(traits: Any, keys: Sequence[Key] = KEYS, *, country: str = "DE", merged: Iterable[tuple[str, str]] = (), apart: Iterable[tuple[str, str]] = ()) -> Exact:
    """Who shares what.

    Args:
        traits: what sources say; every value that was ever said counts. Anything that gives Arrow.
        keys: the identifiers, the strongest first.
        country: of telephone numbers without one, ISO 3166.
        merged: pairs of subjects that somebody put together; they count more than every key.
        apart: pairs of subjects that somebody took apart.

    Raises:
        ConfigError: a key names a column that traits do not have.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415

    said = pa.table(traits)
    with engine(traits=said) as con:
        con.execute("CREATE TEMP TABLE subjects AS SELECT subject, row_number() OVER (ORDER BY subject) - 1 AS code FROM (SELECT DISTINCT subject FROM traits WHERE subject IS NOT NULL)")
        warnings = _values(con, said, keys, country)
        _sharers(con, keys, names="given_name" in said.column_names)
        shared = answer(con, "SELECT rank, value, codes FROM sharers WHERE reason IS NULL ORDER BY rank, len(codes), value")
        order = answer(con, "SELECT subject FROM subjects ORDER BY code").column("subject")
        code = {subject: number for number, subject in enumerate(order.to_pylist())} if merged or apart else {}
        told = sorted({tuple(sorted((code[a], code[b]))) for a, b in merged if a in code and b in code and a != b})
        lists = shared.column("codes").combine_chunks()
        members = np.concatenate([np.array(told, dtype=np.int64).reshape(-1), lists.flatten().to_numpy(zero_copy_only=False).astype(np.int64)])
        lengths = np.concatenate([np.full(len(told), 2), np.asarray(lists.value_lengths().to_numpy(zero_copy_only=False), dtype=np.int64)])
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        ones = []
        for rank, key in enumerate(keys):
            if key.one:
                held = answer(con, f"SELECT code, dense_rank() OVER (ORDER BY value) AS number FROM held WHERE rank = {rank}")
                ones.append((held.column("code").to_numpy().astype(np.int64), held.column("number").to_numpy().astype(np.int64)))
        found = groups(len(order), Joins(starts, members), ones=ones, apart=[(code[a], code[b]) for a, b in apart if a in code and b in code])
        return Exact(
            pa.table({"subject": order, "cluster": found.label}),
            _links(con, keys, shared, found, len(told)),
            _demoted(con, keys, shared, found, len(told)),
            tuple(warnings),
            ones,
        )


def _values(con: DuckDBPyConnection, said: pa.Table, keys: Sequence[Key], country: str) -> list[str]:
    """The table `held` (rank, code, value) of every normalised value of every subject; sentences about useless columns."""
    con.execute("CREATE TEMP TABLE held (rank TINYINT, code BIGINT, value VARCHAR)")
    con.execute("CREATE TEMP TABLE numbers (raw VARCHAR, value VARCHAR)")
    rows = int(said.num_rows)
    warnings = []
    for rank, key in enumerate(keys):
        text = _text(key, said.column_names)
        if text is None:
            continue
        if key.form == "phone":
            _read_numbers(con, text, country)
            value = f"coalesce({plain('raw', country)}, n.value)"
            source = f"(SELECT subject, {text} AS raw FROM traits) LEFT JOIN numbers n USING (raw)"
        else:
            value, source = FORMS[key.form]("raw"), f"(SELECT subject, {text} AS raw FROM traits)"
        con.execute(f"INSERT INTO held SELECT DISTINCT {rank}, code, value FROM (SELECT subject, {value} AS value FROM {source} WHERE raw IS NOT NULL) JOIN subjects USING (subject) WHERE value IS NOT NULL")
        [(there,)] = con.execute(f"SELECT count(*) FROM held WHERE rank = {rank}").fetchall()
        if rows and not there and not key.column.startswith("properties."):
            warnings.append(f"{key.column}: holds no value that can be read as {key.name}; it joins nobody")
    return warnings


def _text(key: Key, columns: Sequence[str]) -> str | None:
    """SQL of the key's text; None where no source gives it."""
    head, _, rest = key.column.partition(".")
    if head == "properties" and rest:
        return "properties['" + rest.replace("'", "''") + "']" if "properties" in columns else None
    if key.column in columns:
        return f'"{key.column}"'
    known = [column.name for column in TRAITS if column.name not in {"subject", "known_at", "source", "consents", "properties"}]
    if key.column in known:
        return None
    raise ConfigError(f"the key {key.name!r} names the column {key.column!r}; {nearest(key.column, [*known, 'properties.NAME'], most=30)}")


def _read_numbers(con: DuckDBPyConnection, text: str, country: str) -> None:
    """Into `numbers`: what spelling alone does not decide, each text once."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    odd = answer(con, f"SELECT DISTINCT raw FROM (SELECT {text} AS raw FROM traits) WHERE raw IS NOT NULL AND {plain('raw', country)} IS NULL AND regexp_matches(raw, '\\d')")
    read = numbers(odd.column("raw").to_pylist(), country)
    con.register("read", pa.table({"raw": pa.array(read.keys(), pa.string()), "value": pa.array(read.values(), pa.string())}))
    con.execute("INSERT INTO numbers SELECT raw, value FROM read")
    con.unregister("read")


def _sharers(con: DuckDBPyConnection, keys: Sequence[Key], *, names: bool) -> None:
    """The table `sharers` (rank, value, codes, reason): who shares each value, and why it joins nobody where it does not."""
    con.execute("CREATE TEMP TABLE shared AS SELECT rank, value, list(code ORDER BY code) AS codes FROM held GROUP BY rank, value HAVING count(*) > 1")
    limits = " ".join(f"WHEN {rank} THEN {key.most}" for rank, key in enumerate(keys))
    personal = ", ".join(str(rank) for rank, key in enumerate(keys) if key.personal)
    con.execute("CREATE TEMP TABLE families (rank TINYINT, value VARCHAR)")
    if names and personal:
        con.execute(
            f"INSERT INTO families WITH few AS (SELECT rank, value, unnest(codes) AS code FROM shared WHERE rank IN ({personal}) AND len(codes) <= CASE rank {limits} END), "
            f"named AS (SELECT code, {person('given_name')} AS name FROM traits JOIN subjects USING (subject) SEMI JOIN few USING (code) WHERE given_name IS NOT NULL), "
            "called AS (SELECT DISTINCT rank, value, name FROM few JOIN named USING (code) WHERE name IS NOT NULL) "
            "SELECT DISTINCT a.rank, a.value FROM called a JOIN called b ON a.rank = b.rank AND a.value = b.value AND a.name < b.name "
            f"WHERE NOT starts_with(b.name, a.name) AND jaro_winkler_similarity(a.name, b.name) < {ALIKE}"
        )
    con.execute(
        f"CREATE TEMP TABLE sharers AS SELECT s.*, CASE WHEN len(codes) > CASE s.rank {limits} END THEN 'joins too many' WHEN f.value IS NOT NULL THEN 'different given names' END AS reason "
        "FROM shared s LEFT JOIN families f ON f.rank = s.rank AND f.value = s.value"
    )


def _kind(keys: Sequence[Key]) -> str:
    return "CASE rank " + " ".join(f"WHEN {rank} THEN '{key.name.replace(chr(39), chr(39) * 2)}'" for rank, key in enumerate(keys)) + " END"


def _kept(con: DuckDBPyConnection, shared: pa.Table, found: Groups, told: int) -> None:
    """The view `kept`: the shared values with whether the join was refused."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415

    refused = np.zeros(shared.num_rows, dtype=bool)
    refused[[join - told for join in found.refused if join >= told]] = True
    con.register("kept", shared.append_column("refused", pa.array(refused)))


def _links(con: DuckDBPyConnection, keys: Sequence[Key], shared: pa.Table, found: Groups, told: int) -> pa.Table:
    _kept(con, shared, found, told)
    return answer(
        con,
        f"SELECT a.subject, b.subject AS other, {_kind(keys)} AS how, value, n AS subjects FROM "
        "(SELECT rank, value, len(codes) AS n, codes[1] AS first, unnest(codes[2:]) AS code FROM kept WHERE NOT refused) k "
        "JOIN subjects a ON a.code = k.code JOIN subjects b ON b.code = k.first ORDER BY a.code, rank, value",
    )


def _demoted(con: DuckDBPyConnection, keys: Sequence[Key], shared: pa.Table, found: Groups, told: int) -> pa.Table:
    _kept(con, shared, found, told)
    return answer(
        con,
        f"SELECT {_kind(keys)} AS how, value, len(codes) AS subjects, reason FROM (SELECT rank, value, codes, reason FROM sharers WHERE reason IS NOT NULL "
        "UNION ALL SELECT rank, value, codes, 'joins what must stay apart' FROM kept WHERE refused) ORDER BY rank, value",
    )

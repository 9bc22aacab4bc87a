"""Which subject has which value of which key, and since when that is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kundig.errors import ConfigError, nearest
from kundig.events import TRAITS
from kundig.identity.duckdb import answer
from kundig.identity.normal import FORMS
from kundig.identity.phones import numbers, plain

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from kundig.settings.identity import Key


def held(con: DuckDBPyConnection, said: pa.Table, keys: Sequence[Key], country: str) -> list[str]:
    """The table `held` (rank, code, value, since) over the view `traits` and the table `subjects`.

    Returns:
        A sentence for each column that helps nobody.
    """
    con.execute("CREATE TEMP TABLE held (rank TINYINT, code BIGINT, value VARCHAR, since TIMESTAMPTZ)")
    con.execute("CREATE TEMP TABLE numbers (raw VARCHAR, value VARCHAR)")
    since = "known_at" if "known_at" in said.column_names else "NULL::TIMESTAMPTZ"
    warnings = []
    for rank, key in enumerate(keys):
        text = _text(key, said.column_names)
        parts = [f"SELECT subject, {text} AS raw, {since} AS since FROM traits WHERE {text} IS NOT NULL"] if text else []
        if key.subjects:
            named = " OR ".join(f"starts_with(subject, {_quoted(prefix + ':')})" for prefix in key.subjects)
            parts.append(f"SELECT subject, substr(subject, strpos(subject, ':') + 1) AS raw, {since} AS since FROM traits WHERE {named}")
        if not parts:
            continue
        source = f"({' UNION ALL '.join(parts)})"
        if key.form == "phone":
            con.execute(f"CREATE OR REPLACE TEMP TABLE spelt AS SELECT subject, raw, since, {plain('raw', country)} AS plain FROM {source}")
            value, source = ("coalesce(plain, n.value)", "spelt LEFT JOIN numbers n USING (raw)") if _read_numbers(con, country) else ("plain", "spelt")
        else:
            value = FORMS[key.form]("raw")
        con.execute(f"INSERT INTO held SELECT {rank}, code, value, min(since) FROM (SELECT subject, {value} AS value, since FROM {source}) JOIN subjects USING (subject) WHERE value IS NOT NULL GROUP BY code, value")
        if key.refers:
            con.execute(
                f"INSERT INTO held SELECT {rank}, s.code, s.subject, min({since}) FROM subjects s JOIN traits USING (subject) SEMI JOIN (SELECT value FROM held WHERE rank = {rank}) v ON v.value = s.subject "
                f"ANTI JOIN (SELECT code, value FROM held WHERE rank = {rank}) h ON h.code = s.code AND h.value = s.subject GROUP BY ALL"
            )
        [(there,)] = con.execute(f"SELECT count(*) FROM held WHERE rank = {rank}").fetchall()
        if said.num_rows and not there and text and not key.column.startswith("properties."):
            warnings.append(f"{key.column}: holds no value that can be read as {key.name}; it joins nobody")
    return warnings


def kind(keys: Sequence[Key]) -> str:
    """SQL of the key's name by its rank."""
    return "CASE rank " + " ".join(f"WHEN {rank} THEN {_quoted(key.name)}" for rank, key in enumerate(keys)) + " END"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _text(key: Key, columns: Sequence[str]) -> str | None:
    """SQL of the key's text; None where no source gives it."""
    head, _, rest = key.column.partition(".")
    if head == "properties" and rest:
        return f"properties[{_quoted(rest)}]" if "properties" in columns else None
    if key.column in columns:
        return f'"{key.column}"'
    known = [column.name for column in TRAITS if column.name not in {"subject", "known_at", "source", "consents", "properties"}]
    if key.column in known:
        return None
    raise ConfigError(f"the key {key.name!r} names the column {key.column!r}; {nearest(key.column, [*known, 'properties.NAME'], most=30)}")


def _read_numbers(con: DuckDBPyConnection, country: str) -> int:
    """Into `numbers`: what in `spelt` spelling alone does not decide, each text once; how many texts that are."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    odd = answer(con, "SELECT DISTINCT raw FROM spelt WHERE plain IS NULL AND regexp_matches(raw, '\\d')")
    if not odd.num_rows:
        return 0
    read = numbers(odd.column("raw").to_pylist(), country)
    con.register("read", pa.table({"raw": pa.array(read.keys(), pa.string()), "value": pa.array(read.values(), pa.string())}))
    con.execute("INSERT INTO numbers SELECT raw, value FROM read")
    con.unregister("read")
    return int(odd.num_rows)

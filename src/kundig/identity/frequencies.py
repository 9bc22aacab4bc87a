"""How frequent each value is: as it was when the model was learned, so that one pair means the same for as long as the model lasts.

Values that stood there once are not kept: what is not known counts as seen once. What is kept is a hash, no name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundig.identity.duckdb import answer

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Frequencies:
    """How often the values of each column were seen.

    Attributes:
        known: how many records had a value, by column.
        times: column, value (a hash), times; of values that more than one record had.
    """

    known: Mapping[str, int]
    times: pa.Table


def hashed(text: str) -> str:
    """SQL of the hash by which a value is kept: the same on all machines and in all versions."""
    return f"md5_number_lower({text})"


def frequencies(con: DuckDBPyConnection, columns: Sequence[str]) -> Frequencies:
    """The frequencies in the table `records`."""
    known = {name: int(con.execute(f'SELECT count("{name}") FROM records').fetchall()[0][0]) for name in columns}
    value = hashed('"{0}"')
    parts = [f"""SELECT '{name}' AS "column", {value.format(name)} AS value, count(*) AS times FROM records WHERE "{name}" IS NOT NULL GROUP BY "{name}" HAVING count(*) > 1""" for name in columns]
    return Frequencies(known, answer(con, " UNION ALL ".join(parts) + " ORDER BY ALL"))


def looked_up(con: DuckDBPyConnection, kept: Frequencies, column: str, table: str) -> str:
    """The name of a table (COLUMN, tf_COLUMN) of all values that `table` has there, with the share of records that had it."""
    con.register("kept_times", kept.times)
    name = f"shares_of_{column}"
    con.execute(
        f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT v."{column}", coalesce(k.times, 1) / {max(kept.known[column], 1)}::DOUBLE AS "tf_{column}" '
        f'FROM (SELECT DISTINCT "{column}" FROM {table} WHERE "{column}" IS NOT NULL) v LEFT JOIN kept_times k ON k."column" = \'{column}\' AND k.value = {hashed(f"""v."{column}" """)}'
    )
    con.unregister("kept_times")
    return name


def seen(con: DuckDBPyConnection, kept: Frequencies, column: str, value: str) -> tuple[int, int]:
    """How many records had a value, and how many had any."""
    con.register("kept_times", kept.times)
    found = con.execute(f'SELECT times FROM kept_times WHERE "column" = ? AND value = {hashed("?")}', [column, value]).fetchall()
    con.unregister("kept_times")
    return (int(found[0][0]) if found else 1), max(kept.known[column], 1)

"""Tables as the files that silos export: CSV, JSON lines, Parquet, always whole columns at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

Table = Mapping[str, Any]
"""Columns by name: NumPy arrays of one length; None in an array of objects is an empty cell."""


def arrow(values: Any) -> pa.Array:
    """A column as Arrow; NaN and NaT are empty cells."""
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    array = np.asarray(values)
    if array.dtype == object:
        return pa.array(array, pa.string())
    if array.dtype.kind == "U":
        return pa.array(array.astype(object), pa.string())
    return pa.array(array, from_pandas=True)


def dates(moments: Any, pattern: str = "%d.%m.%Y") -> pa.Array:
    """Moments written with a strftime pattern; empty where there is none."""
    return pc.strftime(pa.array(np.asarray(moments).astype("datetime64[s]"), from_pandas=True), format=pattern)


def stamps(moments: Any) -> pa.Array:
    """Moments as ISO 8601 without zone."""
    return dates(moments, "%Y-%m-%dT%H:%M:%S")


def joined(*parts: Any) -> pa.Array:
    """Texts joined row by row; an empty part makes the whole empty."""
    columns = [pa.scalar(part) if isinstance(part, str) else arrow(part).cast(pa.string()) for part in parts]
    return pc.binary_join_element_wise(*columns, "")


def numbers(values: Any, digits: int = 2, sign: str = ",") -> pa.Array:
    """Numbers as text with a decimal sign."""
    cents = np.rint(np.asarray(values, dtype=np.float64) * 10**digits)
    whole = np.char.zfill(np.abs(cents).astype(np.int64).astype("U"), digits + 1)
    texts = arrow(whole)
    minus = pa.array(np.where(cents < 0, "-", "").astype(object))
    return pc.binary_join_element_wise(minus, pc.utf8_slice_codeunits(texts, 0, -digits), sign, pc.utf8_slice_codeunits(texts, -digits), "")


def taken(table: Table, rows: Any) -> Table:
    """The table with some of its rows: by position, or by a flag for each row."""
    index = np.flatnonzero(rows) if np.asarray(rows).dtype == bool else rows
    return {name: arrow(values).take(pa.array(index)) for name, values in table.items()}


def csv(path: Path, table: Table, *, delimiter: str = ";", encoding: str = "utf-8") -> int:
    """Write a table as CSV; how many rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = pa.table({name: arrow(values) for name, values in table.items()})
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(whole, sink, pyarrow.csv.WriteOptions(delimiter=delimiter, quoting_style="needed", quoting_header="needed"))
    data = sink.getvalue().to_pybytes()
    path.write_bytes(data if encoding == "utf-8" else data.decode("utf-8").encode(encoding))
    return int(whole.num_rows)


def json_lines(path: Path, table: Table) -> int:
    """Write a table as one JSON object a line; how many rows. Empty cells are null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts: list[Any] = []
    for index, (name, values) in enumerate(table.items()):
        column = arrow(values)
        if pa.types.is_string(column.type):
            for sign, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
                column = pc.replace_substring(column, sign, written)
            column = pc.binary_join_element_wise('"', column, '"', "")
        else:
            column = column.cast(pa.string())
        parts += [("{" if index == 0 else ", ") + f'"{name}": ', pc.fill_null(column, "null")]
    lines = pc.binary_join_element_wise(*parts, "}\n", "")
    path.write_bytes("".join(lines.to_pylist()).encode())
    return len(lines)


def parquet(path: Path, table: Table) -> int:
    """Write a table as Parquet; how many rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = pa.table({name: arrow(values) for name, values in table.items()})
    pq.write_table(whole, path, compression="zstd")
    return int(whole.num_rows)


def append(path: Path, lines: list[str], encoding: str = "utf-8") -> None:
    """Put lines behind a file, as they are."""
    with path.open("ab") as stream:
        stream.write("".join(line + "\n" for line in lines).encode(encoding))

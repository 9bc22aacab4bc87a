"""Spooled: rows on disk that are read as if they were in memory, of an answer that is larger than what a machine should hold."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


def spooled(table: pa.Table, folder: Path | None = None) -> pa.Table:
    """The same rows, from a file that nobody else can open and that is gone when nobody holds them any more.

    Args:
        table: the rows.
        folder: where the file lies; by default that for temporary files.

    >>> import pyarrow as pa
    >>> spooled(pa.table({"customer_id": ["ada", None], "n": [2, 1]})).to_pylist()
    [{'customer_id': 'ada', 'n': 2}, {'customer_id': None, 'n': 1}]
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    # The name is taken away while the rows are mapped: nothing is left behind, however the process ends.
    with tempfile.NamedTemporaryFile(prefix="kundig-", suffix=".arrow", dir=folder) as file:
        with pa.ipc.new_file(file, table.schema) as rows:
            rows.write_table(table)
        file.flush()
        return pa.ipc.open_file(pa.memory_map(file.name)).read_all()

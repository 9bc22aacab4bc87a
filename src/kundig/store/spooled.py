"""Spooled: rows on disk that are read as if they were in memory, of an answer that is larger than what a machine should hold."""

from __future__ import annotations

import tempfile
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING

from kundig.errors import LakeError

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa


def spooled(table: pa.Table, folder: Path | None = None) -> pa.Table:
    """The same rows, from a file that nobody else can open and that is gone when nobody holds them any more.

    Args:
        table: the rows.
        folder: where the file lies; by default that for temporary files.

    Raises:
        LakeError: the disk is full or cannot be written.

    >>> import pyarrow as pa
    >>> spooled(pa.table({"customer_id": ["ada", None], "n": [2, 1]})).to_pylist()
    [{'customer_id': 'ada', 'n': 2}, {'customer_id': None, 'n': 1}]
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        # A file without a name: nothing is left behind, however the process ends.
        with tempfile.TemporaryFile(dir=folder) as file:
            with pa.ipc.new_file(file, table.schema) as rows:
                rows.write_table(table)
            file.flush()
            return pa.ipc.open_file(pa.py_buffer(mmap(file.fileno(), 0, access=ACCESS_READ))).read_all()
    except OSError as error:
        place = folder or tempfile.gettempdir()
        raise LakeError(f"{place} cannot be written: {error}; an answer of {table.nbytes / 2**20:,.0f} MiB and more has to lie there, check the space that is left") from None

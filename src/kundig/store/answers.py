"""Answers kept as files: computed once for each state of what they were computed from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Answers:
    """The answers of one state; those of others are let go of when one is kept.

    Attributes:
        folder: where the answers of all states lie.
        state: what they were computed from, as values that JSON can write.
    """

    folder: Path
    state: Any

    def once(self, asked: Any, computed: Callable[[], pa.Table]) -> pa.Table:
        """The rows of a question: those that are kept, or else computed and kept.

        Args:
            asked: what was asked, as values that JSON can write.
            computed: gives the rows.
        """
        import pyarrow.parquet as pq  # noqa: PLC0415 -- slow import

        kept = self.folder / hashed(self.state) / f"{hashed(asked)}.parquet"
        # It is not asked whether it is there: another process may let it go just then, and a disk may not be read. `read_table` would load pandas first.
        with suppress(OSError), pq.ParquetFile(kept) as file:
            return file.read()
        table = computed()
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            for folder in self.folder.iterdir():
                if folder != kept.parent:
                    shutil.rmtree(folder, ignore_errors=True)
            part = kept.with_suffix(f".{uuid4().hex}.part")
            pq.write_table(table, part)
            part.replace(kept)
        except OSError:
            # A disk that is full or may not be written takes nothing from the answer.
            pass
        return table


def hashed(value: Any) -> str:
    """A short name of values that JSON can write; anything else goes by its text.

    >>> hashed({"b": 1, "a": 2}) == hashed({"a": 2, "b": 1})
    True
    """
    return sha256(json.dumps(value, default=str, sort_keys=True).encode()).hexdigest()[:32]

"""How much memory the engine may take before it puts what it works on to disk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from kundig.errors import ConfigError, LakeError

HALF = "50%"
"""Of the machine's memory, or of what its container is given; the pages and the worker may both be at work."""
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(%|[kmgt]i?b)", re.IGNORECASE)


def memory_limit(engines: int = 1) -> str:
    """What `KUNDIG_MEMORY` allows a process, or half of the machine; for each of so many engines that it has.

    >>> memory_limit(), memory_limit(4)
    ('50%', '12.5%')

    Raises:
        ConfigError: `KUNDIG_MEMORY` is no size.
    """
    given = os.environ.get("KUNDIG_MEMORY", "").strip() or HALF
    size = _SIZE.fullmatch(given)
    if size is None:
        raise ConfigError(f"KUNDIG_MEMORY is {given!r}; it takes a size or a share of the machine's memory, such as 4GB or 50%")
    return f"{float(size[1]) / engines:.6g}{size[2]}"


@contextmanager
def bounded() -> Iterator[None]:
    """Says in words that the engine ran out of the memory it may take.

    Raises:
        LakeError: what was asked does not fit, not even with the rest on disk.
    """
    import duckdb  # noqa: PLC0415 -- slow import

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise LakeError(f"the engine may take {memory_limit()} of memory, and needs more ({str(error).splitlines()[0]}); give it more with KUNDIG_MEMORY, such as KUNDIG_MEMORY=4GB") from None

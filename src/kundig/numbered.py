"""Numbers of things in English: one thing, more things."""

from __future__ import annotations


def numbered(n: int, thing: str) -> str:
    """So many of a thing whose plural ends in s.

    >>> numbered(1, "event"), numbered(0, "error"), numbered(1_204, "row")
    ('1 event', '0 errors', '1,204 rows')
    """
    return f"{n:,} {thing}{'' if n == 1 else 's'}"

"""Parts of a large journal: journeys that are looked at one part after the other, each journey whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

AT_ONCE = 50_000_000
"""Events that are put in order at once; they take some 6 GB, in memory or on disk."""

Part = tuple[int, int]
"""Which part, from 0, of how many."""


def parts_of(journal: Journal) -> int:
    """In how many parts the journeys are looked at; one where the store does not say how many events there are.

    >>> from kundig.journal import told
    >>> parts_of(told([("ada", "shop", "2026-03-01")]))
    1
    """
    return -(-(journal.size or 1) // AT_ONCE)


def of_part(table: ir.Table, part: Part, by: str = "journey") -> ir.Table:
    """The rows of the journeys of one part; or of all that is alike in another column."""
    number, parts = part
    # Engines differ in whether a hash may be negative.
    rest = (table[by].hash() % parts + parts) % parts
    return table.filter(rest == number)

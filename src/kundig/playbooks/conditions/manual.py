"""Manual: nothing sets it off but a person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kundig.playbooks.conditions.condition import Condition, nothing

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


class Manual(Condition):
    """A person puts customers in.

    >>> from kundig.journal import told
    >>> Manual().matches(told([("ada", "shop", "2026-03-01")])).to_pyarrow().num_rows
    0
    """

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:  # noqa: ARG002 -- the shape of all conditions
        """See Condition."""
        return nothing()

    @property
    def own(self) -> bool:
        """See Condition."""
        return True

    def __str__(self) -> str:
        """In short words."""
        return "by hand"

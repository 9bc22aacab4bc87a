"""Who is in a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.playbooks.expression import held
from kundig.surveys.survey import Panel

if TYPE_CHECKING:
    from kundig.journal import Journal


def members(panel: Panel, journal: Journal) -> list[str]:
    """The customers of a panel at the journal's moment, by id.

    >>> from kundig.journal import told
    >>> journal = told([("ada", "shop", "2026-03-01")], [{"subject": "ada", "segment": "gold", "known_at": "2026-01-01"}, {"subject": "ben", "segment": "new", "known_at": "2026-01-01"}])
    >>> members(Panel(title="Board", owner="cx", who="segment = 'gold'", members=("cyd",)), journal)
    ['ada', 'cyd']
    """
    found = set(panel.members)
    if panel.who is not None:
        golden = journal.customers
        found |= set(golden.filter(held(panel.who, golden)).select("customer_id").to_pyarrow()["customer_id"].to_pylist())
    return sorted(found)

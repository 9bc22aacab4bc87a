"""Questions in the engine's own words: to put one into words takes Ibis longer than the engine needs for a few customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kundig.playbooks.conditions.condition import MATCHES
from kundig.playbooks.enrolment import COLUMNS, let_in
from kundig.playbooks.found import asked, found
from kundig.playbooks.narrowed import uncorrected

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.playbooks.playbook import Playbook
    from kundig.playbooks.when import When

MOST = 1000
GIVEN = "near_given"
"""The table of the engine with the rows at hand."""


class Compiled:
    """What was put into words once, for journals of a few customers whose tables have the same names each time, and nothing in them that became known after their moment."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, bool, bool], str] = {}

    def rows(self, when: When, near: Journal) -> pa.Table:
        """MATCHES of such a journal, whenever they became due by its moment; of a condition that hangs on a customer's own events."""
        return self._found(f"when {when.model_dump_json(by_alias=True)}", near, when.matches, MATCHES)

    def candidates(self, playbook: Playbook, name: str, near: Journal) -> pa.Table:
        """Everybody whom the condition and `who` let in, as `enrolment.candidates` has them, whenever they became due by its moment."""
        words = f"candidates {name} {playbook.model_dump_json(by_alias=True, exclude_defaults=True)}"
        types = {**MATCHES, "row": "string", "goal_at": "timestamp('UTC')", "held_out": "boolean"}
        return self._found(words, near, lambda journal: let_in(playbook, name, playbook.when.matches(journal), journal), {name: types[name] for name in COLUMNS})

    def asked(self, rows: pa.Table, of: Callable[[ir.Table, Journal], ir.Table], near: Journal, name: str) -> pa.Table:
        """What the engine finds of rows at hand; see `found.Ask`."""
        if not _tabled(near):
            return asked(rows, of, near)
        engine: Any = near.touchpoints.get_backend()
        engine.con.register(GIVEN, rows)
        return self._found(name, near, lambda journal: of(engine.table(GIVEN), journal), None)

    def _found(self, name: str, near: Journal, of: Callable[[Journal], ir.Table], types: dict[str, str] | None) -> pa.Table:
        import ibis  # noqa: PLC0415 -- slow import

        if _tabled(near):
            engine, key = near.touchpoints.get_backend(), (name, near.identities is not None, uncorrected(near))
            if key not in self._kept:
                if len(self._kept) >= MOST:
                    self._kept.clear()
                # Without a moment of its own, so that the words stay.
                self._kept[key] = engine.compile(of(replace(near, at=None)))
            rows = engine.raw_sql(self._kept[key]).to_arrow_table()
        else:
            rows = found(of(near), near)
        return rows.cast(ibis.schema(types).to_pyarrow()) if types is not None else rows


def _tabled(near: Journal) -> bool:
    """Whether it stands in tables of an engine; a story that is told in memory does not."""
    from ibis.expr import operations as ops  # noqa: PLC0415 -- slow import

    return isinstance(near.touchpoints.op(), ops.DatabaseTable)

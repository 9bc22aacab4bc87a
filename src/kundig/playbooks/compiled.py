"""Conditions in the engine's own words: to put one into words takes Ibis longer than the engine needs for a few customers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kundig.playbooks.conditions.condition import MATCHES
from kundig.playbooks.found import found

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.playbooks.when import When

MOST = 1000


class Compiled:
    """What was put into words once, for journals of a few customers whose tables have the same names each time."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, bool], str] = {}

    def rows(self, when: When, near: Journal) -> pa.Table:
        """MATCHES of such a journal, whenever they became due by its moment.

        Args:
            when: a condition that hangs on a customer's own events.
            near: the journal, with nothing in it that became known after its moment.
        """
        import ibis  # noqa: PLC0415 -- slow import
        from ibis.expr import operations as ops  # noqa: PLC0415 -- slow import

        columns = ibis.schema(MATCHES).to_pyarrow()
        if not isinstance(near.touchpoints.op(), ops.DatabaseTable):
            # A story that is told in memory has no tables with names.
            return found(when.matches(near), near).cast(columns)
        engine, key = near.touchpoints.get_backend(), (when.model_dump_json(by_alias=True), near.identities is not None)
        if key not in self._kept:
            if len(self._kept) >= MOST:
                self._kept.clear()
            # Without a moment of its own, so that the words stay; what is known later than it is not in its tables.
            self._kept[key] = engine.compile(when.matches(replace(near, at=None)))
        return engine.raw_sql(self._kept[key]).to_arrow_table().cast(columns)

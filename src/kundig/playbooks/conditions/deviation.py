"""Deviation: a customer's journey left the target journey."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import model_validator

from kundig.conformance.obligations import accepted, obligations
from kundig.errors import ArgumentError, nearest
from kundig.playbooks.conditions.condition import Condition, decided, nothing
from kundig.playbooks.conditions.moments import moments, read_at
from kundig.playbooks.meant import Words
from kundig.settings.lengths import Clock
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

KINDS = ("missing", "late", "too early", "out of order", "repeated", "forbidden")


class Deviation(Condition):
    """A rule of a target journey is broken that was not when it was looked at before; accepted deviations apart.

    The journey is looked at at fixed moments, `every` so often. The match is dated when the rule was broken, and due at the
    moment of looking. For a step that did not come within its time `absent` says the same to the second; this reads every
    rule that `journeys:` can state.

    Attributes:
        journey: a target journey of kundig.yaml.
        rule: only this rule, as the target journey writes it.
        kind: only these kinds of deviation, such as `missing`.
        every: how often it is looked at.

    >>> from kundig.journal import told
    >>> from kundig.settings import Settings
    >>> settings = Settings.model_validate({"journeys": {"order": {"rules": ["absence(complaint)"]}}})
    >>> journal = told([{"subject": "ben", "kind": "complaint", "case_id": "1", "occurred_at": "2026-03-04"}, ("ada", "shop", "2026-03-20")], settings=settings)
    >>> Deviation(journey="order").matches(journal).select("customer_id", "key").to_pyarrow().to_pylist()
    [{'customer_id': 'ben', 'key': '1'}]
    """

    journey: str
    rule: str | None = None
    kind: Words = ()
    every: Clock = "7 days"

    @model_validator(mode="after")
    def _meant(self) -> Deviation:
        for kind in self.kind:
            if kind not in KINDS:
                raise ValueError(f"kind: found {kind!r}; {nearest(kind, KINDS)}")
        if span(self.every) < timedelta(hours=1):
            raise ValueError(f"every: expected at least 1 hour, found {self.every!r}")
        return self

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:
        """See Condition.

        Raises:
            ArgumentError: there is no such target journey, or no such rule in it.
        """
        import ibis  # noqa: PLC0415 -- slow import

        known = journal.settings.journeys
        if self.journey not in known:
            raise ArgumentError(f"deviation: there is no target journey {self.journey!r}; " + (nearest(self.journey, known) if known else "write target journeys under `journeys:` in kundig.yaml"))
        target = known[self.journey]
        rules = [str(rule) for rule in target.rules]
        if self.rule is not None and self.rule not in rules:
            raise ArgumentError(f"deviation: {self.rule!r} is no rule of {self.journey!r}; {nearest(self.rule, rules)}")
        at = moments(journal, span(self.every), since)
        if len(at) < 2:  # noqa: PLR2004 -- a look, and the one before
            return nothing()

        def broken(then: Journal) -> ir.Table:
            found = obligations(then, target)
            found = found.filter((found.state == "violated") & ~accepted(found, target) & found.customer_id.notnull())
            if self.rule is not None:
                found = found.filter(found.number == rules.index(self.rule))
            if self.kind:
                found = found.filter(found.deviation.isin(self.kind))
            name = ibis.coalesce(found.event_id, found.journey)
            return found.select("customer_id", cause=found.number.cast("string") + ibis.literal(":") + name, key="journey", at="violated_at")

        rows = read_at(journal, at, broken)
        first = rows.group_by(["customer_id", "cause", "key"]).agg(at=rows["at"].argmin(rows.moment), due_at=rows.moment.min())
        # What was broken already when it was looked at first is not news.
        news = first.filter(first.due_at > ibis.literal(at[0]).cast("timestamp('UTC')"))
        return decided(news, journal, since)

    def __str__(self) -> str:
        """In short words."""
        return f"deviation from {self.journey}" + (f": {self.rule}" if self.rule else "")

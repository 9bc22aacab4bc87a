"""Segment: a customer came to be among those whom an expression describes, or ceased to be."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator

from kundig.identity import identified
from kundig.playbooks.conditions.condition import Condition, decided
from kundig.playbooks.expression import checked, held
from kundig.playbooks.golden import FIELDS, golden_at
from kundig.playbooks.same import APART

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

Described = Annotated[str, AfterValidator(lambda text: checked(text, FIELDS))]
"""An expression over the golden record, such as `segment = 'gold' and country = 'DE'`."""


class Membership(Condition):
    """What the sources say of a customer made an expression true, or made it no longer so.

    The golden record is looked at whenever a source says something, as it was held then. What is said first of a customer
    makes nobody enter or leave: that is how they came.

    Attributes:
        where: an expression over the golden record, such as `segment = 'gold'`.
        moves: `enters` or `leaves`.

    >>> from kundig.journal import told
    >>> said = [{"subject": "ada", "segment": "basic", "known_at": "2026-01-01"}, {"subject": "ada", "segment": "gold", "known_at": "2026-03-01"}]
    >>> risen = Membership(where="segment = 'gold'").matches(told([("ada", "shop", "2026-04-01")], traits=said))
    >>> [str(row["at"].date()) for row in risen.to_pyarrow().to_pylist()]
    ['2026-03-01']
    """

    where: Described
    moves: Literal["enters", "leaves"] = "enters"

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:
        """See Condition."""
        import ibis  # noqa: PLC0415 -- slow import

        said: Any = journal.traits if journal.at is None else journal.traits.filter(journal.traits.known_at <= journal.at)
        said = identified(said, journal.identities, journal.at)
        moments = said.select("customer_id", moment="known_at").distinct()
        moments = moments.mutate(row=moments.customer_id + ibis.literal(APART) + moments.moment.epoch_seconds().cast("string") + ibis.literal(".") + moments.moment.microsecond().cast("string"))
        golden = golden_at(journal, moments)
        found = golden.select("customer_id", "moment", "row", inside=held(self.where, golden))
        before = found.inside.lag().over(ibis.window(group_by="customer_id", order_by="moment"))
        moved = found.mutate(before=before)
        chosen = moved.filter(moved.inside & ~moved.before) if self.moves == "enters" else moved.filter(~moved.inside & moved.before)
        return decided(chosen.select("customer_id", cause="row", at="moment", due_at="moment"), journal, since)

    @property
    def own(self) -> bool:
        """See Condition."""
        return True

    @property
    def described(self) -> tuple[str, ...]:
        """See Condition."""
        return (self.where,)

    def __str__(self) -> str:
        """In short words."""
        return f"{self.moves}: {self.where}"

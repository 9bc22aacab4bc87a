"""Reaching stages: when each journey reached each of them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from kundig.conformance.steps import surely
from kundig.errors import ArgumentError

if TYPE_CHECKING:
    import ibis.expr.types as ir


def staged(text: str) -> list[tuple[str, bool]]:
    """The stages that a text names, each with whether it is optional.

    >>> staged("visit?, order")
    [('visit', True), ('order', False)]

    Raises:
        ArgumentError: a name is missing, or every stage is optional.
    """
    names = [name.strip() for name in next(csv.reader([text], skipinitialspace=True), [])]
    stages = [(name.removesuffix("?").strip(), name.endswith("?")) for name in names]
    if not all(name for name, _ in stages) or all(optional for _, optional in stages):
        raise ArgumentError(
            f"--stages expects steps with commas between them, optional ones with ?, and at least one that is not optional, such as 'visit?, order, delivery'; found {text!r}"
        )
    return stages


def required_before(stages: list[tuple[str, bool]]) -> list[int | None]:
    """The position of the required stage before each."""
    last: int | None = None
    found: list[int | None] = []
    for position, (_, optional) in enumerate(stages):
        found.append(last)
        last = last if optional else position
    return found


def reaching(table: ir.Table, stages: list[tuple[str, bool]]) -> ir.Table:
    """One row a journey with its `group` and `customer_id`: `at_POSITION`, when it reached each stage, and `next_POSITION`, its step after a required one."""
    import ibis  # noqa: PLC0415 -- slow import

    journey, at = ibis.window(group_by="journey"), table.occurred_at
    before = required_before(stages)
    names = [name for name, _ in stages]

    def reached(position: int) -> Any:
        comes = table.step == names[position]
        if before[position] is None:
            return comes
        start = table[f"at_{before[position]}"]
        return comes & surely(at > start if names[position] in names[:position] else at >= start)

    for position, (_, optional) in enumerate(stages):
        if not optional:
            table = table.mutate(**{f"at_{position}": table.occurred_at.min(where=reached(position)).over(journey)})
            at = table.occurred_at
    for position, (_, optional) in enumerate(stages):
        if optional:
            after = next((later for later in range(position + 1, len(stages)) if not stages[later][1]), None)
            between = reached(position) if after is None else reached(position) & (table[f"at_{after}"].isnull() | surely(at <= table[f"at_{after}"]))
            table = table.mutate(**{f"at_{position}": at.min(where=between).over(journey)})
            at = table.occurred_at
    following = ibis.struct({"at": table.occurred_at, "step": table.step})
    return table.group_by("journey").agg(
        group=table.group.max(),
        customer_id=table.customer_id.max(),
        ends_at=table.occurred_at.max(),
        present=table.present.max(),
        **{f"at_{position}": table[f"at_{position}"].max() for position in range(len(stages))},
        **{f"next_{position}": following.min(where=surely(table.occurred_at > table[f"at_{position}"]))["step"] for position, (_, optional) in enumerate(stages) if not optional},
    )

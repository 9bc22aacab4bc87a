"""Suppression: figures about people of the company that could give one of them away are not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir


def suppressed(groups: ir.Table, smallest: int) -> ir.Table:
    """`groups` with the flag `hidden`: groups of fewer than `smallest` people, and whoever else has to be.

    Where those hidden in a period are together fewer than `smallest`, whoever knows the whole could subtract the rest, and
    the next smallest group is hidden with them.
    """
    import ibis  # noqa: PLC0415 -- slow import

    same = ["period", "occasion"]
    small = groups.mutate(small=groups.people < smallest)
    counted = small.mutate(
        hidden_people=ibis.ifelse(small.small, small.people, 0).sum().over(group_by=same),
        place=ibis.row_number().over(group_by=[*same, "small"], order_by=["people", ibis.asc("group", nulls_first=False)]),
    )
    gives_away = (counted.hidden_people > 0) & (counted.hidden_people < smallest) & (counted.place == 0)
    return counted.mutate(hidden=counted.small | gives_away).drop("small", "hidden_people", "place")

"""Deadlines of rules, by the clock or in business time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundig.settings.journeys import Rule


def due_column(rule: Rule) -> str | None:
    """The column of steps with the deadline of a rule in business time; None without one."""
    if rule.business is None:
        return None
    number, in_days = rule.business
    return f"due_{number:g}_{'days' if in_days else 'seconds'}"


def limited(rule: Rule) -> bool:
    """Whether a rule has a deadline."""
    return rule.within is not None


def due_after(rule: Rule, at: Any, named: Any) -> Any:
    """When a rule is due that was activated at `at`; `named` gives the column of a deadline in business time."""
    import ibis  # noqa: PLC0415 -- slow import

    if rule.deadline is not None:
        return at + ibis.interval(seconds=round(rule.deadline.total_seconds()))
    column = due_column(rule)
    return named(column) if column else ibis.null("timestamp('UTC')")

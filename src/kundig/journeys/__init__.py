"""What happened, in which order, between whom."""

from kundig.journeys.entries_exits import entries_exits
from kundig.journeys.flows import flows
from kundig.journeys.variants import variants

__all__ = ["entries_exits", "flows", "variants"]

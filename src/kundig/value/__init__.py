"""What the relationship is worth, to both sides."""

from kundig.value.retention import retention
from kundig.value.revenue_bridge import revenue_bridge

__all__ = ["retention", "revenue_bridge"]

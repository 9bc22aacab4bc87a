"""What the relationship is worth, to both sides."""

from kundig.value.contract_faults import contract_faults
from kundig.value.effects import effects
from kundig.value.lifetime_value import lifetime_value
from kundig.value.loyalty_penalty import loyalty_penalty
from kundig.value.renewal_rate import renewal_rate
from kundig.value.renewals import renewals
from kundig.value.retention import retention
from kundig.value.revenue_bridge import revenue_bridge
from kundig.value.segment_balance import segment_balance
from kundig.value.segment_lift import segment_lift
from kundig.value.survival import survival

__all__ = ["contract_faults", "effects", "lifetime_value", "loyalty_penalty", "renewal_rate", "renewals", "retention", "revenue_bridge", "segment_balance", "segment_lift", "survival"]

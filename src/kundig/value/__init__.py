"""What the relationship is worth, to both sides."""

from kundig.value.contract_faults import contract_faults
from kundig.value.cost_to_serve import cost_to_serve
from kundig.value.customer_roi import customer_roi
from kundig.value.effects import effects
from kundig.value.engagement import engagement
from kundig.value.engagement_members import engagement_members
from kundig.value.expansion_candidates import expansion_candidates
from kundig.value.lifetime_value import lifetime_value
from kundig.value.loyalty_effect import loyalty_effect
from kundig.value.loyalty_penalty import loyalty_penalty
from kundig.value.loyalty_treatment import loyalty_treatment
from kundig.value.persona_themes import persona_themes
from kundig.value.personas import personas
from kundig.value.points_balances import points_balances
from kundig.value.points_ledger import points_ledger
from kundig.value.points_liability import points_liability
from kundig.value.renewal_rate import renewal_rate
from kundig.value.renewals import renewals
from kundig.value.retention import retention
from kundig.value.revenue_bridge import revenue_bridge
from kundig.value.right_channel import right_channel
from kundig.value.segment_balance import segment_balance
from kundig.value.segment_lift import segment_lift
from kundig.value.survival import survival
from kundig.value.unused_features import unused_features
from kundig.value.whitespace import whitespace

__all__ = [
    "contract_faults",
    "cost_to_serve",
    "customer_roi",
    "effects",
    "engagement",
    "engagement_members",
    "expansion_candidates",
    "lifetime_value",
    "loyalty_effect",
    "loyalty_penalty",
    "loyalty_treatment",
    "persona_themes",
    "personas",
    "points_balances",
    "points_ledger",
    "points_liability",
    "renewal_rate",
    "renewals",
    "retention",
    "revenue_bridge",
    "right_channel",
    "segment_balance",
    "segment_lift",
    "survival",
    "unused_features",
    "whitespace",
]

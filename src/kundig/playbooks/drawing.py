"""Lots: chance that can be drawn again, and that nobody can foresee from a customer's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

DIGITS = 12


def drawn(customer: ir.StringValue, playbook: str, what: str) -> ir.StringValue:
    """A customer's lot in a playbook: hexadecimal digits, as good as uniform; the same whenever it is drawn, and another in each playbook."""
    import ibis  # noqa: PLC0415 -- slow import

    return (ibis.literal(f"{playbook}\x1f{what}\x1f") + customer).hexdigest("sha256").substr(0, DIGITS)


def below(lot: Any, share: float) -> Any:
    """Whether a lot is in the first part of all lots, of this share."""
    import ibis  # noqa: PLC0415 -- slow import

    bound = round(share * 16**DIGITS)
    return ibis.literal(value=True) if bound >= 16**DIGITS else lot < f"{bound:0{DIGITS}x}"

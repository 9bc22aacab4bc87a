"""Stripe: payments, invoices and subscriptions."""

from __future__ import annotations

from kundig.sources.live.hooks.hook import Hook

_IN = "data.object"
_WHOLE = "'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'ugx', 'vnd', 'vuv', 'xaf', 'xof', 'xpf'"
"""Currencies that have no smaller unit; amounts of all others are in hundredths."""


def _money(field: str) -> dict[str, str]:
    return {"sql": f"try_cast(\"{_IN}.{field}\" as decimal(18, 4)) / case when {_IN}.currency in ({_WHOLE}) then 1 else 100 end"}


_PRICE = f"{_IN}.items.data.0.price"
_MONTHS = f"case \"{_PRICE}.recurring.interval\" when 'year' then 12.0 when 'week' then 12.0 / 52 when 'day' then 12.0 / 365 else 1.0 end * coalesce(try_cast(\"{_PRICE}.recurring.interval_count\" as double), 1)"
_MONTHLY = {"sql": f"try_cast(\"{_PRICE}.unit_amount\" as double) * coalesce(try_cast(\"{_IN}.items.data.0.quantity\" as double), 1) / case when {_IN}.currency in ({_WHOLE}) then 1 else 100 end / ({_MONTHS})"}
_WHEN = {"at": "created", "subject": "stripe:{data.object.customer}", "currency": {"sql": f"upper({_IN}.currency)"}}
_CONTRACT = {**_WHEN, "kind": "contract", "case_id": f"{_IN}.id", "touchpoint": "contract", "product": f"{_PRICE}.product"}

STRIPE = Hook.model_validate({
    "signature": {"scheme": "stripe", "header": "stripe-signature"},
    "id": ["id"],
    "headers": [],
    "formats": {"created": "epoch seconds"},
    "events": [
        {**_WHEN, "kind": "payment", "when": "type = 'invoice.paid'", "case_id": f"{_IN}.id", "touchpoint": "billing.payment", "amount": _money("amount_paid")},
        {**_WHEN, "kind": "payment", "when": "type = 'invoice.payment_failed'", "case_id": f"{_IN}.id", "touchpoint": "billing.payment", "amount": _money("amount_due"), "outcome": "failed"},
        {**_WHEN, "kind": "order", "when": "type = 'checkout.session.completed'", "case_id": f"{_IN}.id", "touchpoint": "shop.order", "channel": "web", "amount": _money("amount_total")},
        {**_WHEN, "kind": "refund", "when": "type = 'charge.refunded'", "case_id": f"{_IN}.id", "touchpoint": "billing.refund", "amount": _money("amount_refunded")},
        {**_WHEN, "kind": "complaint", "when": "type = 'charge.dispute.created'", "subject": "stripe:{data.object.charge}", "case_id": f"{_IN}.id", "touchpoint": "billing.dispute", "amount": _money("amount"), "properties": {"reason": f"{_IN}.reason"}},
        {**_CONTRACT, "when": "type = 'customer.subscription.created'", "outcome": "started", "amount": _MONTHLY},
        {**_CONTRACT, "when": "type = 'customer.subscription.updated'", "amount": _MONTHLY},
        {**_CONTRACT, "when": "type = 'customer.subscription.deleted'", "outcome": "ended", "amount": "0"},
    ],
    "traits": [{"subject": f"stripe:{{{_IN}.id}}", "when": "type in ('customer.created', 'customer.updated')", "email": f"{_IN}.email", "name": f"{_IN}.name", "phone": f"{_IN}.phone", "street": f"{_IN}.address.line1", "postcode": f"{_IN}.address.postal_code", "city": f"{_IN}.address.city", "country": f"{_IN}.address.country"}],
})  # fmt: skip
"""A subscription's amount is per month; a dispute names the payment, not the customer."""

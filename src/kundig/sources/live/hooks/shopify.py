"""Shopify: orders, deliveries, returns, and who the customers are."""

from __future__ import annotations

from kundig.sources.live.hooks.hook import Hook

_TOPIC = '"headers.x-shopify-topic"'
_ORDER = {"subject": "shopify:{customer.id}", "case_id": "id", "currency": "currency", "channel": "web"}
_PERSON = {"email": "email", "given_name": "first_name", "family_name": "last_name", "phone": "phone", "street": "default_address.address1", "postcode": "default_address.zip", "city": "default_address.city", "country": "default_address.country_code", "company": "default_address.company"}

SHOPIFY = Hook.model_validate({
    "signature": {"scheme": "hmac", "header": "x-shopify-hmac-sha256", "encoding": "base64"},
    "id": ["headers.x-shopify-webhook-id"],
    "name": ["headers.x-shopify-topic"],
    "headers": ["x-shopify-topic", "x-shopify-webhook-id"],
    "events": [
        {**_ORDER, "kind": "order", "when": f"{_TOPIC} = 'orders/create'", "at": "created_at", "touchpoint": "shop.order", "amount": "total_price", "properties": {"order_name": "name"}},
        {**_ORDER, "kind": "order_cancelled", "when": f"{_TOPIC} = 'orders/cancelled'", "at": "cancelled_at", "touchpoint": "shop.order", "outcome": "lost", "properties": {"reason": "cancel_reason"}},
        {**_ORDER, "kind": "delivery", "when": f"{_TOPIC} = 'orders/fulfilled'", "at": "updated_at", "touchpoint": "shop.delivery"},
        {"kind": "return", "when": f"{_TOPIC} = 'refunds/create'", "at": "created_at", "subject": {"sql": "cast(null as varchar)"}, "case_id": "order_id", "touchpoint": "shop.refund", "channel": "web", "amount": "transactions.0.amount", "currency": "transactions.0.currency", "text": "note"},
    ],
    "traits": [
        {"subject": "shopify:{id}", "when": f"{_TOPIC} in ('customers/create', 'customers/update')", **_PERSON},
        {"subject": "shopify:{customer.id}", "when": f"{_TOPIC} = 'orders/create' and customer.id is not null", **{field: f"customer.{path}" for field, path in _PERSON.items()}},
    ],
})  # fmt: skip
"""What it is about stands in a header. A refund names the order, not the customer."""

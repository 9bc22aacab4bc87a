"""Systems whose payloads are known, each in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping

from kundig.sources.live.hooks.chatwoot import CHATWOOT
from kundig.sources.live.hooks.formbricks import FORMBRICKS
from kundig.sources.live.hooks.freshdesk import FRESHDESK
from kundig.sources.live.hooks.hook import Hook
from kundig.sources.live.hooks.shopify import SHOPIFY
from kundig.sources.live.hooks.stripe import STRIPE
from kundig.sources.live.hooks.typeform import TYPEFORM
from kundig.sources.live.hooks.zendesk import ZENDESK

HOOKS: Mapping[str, Hook] = {
    "chatwoot": CHATWOOT, "formbricks": FORMBRICKS, "freshdesk": FRESHDESK, "shopify": SHOPIFY, "stripe": STRIPE, "typeform": TYPEFORM, "zendesk": ZENDESK,
}  # fmt: skip

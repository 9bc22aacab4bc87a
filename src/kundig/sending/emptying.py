"""Emptying the outbox: what waits and is due is sent; what fails is tried again later and later, and then given up, in words."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from kundig.playbooks.steps import Webhook, walked
from kundig.sending.webhook import Answer, posted
from kundig.state.outbox import Outbox, OutboxState

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
"""How long is waited after each failure. Source: Standard Webhooks, 1.0.0."""
BATCH = 100

Post = Callable[[Webhook, str, Mapping[str, Any], datetime], Answer]


def emptied(now: datetime, post: Post | None = None, dice: Random | None = None) -> Counter[str]:
    """Send what is due by `now`; how many were done, failed for good, or wait for another try.

    A row is claimed before it is sent, by counting its tries: of two who empty at once, one sends it. Whoever dies between
    sending and writing that down has it sent again, under the same id.
    """
    chance = dice or Random()  # noqa: S311 -- spreads tries, hides nothing
    done = Counter[str]()
    waiting = Outbox.objects.filter(state=OutboxState.WAITING, next_at__lte=now).select_related("enrolment__version").order_by("next_at", "pk")
    for row in waiting[:BATCH]:
        pause = PAUSES[min(row.tries, len(PAUSES) - 1)] * (1 + chance.random() / 5)
        if not Outbox.objects.filter(pk=row.pk, state=OutboxState.WAITING, tries=row.tries).update(tries=row.tries + 1, next_at=now + pause):
            continue
        webhook = dict(walked(row.enrolment.version.playbook.steps))[row.path].what
        answer = (post or _post)(webhook, f"msg_{row.pk}", _said(row), now)
        state = OutboxState.DONE if answer.done else OutboxState.WAITING if answer.again and row.tries < len(PAUSES) else OutboxState.FAILED
        Outbox.objects.filter(pk=row.pk).update(state=state, reason=answer.reason[:200], done_at=None if state == OutboxState.WAITING else now)
        done[state] += 1
    return done


def _said(row: Outbox) -> dict[str, Any]:
    one = row.enrolment
    return {"type": "playbook.step", "timestamp": row.at.isoformat(), "data": {"playbook": one.playbook, "version": one.version.number, "step": row.path, "customer": one.customer, "cause": one.cause, "key": one.key, "at": one.at.isoformat()}}


def _post(webhook: Webhook, message_id: str, data: Mapping[str, Any], now: datetime) -> Answer:
    secret = os.environ.get(webhook.secret)
    if not secret:
        return Answer(done=False, again=True, reason=f"the environment variable {webhook.secret} with the signing secret is not set")
    allowed = [host.strip() for host in os.environ.get("KUNDIG_WEBHOOK_HOSTS", "").split(",") if host.strip()]
    return posted(webhook.url, secret, message_id, data, now, allowed=allowed)

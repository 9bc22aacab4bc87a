"""Emptying the outbox: what waits and is due is sent; what fails is tried again later and later, and then given up, in words."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from kundig.playbooks.recipients import Recipient, recipients
from kundig.playbooks.steps import Asked, Chat, Webhook, walked
from kundig.sending.allowed import Held
from kundig.sending.chatting import chatted
from kundig.sending.mailing import mailed
from kundig.sending.outside import Outside
from kundig.sending.post import Post
from kundig.sending.webhook import Answer, posted
from kundig.sending.writing import FullError
from kundig.state.enrolments import EnrolmentState
from kundig.state.invitations import invited
from kundig.state.outbox import Outbox, OutboxState
from kundig.state.surveys import newest_survey

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
"""How long is waited after each failure. Source: Standard Webhooks, 1.0.0."""
BATCH = 100

Called = Callable[[Webhook, str, Mapping[str, Any], datetime], Answer]
STOPPED = {EnrolmentState.GOAL: "the goal was reached before it could go out", EnrolmentState.TAKEN_BACK: "what let the customer in turned out not to be so"}


@dataclass(frozen=True)
class _Round:
    """One round of emptying."""

    now: datetime
    post: Called
    outside: Outside | None
    mail: Post | None
    people: Mapping[str, Recipient]


def emptied(now: datetime, post: Called | None = None, dice: Random | None = None, outside: Outside | None = None) -> Counter[str]:
    """Send what is due by `now`; how many were done, failed for good, were withheld, or wait for another try.

    A row is claimed before it is sent, by counting its tries: of two who empty at once, one sends it. Whoever dies between
    sending and writing that down has it sent again, under the same id.

    Args:
        now: the moment.
        post: calls webhooks; by default by HTTPS.
        dice: spreads the tries.
        outside: the way to customers and colleagues; without it letters wait.
    """
    chance = dice or Random()  # noqa: S311 -- spreads tries, hides nothing
    done = Counter[str]()
    waiting = list(Outbox.objects.filter(state=OutboxState.WAITING, next_at__lte=now).select_related("enrolment__version").order_by("next_at", "pk")[:BATCH])
    named = {row.enrolment.customer for row in waiting if row.kind in {"email", "survey", "chat"}}
    people = recipients(outside.journal.as_of(now), named) if outside is not None and named else {}
    mail = Post(outside.mail) if outside is not None and outside.mail is not None else None
    going = _Round(now, post or _post, outside, mail, people)
    try:
        for row in waiting:
            pause = PAUSES[min(row.tries, len(PAUSES) - 1)] * (1 + chance.random() / 5)
            if not Outbox.objects.filter(pk=row.pk, state=OutboxState.WAITING, tries=row.tries).update(tries=row.tries + 1, next_at=now + pause):
                continue
            try:
                done[_settled(row, _done(row, going), now)] += 1
            except FullError:
                Outbox.objects.filter(pk=row.pk).update(tries=row.tries, next_at=now + timedelta(minutes=1), reason="waits: as many letters as allowed went out this minute")
                done[OutboxState.WAITING] += 1
    finally:
        if mail is not None:
            mail.close()
    return done


def _settled(row: Outbox, came: Answer | Held, now: datetime) -> str:
    """Write down what came of it."""
    if isinstance(came, Held):
        if came.until is not None:
            # Waiting for its hour is no failed try.
            Outbox.objects.filter(pk=row.pk).update(tries=row.tries, next_at=came.until, reason=came.reason[:200])
            return str(OutboxState.WAITING)
        Outbox.objects.filter(pk=row.pk).update(state=OutboxState.WITHHELD, reason=came.reason[:200], done_at=now)
        return str(OutboxState.WITHHELD)
    state = OutboxState.DONE if came.done else OutboxState.WAITING if came.again and row.tries < len(PAUSES) else OutboxState.FAILED
    Outbox.objects.filter(pk=row.pk).update(state=state, reason=came.reason[:200], done_at=None if state == OutboxState.WAITING else now)
    return str(state)


def _done(row: Outbox, going: _Round) -> Answer | Held:
    """Do what the row asks for."""
    what = dict(walked(row.enrolment.version.playbook.steps))[row.path].what
    if isinstance(what, Webhook):
        return going.post(what, f"msg_{row.pk}", _said(row), going.now)
    stopped = STOPPED.get(EnrolmentState(row.enrolment.state))
    if stopped is not None and row.tries == 0 and (row.enrolment.ended_at or going.now) > row.at:
        return Held(stopped)
    if going.outside is None:
        return Answer(done=False, again=True, reason="nothing goes out to customers from here")
    to = going.people[row.enrolment.customer]
    if isinstance(what, Chat):
        return chatted(what, row, to, going.outside.settings.company.language)
    if isinstance(what, Asked):
        return _asked(what, row)
    if going.mail is None:
        return Answer(done=False, again=True, reason="kundig.yaml has no `mail:`, so no letter goes out")
    return mailed(what, row, to, going.outside, going.mail, going.now)


def _asked(what: Asked, row: Outbox) -> Answer | Held:
    """Put the customer among those who are to be asked; what becomes of it is in the ledger of invitations, and comes back here."""
    version = newest_survey(what.survey)
    if version is None:
        return Held(f"there is no survey {what.survey!r}")
    invited(version, row.key, row.at, customer=row.enrolment.customer, act=row, by=f"playbook {row.enrolment.playbook}")
    return Answer(done=True, again=False, reason="")


def _said(row: Outbox) -> dict[str, Any]:
    one = row.enrolment
    return {"type": "playbook.step", "timestamp": row.at.isoformat(), "data": {"playbook": one.playbook, "version": one.version.number, "step": row.path, "customer": one.customer, "cause": one.cause, "key": one.key, "at": one.at.isoformat()}}


def _post(webhook: Webhook, message_id: str, data: Mapping[str, Any], now: datetime) -> Answer:
    secret = os.environ.get(webhook.secret)
    if not secret:
        return Answer(done=False, again=True, reason=f"the environment variable {webhook.secret} with the signing secret is not set")
    allowed = [host.strip() for host in os.environ.get("KUNDIG_WEBHOOK_HOSTS", "").split(",") if host.strip()]
    return posted(webhook.url, secret, message_id, data, now, allowed=allowed)

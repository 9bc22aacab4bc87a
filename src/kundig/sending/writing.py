"""Writing to a customer: may it go out, is it the same letter as before, what did the post say; all of it written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from kundig.playbooks.recipients import Recipient
from kundig.sending.allowed import Held, held
from kundig.sending.letter import Draft, back, domain, letter
from kundig.sending.outside import Outside
from kundig.sending.post import GoneError, Post
from kundig.sending.webhook import Answer
from kundig.state.letters import Letter, LetterState, hashed, suppress, token, within_minute
from kundig.state.told import tell

Drafted = Callable[[str | None], Draft]
"""What a letter says, given its link to unsubscribe."""


@dataclass(frozen=True)
class Wanted:
    """A letter that is asked for.

    Attributes:
        key: no other letter has it.
        to: whom it is for.
        purpose: what it is written for.
        asked_at: when it was asked for.
        touchpoint: where the customer meets the company in it.
        draft: what it says, given its link to unsubscribe.
        counted: whether the limits apply; a reminder is of one letter with what it reminds of.
        properties: what the journal is told of it beside purpose and subject.
    """

    key: str
    to: Recipient
    purpose: str
    asked_at: datetime
    touchpoint: str
    draft: Drafted
    counted: bool = True
    properties: Mapping[str, str] = field(default_factory=dict)


class FullError(Exception):
    """As many letters as the company allows have gone out this minute; the rest goes out afterwards."""


def written(outside: Outside, post: Post, wanted: Wanted, now: datetime) -> Answer | Held:
    """Write to a customer, if it may be; what came of it.

    The letter is reserved before it goes out, so that of two for one customer the second knows of the first. Sent again
    after a crash it has the same Message-ID.

    Raises:
        FullError: too many have gone out this minute.
    """
    mail = outside.mail
    if mail is None:
        return Answer(done=False, again=True, reason="kundig.yaml has no `mail:`, so no letter goes out")
    with transaction.atomic():
        # Of one customer one letter is judged at a time.
        list(Letter.objects.select_for_update().filter(customer=wanted.to.customer).values_list("pk", flat=True))
        why = held(outside, wanted.to, wanted.purpose, wanted.key, wanted.asked_at, now, counted=wanted.counted)
        if why is not None:
            Letter.objects.filter(key=wanted.key).update(state=LetterState.DROPPED)
            return why
        if within_minute(now) >= mail.a_minute:
            raise FullError
        address = wanted.to.email or ""
        values = {"customer": wanted.to.customer, "purpose": wanted.purpose, "address": hashed(address), "at": now, "state": LetterState.RESERVED}
        row, _ = Letter.objects.update_or_create(key=wanted.key, defaults=values)
        if not row.message_id:
            row.message_id = f"<{row.mark}@{domain(mail)}>"
            row.save(update_fields=["message_id"])
    # What is about a purchase cannot be left; everything else can, with one click.
    leave = f"{mail.address}/u/{token(row.pk)}/" if outside.contact.purpose(wanted.purpose).consent else None
    draft = wanted.draft(leave)
    try:
        answer = post.sent(letter(mail, draft, address, row.message_id, now), address, back(mail))
    except GoneError as error:
        answer = Answer(done=False, again=False, reason=str(error))
        suppress(row.address, "", "the address is gone: it was refused by its mail server", now)
    with transaction.atomic():
        state = LetterState.SENT if answer.done else LetterState.RESERVED if answer.again else LetterState.RETURNED
        Letter.objects.filter(pk=row.pk).update(state=state)
        if answer.done:
            event: dict[str, Any] = {"event_id": f"letter:{row.mark}", "occurred_at": now, "subject": wanted.to.customer, "kind": "message_out", "touchpoint": wanted.touchpoint, "channel": "email", "text": draft.text, "language": draft.language, "properties": {"purpose": wanted.purpose, "subject": draft.subject, **wanted.properties}}
            tell(f"letter:{row.mark}", "playbooks", "event", event, now)
    return answer

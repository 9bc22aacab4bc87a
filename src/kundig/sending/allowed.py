"""Whether a letter may go out now: address, consent, unsubscribing, hours, limits; if not, why, and whether later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from kundig.playbooks.recipients import Recipient
from kundig.sending.outside import Outside
from kundig.state.letters import hashed, often, suppressed
from kundig.touchpoints import span

LONGEST = 254
"""Characters of an address. Source: RFC 5321."""


@dataclass(frozen=True)
class Held:
    """Why a letter does not go out; `until` when it may be tried again, None where it is not sent at all."""

    reason: str
    until: datetime | None = None


def held(outside: Outside, to: Recipient, purpose: str, key: str, asked_at: datetime, now: datetime, *, counted: bool = True) -> Held | None:  # noqa: PLR0913 -- a letter, and when
    """Why a letter does not go out now; None if it may.

    Args:
        outside: what the company allows.
        to: whom it is for.
        purpose: what it is written for.
        key: its own, which does not count for the limits.
        asked_at: when it was asked for.
        now: the moment.
        counted: whether the limits apply.
    """
    contact = outside.contact
    if purpose not in contact.purposes:
        return Held(f"the purpose {purpose!r} is not one of `contact: purposes:`")
    address = to.email
    if not address:
        return Held("no e-mail address is known")
    if not deliverable(address):
        return Held("the e-mail address is none that can be written to")
    stopped = suppressed(hashed(address), purpose)
    if stopped is not None:
        return Held(f"{stopped.reason} ({stopped.at:%Y-%m-%d})")
    if not contact.consented(purpose, dict(to.consents)):
        return Held(f"no consent to {purpose}")
    opens = contact.open_at(now, outside.settings.calendar, outside.settings.company.timezone)
    if max(now, opens) - asked_at > span(contact.keeps):
        return Held(f"it would have waited longer than {contact.keeps}")
    if opens > now:
        return Held(f"waits for its hour, {contact.hours}", opens)
    for cap in contact.caps if counted else ():
        if cap.purpose in (None, purpose) and often(to.customer, now - span(cap.within), now, cap.purpose, key) >= cap.most:
            return Held(f"more than {cap.most} letters within {cap.within}" + (f" for {cap.purpose}" if cap.purpose else ""))
    return None


def deliverable(address: str) -> bool:
    """Whether an address is one that a letter can carry: one mailbox, no sign that ends a line.

    >>> [deliverable(text) for text in ("ada@example.org", "ada", "a@b, c@d", "a@b" + chr(10) + "Bcc: c@d")]
    [True, False, False, False]
    """
    local, _, domain = address.rpartition("@")
    plain = address.isprintable() and not any(sign in address for sign in ' ,;<>"()[]\\')
    return bool(local and domain) and plain and "@" not in local and len(address) <= LONGEST and parseaddr(address)[1] == address

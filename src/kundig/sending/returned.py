"""Letters that come back: delivery status notifications in a mailbox; an address that is gone gets nothing more.

Sources: RFC 3464 (the format), RFC 3463 (the codes).
"""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from pathlib import Path

from kundig.errors import ConfigError
from kundig.state.changes import Closing, ClosingState
from kundig.state.invitations import Invitation, InvitationState
from kundig.state.letters import Letter, LetterState, suppress
from kundig.state.outbox import Outbox, OutboxState

MOST = 500
_GONE = re.compile(r"5\.1\.\d+")


def returned(folder: Path, now: datetime) -> int:
    """Read what came back since the last time; how many letters of ours were among it. What was read is marked as seen.

    A letter is known by its Message-ID, which nobody outside can guess: a notification that names none of ours does nothing.

    Raises:
        ConfigError: the folder is no mailbox in the Maildir format.
    """
    if not (folder / "new").is_dir():
        raise ConfigError(f"mail: returned: {folder} is no mailbox in the Maildir format; expected a folder `new` in it")
    box = mailbox.Maildir(folder, factory=None, create=False)
    found = 0
    for key, kept in list(box.iteritems())[:MOST]:
        if kept.get_subdir() != "new":
            continue
        found += _read(message_from_bytes(kept.as_bytes(), policy=policy.default), now)
        kept.set_subdir("cur")
        kept.add_flag("S")
        box[key] = kept
    return found


def _read(message: EmailMessage | Message, now: datetime) -> int:
    parts = list(message.walk())
    status = next((text for part in parts if part.get_content_type() == "message/delivery-status" for text in [_status(part)] if text), None)
    if status is None:
        return 0
    ours = Letter.objects.filter(message_id__in=list(_ids(parts))).first()
    if ours is None or ours.state == LetterState.RETURNED:
        return 0
    ours.state = LetterState.RETURNED
    ours.save(update_fields=["state"])
    Outbox.objects.filter(key=ours.key).update(state=OutboxState.FAILED, reason=f"the letter came back: {status}", done_at=now)
    Invitation.objects.filter(key=ours.key).update(state=InvitationState.BOUNCED, reason=f"the letter came back: {status}", next_at=None)
    told = Closing.of(ours.key)
    if told is not None:
        told.filter(state=ClosingState.SENT).update(state=ClosingState.FAILED, reason=f"the letter came back: {status}", done_at=now)
    if _GONE.match(status):
        suppress(ours.address, "", "the address is gone: a letter came back", now)
    return 1


def _status(part: Message) -> str | None:
    """The code of a failure that is for good; a delay is none."""
    for fields in part.get_payload() if isinstance(part.get_payload(), list) else []:
        code = str(fields.get("Status", "")).strip() if isinstance(fields, Message) else ""
        if isinstance(fields, Message) and str(fields.get("Action", "")).strip().lower() == "failed" and re.match(r"5\.\d+\.\d+", code):
            return code.split()[0][:12]
    return None


def _ids(parts: list[Message]) -> Iterator[str]:
    """Message-IDs of the letters that are enclosed, whole or as headers."""
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            if isinstance(first, Message) and first.get("Message-ID"):
                yield str(first["Message-ID"]).strip()
        elif part.get_content_type() == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            match = re.search(rb"^message-id:\s*(<[^>\s]+>)", text if isinstance(text, bytes) else b"", re.IGNORECASE | re.MULTILINE)
            if match:
                yield match[1].decode("ascii", "replace")

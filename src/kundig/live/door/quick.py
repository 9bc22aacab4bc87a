"""Requests whose events are all as they should be, told apart without building what they say.

Types that are checked while they are read stand for the rules in `segment`; whatever does not fit them goes there, and is
looked at with care. What a body says beside them is skipped, and kept as it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from msgspec import DecodeError, Meta, Struct, ValidationError
from msgspec.json import Decoder
from orjson import dumps

from kundig.live.door.segment import LARGEST_EVENT, LONGEST_ID, LONGEST_NAME, MOST_EVENTS, Checked
from kundig.sources.live.moments import EARLIEST, LATEST, SKEW, occurred, since
from kundig.store.inbox.kept import Arrival, Whole, keyed

Identity = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]
Moment = Annotated[datetime, Meta(tz=True)]


class Call(Struct, gc=False, rename="camel"):
    """A call that needs nobody but the user."""

    message_id: Identity
    user_id: str | None = None
    anonymous_id: str | None = None
    event: str | None = None
    timestamp: Moment | None = None
    original_timestamp: Moment | None = None


class One(Call, gc=False, rename="camel"):
    """One by itself."""

    sent_at: Moment | None = None
    write_key: str | None = None


class Of(Call, gc=False, kw_only=True, rename="camel"):
    """One of a batch. A time of sending or a write key of its own is a case for care."""

    type: Literal["track", "page", "screen", "identify"]
    sent_at: None = None
    write_key: None = None


class Batch(Struct, gc=False, rename="camel"):
    """Many. What is said of all of them beside the time is a case for care."""

    batch: Annotated[list[Of], Meta(min_length=1, max_length=MOST_EVENTS)]
    sent_at: Moment | None = None
    write_key: str | None = None
    context: None = None


_READ: Mapping[str, Decoder[One] | Decoder[Batch]] = {"batch": Decoder(Batch), **dict.fromkeys(("track", "page", "screen", "identify"), Decoder(One))}
_ID = b'"messageId"'
_HALF = LARGEST_EVENT // 2


def read(body: bytes, call: str) -> One | Batch | None:
    """What a body holds; None where it is to be looked at with care.

    Args:
        body: the body.
        call: one of the values of `segment.CALLS`.
    """
    decoder = _READ.get(call)
    if decoder is None:
        return None
    try:
        found = decoder.decode(body)
        # What was skipped is not known to be text.
        str(body, "utf-8")
    except (ValidationError, DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found


def told_apart(found: One | Batch, body: bytes, call: str, *, source: str, received: int, secret: bytes) -> Checked | None:  # noqa: PLR0913 -- as `segment.checked`
    """As `segment.checked`; None where it is to be looked at with care."""
    if found.write_key is not None:
        # It has done its work, and is kept nowhere.
        body = body.replace(dumps(found.write_key), b"null")
    return _batch(found, body, source, received, secret) if isinstance(found, Batch) else _one(found, body, call, source, received, secret)


def _one(found: One, body: bytes, call: str, source: str, received: int, secret: bytes) -> Checked | None:  # noqa: PLR0913 -- as above
    who, name = found.user_id or found.anonymous_id, found.event if call == "track" else call
    if not who or who.isspace() or not name or name.isspace() or len(body) > LARGEST_EVENT:
        return None
    original = found.original_timestamp or found.timestamp
    at = received
    if original is not None:
        at = since(original)
        if found.sent_at is not None:
            at = occurred(at, since(found.sent_at), received)
        if not EARLIEST < at < LATEST:
            return None
    hashing = keyed(secret).copy()
    hashing.update(found.message_id.encode())
    item = b'{"at":%d,"came":%d,"id":%b,"type":"%b","e":%b}' % (at, received, dumps(found.message_id), call.encode(), body)
    return Checked(Arrival(received, source, "segment", (item,), (hashing.digest(),), (name[:LONGEST_NAME],)), (0,), (), 1)


def _batch(found: Batch, body: bytes, source: str, received: int, secret: bytes) -> Checked | None:
    batch = found.batch
    who = [each.user_id or each.anonymous_id or "" for each in batch]
    names = [each.event or "" if each.type == "track" else each.type for each in batch]
    if not all(map(str.strip, who)) or not all(map(str.strip, names)) or _large(body, len(batch)):
        return None
    moments = [moment for each in batch if (moment := each.original_timestamp or each.timestamp) is not None]
    later = 0
    if moments:
        if found.sent_at is not None:
            sent = since(found.sent_at)
            later = 0 if abs(received - sent) < SKEW else received - sent
        if not since(min(moments)) + later > EARLIEST or not since(max(moments)) + later < LATEST:
            return None
    ids = [each.message_id for each in batch]
    copied = keyed(secret).copy
    keys = []
    for each in ids:
        hashing = copied()
        hashing.update(each.encode())
        keys.append(hashing.digest())
    if max(map(len, names)) > LONGEST_NAME:
        names = [name[:LONGEST_NAME] for name in names]
    return Checked(Whole(received, source, "batch", (body,), keys, names, (), ids, later), range(len(ids)), (), len(ids))


def _large(body: bytes, events: int) -> bool:
    """Whether an event might be larger than one may be.

    Each has an id. Where no other thing in the body is called so, and no two ids that follow one another are further apart than
    half of that, none is.
    """
    if len(body) <= LARGEST_EVENT:
        return False
    if body.count(_ID) != events:
        return True
    at, end = 0, len(body)
    while end - at > _HALF:
        at = body.rfind(_ID, at + 1, at + _HALF)
        if at < 0:
            return True
    return False

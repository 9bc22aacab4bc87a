"""Requests in Segment's format, checked event by event.

Every event becomes an item of the inbox or a dead letter with its reason; one that is bad takes no other with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any
from uuid import uuid4

import msgspec
import orjson
from orjson import dumps

from kundig.live.door.refusals import UnreadableError
from kundig.sources.live.moments import micros, occurred
from kundig.store.inbox.kept import Arrival, Dead, key

LARGEST_EVENT = 32 * 1024
LARGEST_BATCH = 500 * 1024
MOST_EVENTS = 2_500
LONGEST_ID = 255
"""Of ids that are told apart; Segment asks for fewer than 100 characters, some senders use more."""
LONGEST_NAME = 200
"""Of names that are counted."""

CALLS: Mapping[str, str] = {
    **{name: name for name in ("track", "identify", "page", "screen", "group", "alias", "batch")},
    "t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias", "b": "batch",
    "import": "batch",
}
"""The last part of an address, and the call it stands for; browsers use the single letters."""
NAMED = ("track", "page", "screen", "identify", "group", "alias")


@dataclass(frozen=True)
class Rejected:
    """An event that was not taken: its position in the request, the sender's id, and why."""

    index: int
    message_id: str
    code: str
    message: str

    def json(self) -> dict[str, Any]:
        """As the answer has it."""
        return {"index": self.index, "messageId": self.message_id, "code": self.code, "message": self.message}


@dataclass(slots=True)
class Checked:
    """A request whose events are told apart: what arrived, where each item stood, and what was rejected."""

    arrival: Arrival
    indices: Sequence[int]
    rejected: tuple[Rejected, ...]
    received: int

    def answer(self, known: tuple[int, ...]) -> bytes:
        """What the sender is told; `known` are positions of items that had arrived before."""
        if not known and not self.rejected:
            return b'{"success":true,"received":%d,"accepted":%d,"duplicates":0,"rejected":[]}' % (self.received, self.received)
        told = {"success": True, "received": self.received, "accepted": len(self.indices) - len(known), "duplicates": len(known), "rejected": [each.json() for each in self.rejected]}
        return orjson.dumps(told)


def parsed(body: bytes) -> dict[str, Any]:
    """The object in a body, in UTF-8 with or without a byte order mark, or UTF-16 or 32.

    Raises:
        UnreadableError: it holds no JSON object.
    """
    try:
        # Numbers of more than 64 bits stay what they are, which orjson makes inexact.
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # What the quick reader refuses may be one odd event among good ones.
        try:
            value = json.loads(body, parse_constant=_Odd, parse_float=_number)
        except (ValueError, RecursionError) as error:
            raise UnreadableError(f"the body is not valid JSON: {error}; expected an object such as {{\"batch\": […]}}") from None
    if not isinstance(value, dict):
        raise UnreadableError(f"expected a JSON object, found {type(value).__name__}")
    return value


class _Odd:
    """A number that JSON does not have: the event that holds it is a dead letter, and no other."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def _number(text: str) -> float | str:
    """A number that is too large for any machine is kept as it is written."""
    value = float(text)
    return value if isfinite(value) else text


class _BadError(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def checked(value: Mapping[str, Any], call: str, *, source: str, received: int, secret: bytes) -> Checked:
    """The events of a request.

    Args:
        value: the body.
        call: one of the values of CALLS.
        source: the silo that the write key stands for.
        received: microseconds since 1970, when the request came.
        secret: what ids are hashed with.
    """
    batch = value.get("batch") if call == "batch" else [value]
    envelope = value if call == "batch" else {}
    check = _Check(source, received, secret, envelope, None if call == "batch" else call)
    if not isinstance(batch, list):
        check.bury(0, "", "no_batch", f"expected a list under `batch`, found {type(batch).__name__}", _keyless(dict(value)))
        return check.checked(1)
    if len(batch) > MOST_EVENTS:
        check.bury(0, "", "too_many_events", f"{len(batch):,} events in a batch; at most {MOST_EVENTS:,} are taken: send smaller batches", _keyless({**value, "batch": [_keyless(event) for event in batch]}))
        return check.checked(len(batch))
    check.all(batch)
    return check.checked(len(batch))


class _Check:
    def __init__(self, source: str, received: int, secret: bytes, envelope: Mapping[str, Any], call: str | None) -> None:
        self.source, self.received, self.secret, self.call = source, received, secret, call
        self.context = envelope.get("context") if isinstance(envelope.get("context"), dict) else None
        self.envelope_sent = envelope.get("sentAt")
        self.sent = _sent(self.envelope_sent)
        self.items: list[bytes] = []
        self.keys: list[bytes] = []
        self.names: list[str] = []
        self.indices: list[int] = []
        self.dead: list[Dead] = []
        self.rejected: list[Rejected] = []

    def all(self, batch: Sequence[Any]) -> None:
        """Every event: an item, or a dead letter."""
        for index, event in enumerate(batch):
            self.take(index, event)

    def take(self, index: int, event: Any) -> None:
        """One event: an item, or a dead letter."""
        event = _keyless(event)
        try:
            item, identity, name = self._item(event)
        except _BadError as bad:
            said = event.get("messageId") if isinstance(event, dict) else None
            self.bury(index, said if isinstance(said, str) else "", bad.code, str(bad), event)
            return
        self.items.append(item)
        self.keys.append(key(self.secret, identity))
        self.names.append(name)
        self.indices.append(index)

    def _item(self, event: Any) -> tuple[bytes, str, str]:
        if not isinstance(event, dict):
            raise _BadError("not_an_object", f"expected an object, found {type(event).__name__}")
        call = self.call or event.get("type")
        if call not in NAMED:
            raise _BadError("unknown_type", f"`type` is {str(call)[:40]!r}; expected one of {', '.join(NAMED)}")
        identity = event.get("messageId")
        if identity is None or identity == "":
            identity = str(uuid4())
        elif not isinstance(identity, str) or len(identity) > LONGEST_ID:
            raise _BadError("bad_message_id", f"`messageId` is to be a text of at most {LONGEST_ID} characters")
        self._people(call, event)
        item = {"at": self._at(event), "came": self.received, "id": identity, "type": call, "e": event}
        if self.context is not None:
            own = event.get("context")
            item["e"] = {**event, "context": {**self.context, **own} if isinstance(own, dict) else self.context}
        try:
            written = _exact(item)
        except (TypeError, ValueError):
            raise _BadError("bad_text", "it holds a number or letters that JSON in UTF-8 cannot") from None
        if len(written) > LARGEST_EVENT and len(_exact(event)) > LARGEST_EVENT:
            raise _BadError("too_large", f"the event has {len(written):,} bytes; at most {LARGEST_EVENT:,} are taken")
        name = event.get("event") if call == "track" else None
        return written, identity, name[:LONGEST_NAME] if isinstance(name, str) else call

    def _people(self, call: str, event: Mapping[str, Any]) -> None:
        """Each call names somebody, and what it is about."""
        user, anonymous = event.get("userId"), event.get("anonymousId")
        if not _name(user) and not _name(anonymous) and not (call == "alias" and _name(event.get("previousId"))):
            raise _BadError("no_user_anon_id", "an event needs a `userId` or an `anonymousId`, as text")
        if call == "track" and not _name(event.get("event")):
            raise _BadError("no_event", "a track call needs the name of the `event`, as text")
        if call == "group" and not _name(event.get("groupId")):
            raise _BadError("no_group_id", "a group call needs a `groupId`, as text")
        if call == "alias" and (not _name(event.get("previousId")) or not _name(user)):
            raise _BadError("no_previous_id", "an alias call needs a `userId` and a `previousId`, as text")

    def _at(self, event: Mapping[str, Any]) -> int:
        original = event.get("originalTimestamp")
        if original is None:
            original = event.get("timestamp")
        if original is None:
            return self.received
        try:
            happened = micros(original)
        except (ValueError, OverflowError) as error:
            raise _BadError("bad_timestamp", f"`timestamp` is {error}") from None
        own = event.get("sentAt")
        return occurred(happened, self.sent if own is None else _sent(own), self.received)

    def bury(self, index: int, identity: str, code: str, message: str, event: Any) -> None:
        """A dead letter, with all that was sent of it."""
        whole: Any = event if self.call or not isinstance(event, dict) or code in {"no_batch", "too_many_events"} else {"context": self.context, "sentAt": self.envelope_sent, "batch": [event]}
        body, form = written(whole), f"segment:{self.call or 'batch'}"
        self.dead.append(Dead(key(self.secret, f"dead {code} {form} " + body.decode("utf-8", "replace")), form, identity, code, message, body))
        self.rejected.append(Rejected(index, identity, code, message))

    def checked(self, received: int) -> Checked:
        """The request as a whole."""
        arrival = Arrival(self.received, self.source, "segment", self.items, self.keys, self.names, self.dead)
        return Checked(arrival, tuple(self.indices), tuple(self.rejected), received)


def _keyless(event: Any) -> Any:
    """Without the write key: it has done its work, and is kept nowhere."""
    return {name: value for name, value in event.items() if name != "writeKey"} if isinstance(event, dict) and "writeKey" in event else event


def _sent(value: Any) -> int | None:
    """When it was sent; None where that is not said, or is no time: then nothing is known of the sender's clock."""
    try:
        return None if value is None else micros(value)
    except (ValueError, OverflowError):
        return None


def _name(value: Any) -> bool:
    return (isinstance(value, str) and bool(value.strip())) or (isinstance(value, int) and not isinstance(value, bool))


def _exact(value: Any) -> bytes:
    """A value as JSON, with numbers of any size.

    Raises:
        TypeError: it holds what JSON does not have.
        ValueError: its letters are none.
    """
    try:
        return dumps(value)
    except TypeError:
        return bytes(msgspec.json.encode(value))


def written(value: Any) -> bytes:
    """A value as JSON in ASCII, whatever letters and numbers it holds."""
    try:
        return orjson.dumps(value)
    except (TypeError, ValueError):
        return json.dumps(value, default=str).encode("ascii", "replace")

"""Payloads of webhooks: proven by their signature, told apart by their delivery's id."""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

import orjson

from kundig.live.door.refusals import UnreadableError, UnsignedError
from kundig.live.door.segment import Checked, written
from kundig.sources.live.hooks.hook import Signature
from kundig.sources.live.live import Webhook
from kundig.sources.live.moments import micros
from kundig.store.inbox.kept import Arrival, key

TOLERANCE = 5 * 60 * 1_000_000
"""Microseconds by which the time of sending may differ from the door's."""


class Hooks:
    """The webhooks of a configuration."""

    def __init__(self, webhooks: Mapping[str, Webhook]) -> None:
        self._webhooks = webhooks
        self._hooks = {name: webhook.hook for name, webhook in webhooks.items()}
        self.names = frozenset(webhooks)

    def checked(self, name: str, headers: Mapping[bytes, bytes], body: bytes, received: int, secret: bytes) -> Checked:
        """A payload as an item of the inbox; a list is several.

        Raises:
            UnsignedError: the signature is missing, wrong, or old.
            UnreadableError: the payload is no JSON.
        """
        webhook, hook = self._webhooks[name], self._hooks[name]
        told = {header.decode("latin-1"): value.decode("latin-1") for header, value in headers.items()}
        proven(hook.signature, webhook.secret, told, body, received)
        try:
            payload = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise UnreadableError(f"the payload is not valid JSON: {error}") from None
        items = payload if isinstance(payload, list) else [payload]
        kept = {header: told[header] for header in hook.headers if header in told}
        delivery = _first(hook.id, kept, payload) or hashlib.sha256(body).hexdigest()[:32]
        rows = [written({"at": received, "id": delivery if len(items) == 1 else f"{delivery}-{position}", "e": item, "h": kept}) for position, item in enumerate(items)]
        keys = [key(secret, f"webhook {name} {delivery} {position}") for position in range(len(items))]
        called = _first(hook.name, kept, payload) or name
        arrival = Arrival(received, webhook.source or name, f"webhook:{name}", rows, keys, [called[:200]] * len(items))
        return Checked(arrival, tuple(range(len(items))), (), len(items))


def proven(signature: Signature, secret: str, headers: Mapping[str, str], body: bytes, received: int) -> None:
    """Return if the headers prove that whoever has the secret sent this body lately.

    Args:
        signature: how the system signs.
        secret: what it signs with.
        headers: by lower-case name.
        body: what was sent.
        received: microseconds since 1970.

    Raises:
        UnsignedError: they do not.
    """
    match signature.scheme:
        case "token":
            given = headers.get(signature.header.lower()) or ""
            if given.lower().startswith("basic "):
                # The password, whatever the user is called.
                given = _unpacked(given[6:]).partition(":")[2]
            given = given[7:] if given.lower().startswith("bearer ") else given
            if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
                raise UnsignedError(f"the token in the header {signature.header!r} is missing or wrong")
        case "standard":
            identity, at, given = (headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
            _recent(at, received)
            right = b64encode(_mac(_standard_secret(secret), f"{identity}.{at}.".encode("latin-1") + body)).decode()
            _one_of(right, [part.removeprefix("v1,") for part in given.split(" ") if part.startswith("v1,")])
        case "stripe":
            parts = [part.partition("=")[::2] for part in headers.get("stripe-signature", "").split(",")]
            at = next((value for name, value in parts if name.strip() == "t"), "")
            _recent(at, received)
            _one_of(_mac(secret.encode(), at.encode("latin-1") + b"." + body).hex(), [value for name, value in parts if name.strip() == "v1"])
        case _:
            at = headers.get(signature.timestamp.lower(), "") if signature.timestamp else ""
            if signature.timestamp:
                _recent(at, received)
            before, _, after = signature.signed.partition("{body}")
            signed = before.replace("{timestamp}", at).encode("latin-1") + body + after.replace("{timestamp}", at).encode("latin-1")
            mac = _mac(secret.encode(), signed)
            right = mac.hex() if signature.encoding == "hex" else b64encode(mac).decode()
            _one_of(right, [headers.get(signature.header.lower(), "").removeprefix(signature.prefix)])


def _one_of(right: str, given: list[str]) -> None:
    if not any(hmac.compare_digest(right.encode(), each.strip().encode("utf-8", "replace")) for each in given):
        raise UnsignedError("the signature is missing or wrong; check the secret of the webhook in kundig.yaml")


def _recent(at: str, received: int) -> None:
    try:
        sent = micros(float(at) if at.replace(".", "", 1).isdigit() else at)
    except ValueError:
        raise UnsignedError("the time of sending is missing or no time") from None
    if abs(sent - received) > TOLERANCE:
        raise UnsignedError("the time of sending differs by more than five minutes: the request is old, or a clock is wrong")


def _mac(secret: bytes, signed: bytes) -> bytes:
    return hmac.new(secret, signed, hashlib.sha256).digest()


def _standard_secret(secret: str) -> bytes:
    """Standard Webhooks writes the secret in base64 after `whsec_`; one without is taken as it is."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix("whsec_") + "==")
    except binascii.Error:
        return secret.encode()


def _unpacked(text: str) -> str:
    try:
        return b64decode(text.strip()).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _first(paths: tuple[str, ...], headers: Mapping[str, str], payload: Any) -> str | None:
    """The first text that one of the paths leads to."""
    for path in paths:
        if path.startswith("headers."):
            found: Any = headers.get(path.removeprefix("headers."))
        else:
            found = payload
            for part in path.split("."):
                found = found.get(part) if isinstance(found, dict) else None
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found):
            return str(found)
    return None


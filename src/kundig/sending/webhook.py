"""Webhooks as Standard Webhooks have them: signed, with an id that stays the same when a message is sent again.

Source: https://www.standardwebhooks.com, version 1.0.0.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from kundig.sending.addresses import RefusedError, Resolved, address, resolved

WHOLE_SECONDS = 15.0
"""So long a call may take from the first to the last byte; a receiver that dribbles is cut off."""
GONE = 410


@dataclass(frozen=True)
class Answer:
    """What came of a call.

    Attributes:
        done: the receiver has taken it.
        again: it may be tried again; no for a receiver that is gone for good or must not be called.
        reason: in words, for whoever looks for it; empty when it is done.
    """

    done: bool
    again: bool
    reason: str


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: HMAC with SHA-256 of id, timestamp and body.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

    Raises:
        ValueError: the secret is not base64, after the prefix `whsec_`.
    """
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("expected a secret in base64 after whsec_") from None
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def posted(url: str, secret: str, message_id: str, data: Mapping[str, Any], now: datetime, *, allowed: Collection[str] = (), resolve: Resolved = resolved, seconds: float = WHOLE_SECONDS) -> Answer:  # noqa: PLR0913 -- a message, and where it may go
    """Post a message, and what came of it.

    The host is resolved once and that address is called, by TLS under the host's name. No redirect is followed, no body is read.

    Args:
        url: where to.
        secret: the signing secret, in base64.
        message_id: the same whenever this message is sent.
        data: what it says, as JSON.
        now: the moment of sending.
        allowed: hosts that may be called although they lead inside.
        resolve: gives the addresses of a host.
        seconds: how long the whole call may take.
    """
    import httpx  # noqa: PLC0415 -- slow import

    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        there = address(host, port, allowed, resolve)
    except RefusedError as error:
        return Answer(done=False, again=False, reason=str(error))
    except (OSError, UnicodeError) as error:
        return Answer(done=False, again=True, reason=f"{host} was not found: {error}")
    body = json.dumps(data, ensure_ascii=False, default=str).encode()
    timestamp = int(now.timestamp())
    headers = {
        "host": parts.netloc, "content-type": "application/json", "user-agent": "kundig",
        "webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signature(secret, message_id, timestamp, body),
    }  # fmt: skip
    called = httpx.URL(url).copy_with(host=there)

    async def call() -> int:
        async with asyncio.timeout(seconds), httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=seconds) as client, client.stream("POST", called, content=body, headers=headers, extensions={"sni_hostname": host}) as answer:
            return answer.status_code

    try:
        status = asyncio.run(call())
    except TimeoutError:
        return Answer(done=False, again=True, reason=f"{host} did not answer within {seconds:g} seconds")
    except httpx.HTTPError as error:
        return Answer(done=False, again=True, reason=f"{host} could not be reached: {type(error).__name__}")
    if 200 <= status < 300:  # noqa: PLR2004 -- success
        return Answer(done=True, again=False, reason="")
    return Answer(done=False, again=status != GONE, reason=f"{host} answered {status}" + (", which is for good" if status == GONE else ""))

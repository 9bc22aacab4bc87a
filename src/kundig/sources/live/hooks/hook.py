"""How a system signs what it sends, and what its payloads are to the journal."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kundig.definition import Definition
from kundig.sources.mapping import EventMapping, TraitMapping


class Signature(Definition):
    """How a payload proves where it comes from: an HMAC with SHA-256, or a token where a system cannot sign.

    Attributes:
        scheme: `standard` as Standard Webhooks has it; `stripe` as Stripe has it; `hmac` of `signed`; `token` for a
            secret that is sent as it is, in `header` or after `Bearer`.
        header: where the signature or token stands.
        prefix: what stands before it there.
        encoding: how it is written.
        signed: what is signed: `{body}`, and `{timestamp}` and `{id}` from their headers.
        timestamp: the header with the time of sending, which may be five minutes old; without one old requests cannot be told.
    """

    scheme: Literal["standard", "stripe", "hmac", "token"] = "standard"
    header: str = "webhook-signature"
    prefix: str = ""
    encoding: Literal["hex", "base64"] = "hex"
    signed: str = "{body}"
    timestamp: str | None = None


class Hook(Definition):
    """A known system.

    Attributes:
        signature: how it signs.
        id: where the id of a delivery stands: a header as `headers.NAME`, or a path in the payload; a hash of the body where there is none.
        name: where the kind of what happened stands, for counting.
        headers: headers that mappings can name, as `headers.NAME`.
        events, traits: what payloads become. A path leads into the payload, such as `data.customer.email`.
        formats: how columns write their times, where that is not plain.
    """

    signature: Signature = Field(default_factory=Signature)
    id: tuple[str, ...] = ("headers.webhook-id",)
    name: tuple[str, ...] = ("type", "event", "topic")
    headers: tuple[str, ...] = ("webhook-id",)
    events: tuple[EventMapping, ...] = ()
    traits: tuple[TraitMapping, ...] = ()
    formats: dict[str, str] = Field(default_factory=dict)

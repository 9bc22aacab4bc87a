"""Chatwoot: conversations that begin and are resolved, and their messages."""

from __future__ import annotations

from kundig.sources.live.hooks.hook import Hook

_CHANNEL = "case {0} when 'Channel::Email' then 'email' when 'Channel::WebWidget' then 'chat' when 'Channel::Whatsapp' then 'chat' when 'Channel::Telegram' then 'chat' when 'Channel::Sms' then 'phone' when 'Channel::FacebookPage' then 'social' when 'Channel::TwitterProfile' then 'social' when 'Channel::Instagram' then 'social' end"
_OPENED = {"subject": "chatwoot:{meta.sender.id}", "case_id": "id", "touchpoint": "support.chat", "channel": {"sql": _CHANNEL.format("channel")}}
_MESSAGE = {"at": "created_at", "case_id": "conversation.id", "touchpoint": "support.chat", "text": "content", "channel": {"sql": _CHANNEL.format("conversation.channel")}}

CHATWOOT = Hook.model_validate({
    "signature": {"scheme": "hmac", "header": "x-chatwoot-signature", "prefix": "sha256=", "signed": "{timestamp}.{body}", "timestamp": "x-chatwoot-timestamp"},
    "id": ["headers.x-chatwoot-delivery"],
    "headers": ["x-chatwoot-delivery"],
    "events": [
        {**_OPENED, "kind": "case_opened", "when": "event = 'conversation_created'", "at": "delivery.received_at"},
        {**_OPENED, "kind": "case_resolved", "when": "event = 'conversation_status_changed' and status = 'resolved'", "at": "delivery.received_at", "outcome": "resolved"},
        {**_MESSAGE, "kind": "message_in", "when": "event = 'message_created' and message_type = 'incoming'", "subject": "chatwoot:{sender.id}"},
        {**_MESSAGE, "kind": "message_out", "when": "event = 'message_created' and message_type = 'outgoing' and coalesce(private, 'false') = 'false'", "subject": "chatwoot:{conversation.meta.sender.id}", "staff": "chatwoot:{sender.id}"},
    ],
    "traits": [
        {"subject": "chatwoot:{meta.sender.id}", "when": "event = 'conversation_created' and meta.sender.id is not null", "name": "meta.sender.name", "email": "meta.sender.email", "phone": "meta.sender.phone_number", "properties": {"user_id": "meta.sender.identifier"}},
        {"subject": "chatwoot:{id}", "when": "event in ('contact_created', 'contact_updated')", "name": "name", "email": "email", "phone": "phone_number", "properties": {"user_id": "identifier"}},
    ],
})  # fmt: skip
"""A note among colleagues is private, and no message of the company."""

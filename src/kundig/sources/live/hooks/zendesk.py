"""Zendesk: tickets that are opened, answered and solved, by its event webhooks."""

from __future__ import annotations

from kundig.sources.live.hooks.hook import Hook

_TYPE = "zen:event-type:"
_TICKET = {"at": "time", "case_id": "detail.id", "touchpoint": "support.ticket", "subject": "zendesk:{detail.requester_id}"}
_CHANNEL = {"sql": "case when detail.via.channel in ('mail', 'email') then 'email' when detail.via.channel in ('voice', 'phone') then 'phone' when detail.via.channel in ('chat', 'native_messaging') then 'chat' when detail.via.channel in ('web', 'web_form', 'web_service') then 'web' end"}

ZENDESK = Hook.model_validate({
    "signature": {"scheme": "hmac", "header": "x-zendesk-webhook-signature", "encoding": "base64", "signed": "{timestamp}{body}", "timestamp": "x-zendesk-webhook-signature-timestamp"},
    "id": ["id"],
    "headers": [],
    "events": [
        {**_TICKET, "kind": "case_opened", "when": f"type = '{_TYPE}ticket.created'", "channel": _CHANNEL, "text": "detail.description", "properties": ["detail.subject", "detail.priority", "detail.type"]},
        {**_TICKET, "kind": "message_in", "when": f"type = '{_TYPE}ticket.comment_added' and event.comment.author.is_staff = 'false'", "text": "event.comment.body", "channel": _CHANNEL},
        {**_TICKET, "kind": "message_out", "when": f"type = '{_TYPE}ticket.comment_added' and event.comment.author.is_staff = 'true' and event.comment.is_public = 'true'", "text": "event.comment.body", "channel": _CHANNEL, "staff": "zendesk:{event.comment.author.id}"},
        {**_TICKET, "kind": "case_resolved", "when": f"type = '{_TYPE}ticket.status_changed' and lower(event.current) = 'solved'", "outcome": "resolved"},
        {**_TICKET, "kind": "case_handover", "when": f"type in ('{_TYPE}ticket.group_assignment_changed')", "properties": {"group": "event.current"}},
    ],
    "traits": [{"subject": "zendesk:{detail.id}", "when": f"starts_with(type, '{_TYPE}user.')", "email": "detail.email", "name": "detail.name", "properties": {"user_id": "detail.external_id", "organization_id": "detail.organization_id"}}],
})  # fmt: skip
"""Signed with the webhook's secret over the time and the body."""

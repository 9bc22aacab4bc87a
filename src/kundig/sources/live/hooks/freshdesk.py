"""Freshdesk: tickets, by the webhook of an automation rule with its simple content in JSON."""

from __future__ import annotations

from kundig.sources.live.hooks.hook import Hook

_IN = "freshdesk_webhook"
_TICKET = {"at": "delivery.received_at", "case_id": f"{_IN}.ticket_id", "touchpoint": "support.ticket", "subject": f"email:{{{_IN}.ticket_requester_email}}"}
_CHANNEL = {"sql": f"case lower({_IN}.ticket_source) when 'email' then 'email' when 'phone' then 'phone' when 'chat' then 'chat' when 'portal' then 'web' when 'feedback widget' then 'web' end"}

FRESHDESK = Hook.model_validate({
    # Freshdesk signs nothing: the rule sends the secret in a header of its own or as the password of Basic authentication.
    "signature": {"scheme": "token", "header": "authorization"},
    "id": [],
    "name": [f"{_IN}.triggered_event"],
    "headers": [],
    "events": [
        {**_TICKET, "kind": "case_opened", "when": f"contains({_IN}.triggered_event, 'ticket_action:created')", "channel": _CHANNEL, "text": f"{_IN}.ticket_description", "properties": [f"{_IN}.ticket_subject", f"{_IN}.ticket_priority"]},
        {**_TICKET, "kind": "case_resolved", "when": f"contains({_IN}.triggered_event, 'status') and lower({_IN}.ticket_status) in ('resolved', 'closed')", "outcome": "resolved"},
        {**_TICKET, "kind": "message_in", "when": f"contains({_IN}.triggered_event, 'reply_sent') and contains({_IN}.triggered_event, 'requester') or contains({_IN}.triggered_event, 'customer_responded')", "text": f"{_IN}.ticket_latest_public_comment", "channel": _CHANNEL},
    ],
    "traits": [{"subject": f"email:{{{_IN}.ticket_requester_email}}", "email": f"{_IN}.ticket_requester_email", "name": f"{_IN}.ticket_requester_name", "phone": f"{_IN}.ticket_requester_phone", "company": f"{_IN}.ticket_company_name"}],
})  # fmt: skip
"""What happened stands in `triggered_event`; the payload tells no time, so it happened when it came."""

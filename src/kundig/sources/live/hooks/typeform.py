"""Typeform: answers to a form; recommendation, stars and what was written beside them."""

from __future__ import annotations

from kundig.sources.live.hooks.hook import Hook

_IN = "form_response"
_NPS, _STARS, _TEXT, _EMAIL = (f"{_IN}.answers[{path}]" for path in ("field.type=nps", "field.type=rating", "field.type=long_text", "type=email"))
_WHO = {"sql": f"coalesce('user:' || \"{_IN}.hidden.user_id\", 'email:' || \"{_IN}.hidden.email\", 'email:' || \"{_EMAIL}.email\", 'typeform:' || {_IN}.token)"}
_ANSWER = {"at": f"{_IN}.submitted_at", "subject": _WHO, "case_id": f"{_IN}.token", "touchpoint": "survey", "channel": "web", "properties": {"form": f"{_IN}.form_id"}}

TYPEFORM = Hook.model_validate({
    "signature": {"scheme": "hmac", "header": "typeform-signature", "prefix": "sha256=", "encoding": "base64"},
    "id": ["event_id"],
    "name": ["event_type"],
    "headers": [],
    "events": [
        {**_ANSWER, "kind": "feedback", "when": f"\"{_NPS}.number\" is not null", "metric": "nps", "score": f"{_NPS}.number", "text": f"{_TEXT}.text"},
        {**_ANSWER, "kind": "feedback", "when": f"try_cast(\"{_STARS}.number\" as int) between 1 and 5", "metric": "stars", "score": f"{_STARS}.number", "text": {"sql": f"case when \"{_NPS}.number\" is null then \"{_TEXT}.text\" end"}},
        {**_ANSWER, "kind": "survey_response", "when": f"\"{_NPS}.number\" is null and coalesce(try_cast(\"{_STARS}.number\" as int) not between 1 and 5, true)", "text": f"{_TEXT}.text"},
    ],
    "traits": [{"subject": _WHO, "when": f"\"{_EMAIL}.email\" is not null", "email": f"{_EMAIL}.email"}],
})  # fmt: skip
"""Signed over the body alone: an old request cannot be told, but is known by its id."""

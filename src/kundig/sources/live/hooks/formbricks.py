"""Formbricks: answers to surveys.

Which question asks for a score is the survey's own affair: a company adds an entry such as `{kind: feedback, at:
data.updatedAt, metric: nps, score: data.data.QUESTION}` with the id of its question.
"""

from __future__ import annotations

from kundig.sources.live.hooks.hook import Hook

_WHO = {"sql": "coalesce('user:' || \"data.contact.userId\", 'user:' || \"data.contactAttributes.userId\", 'email:' || \"data.contactAttributes.email\", 'formbricks:' || \"data.contact.id\")"}

FORMBRICKS = Hook.model_validate({
    "id": ["headers.webhook-id"],
    "name": ["event"],
    "events": [{"kind": "survey_response", "when": "event = 'responseFinished'", "at": "data.updatedAt", "subject": _WHO, "case_id": "data.id", "touchpoint": "survey", "channel": {"sql": "case when \"data.meta.url\" is not null then 'web' end"}, "properties": {"survey": "data.surveyId", "answers": "data.data", "language": "data.language"}}],
    "traits": [{"subject": _WHO, "when": "event = 'responseFinished' and \"data.contactAttributes.email\" is not null", "email": "data.contactAttributes.email", "properties": {"user_id": "data.contactAttributes.userId"}}],
})  # fmt: skip
"""Signed as Standard Webhooks has it."""

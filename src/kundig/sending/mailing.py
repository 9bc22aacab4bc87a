"""The letter that a step asks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kundig.playbooks.recipients import Recipient
from kundig.playbooks.steps import Email
from kundig.playbooks.wording import worded
from kundig.sending.allowed import Held
from kundig.sending.letter import Draft
from kundig.sending.outside import Outside
from kundig.sending.post import Post
from kundig.sending.webhook import Answer
from kundig.sending.writing import Wanted, written
from kundig.state.enrolments import Enrolment
from kundig.state.outbox import Outbox


def named(enrolment: Enrolment, to: Recipient) -> dict[str, Any]:
    """What a text may name: of the customer, and of what set the playbook off."""
    return {**to.values, "cause": enrolment.cause, "key": enrolment.key, "playbook": enrolment.playbook, "day": f"{enrolment.at:%Y-%m-%d}"}


def mailed(step: Email, row: Outbox, to: Recipient, outside: Outside, post: Post, now: datetime) -> Answer | Held:  # noqa: PLR0913 -- a letter, and how it goes out
    """Write the letter, and what came of it."""
    values = named(row.enrolment, to)

    def draft(leave: str | None) -> Draft:
        return Draft(to.language, worded(step.subject, values, to.language), worded(step.text, values, to.language), leave=leave)

    purpose = row.enrolment.version.playbook.purpose or ""
    return written(outside, post, Wanted(row.key, to, purpose, row.at, f"playbook.{row.enrolment.playbook}", draft), now)

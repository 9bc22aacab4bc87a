"""What a playbook says to one real customer, before it is kept: each text as it would go out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kundig.playbooks.playbook import Playbook
from kundig.playbooks.steps import walked
from kundig.playbooks.wording import worded
from kundig.surveys.survey import Survey


def previewed(of: Playbook, name: str, customer: Mapping[str, str], *, day: str, home: str, surveys: Mapping[str, Survey]) -> list[dict[str, Any]]:
    """Each step that says something: letters and surveys in the customer's language, what colleagues read in the company's.

    What sets the playbook off is not known yet, so `{cause}` and `{key}` stand as they are.

    >>> from kundig.playbooks.playbook import ready
    >>> [step["subject"] for step in previewed(ready()["win_back"], "win_back", {"name": "Ada", "language": "de"}, day="2026-03-01", home="en", surveys={})]
    ['Call and ask how it goes: Ada']

    Args:
        of: the playbook.
        name: of it.
        customer: what texts may name of the customer, and the `language`.
        day: which stands for `{day}`.
        home: the company's language.
        surveys: by name, for steps that ask.
    """
    values = {**customer, "playbook": name, "day": day, "cause": "{cause}", "key": "{key}"}
    found = []
    for path, step in walked(of.steps):
        theirs, what = customer.get("language", home), step.what
        match step.kind:
            case "email":
                language, subject, text = theirs, what.subject, what.text
            case "survey" if what.survey in surveys:
                invitation = surveys[what.survey].invitation
                language, subject, text = theirs, invitation.subject, invitation.text
            case "task" | "escalate":
                language, subject, text = home, what.title, getattr(what, "text", None)
            case "chat":
                language, subject, text = home, None, what.text
            case _:
                continue
        said = {"subject": worded(subject, values, language) if subject else "", "text": worded(text, values, language) if text else ""}
        found.append({"path": path, "kind": step.kind, "language": language, "letter": step.kind in {"email", "survey"}, "address": bool(customer.get("email")), **said})
    return found

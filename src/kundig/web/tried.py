"""What pages ask of playbooks: a customer explained, a definition tried on the past, what it has brought; each in the lane of an engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from kundig.playbooks.playbook import Playbook

if TYPE_CHECKING:
    from kundig.playbooks.explaining import Explanation
    from kundig.workspace import Workspace

YEAR = timedelta(days=365)
OUTCOMES = ("retention", "revenue")
HORIZON = 90


def definition(of: Playbook) -> str:
    """A playbook as text by which questions can be told apart."""
    return json.dumps(of.model_dump(mode="json", by_alias=True, exclude_defaults=True), sort_keys=True)


def explained(workspace: Workspace, *, name: str, of: str, customer: str, now: str) -> Explanation:
    """Why a customer is in or not."""
    from kundig.playbooks.explaining import explanation  # noqa: PLC0415 -- slow import

    moment = datetime.fromisoformat(now)
    return explanation(_playbook(of), name, workspace.journal.as_of(moment), customer, moment)


def tried(workspace: Workspace, *, name: str, of: str) -> dict[str, Any] | None:
    """What a definition would have done in the year before the latest moment of which anything is known; None where nothing is."""
    from kundig.playbooks.simulation import simulation  # noqa: PLC0415 -- slow import

    history = workspace.journal.history
    [latest] = history.agg(latest=history.known_at.max()).to_pyarrow()["latest"].to_pylist()
    if latest is None:
        return None
    until = latest.astimezone(timezone.utc)
    done = simulation(_playbook(of), name, workspace.journal, until - YEAR, until, horizon=HORIZON)
    came = done.enrolments
    return {
        "since": done.since, "until": done.until, "came": came.num_rows, "customers": len(set(came["customer_id"].to_pylist())), "a_week": came.num_rows / (YEAR.days / 7), "alone": sum(came["held_out"].to_pylist()),
        "busiest": done.busiest.to_pylist(), "outcomes": done.outcomes.to_pylist(), "leaving": done.leaving,
    }  # fmt: skip


def brought(workspace: Workspace, *, name: str, drawn: tuple[tuple[str, str, str, bool], ...] | int, days: int, cost: float | None) -> dict[str, Any]:
    """The effect in retention and revenue, of all who were drawn as they were drawn; and what was gained and spent.

    Args:
        workspace: where.
        name: of the playbook.
        drawn: who was drawn; or how many, where they are so many that the database is asked for them here.
        days: how long after coming in it is measured.
        cost: of one customer who came in; None where it is not known.
    """
    from kundig.playbooks.measuring import effect, money  # noqa: PLC0415 -- slow import
    from kundig.state.judging import table, trialled  # noqa: PLC0415 -- needs Django's settings

    if isinstance(drawn, int):
        enrolments = table(trialled(name))
    else:
        rows, customers, dues, held = map(list, zip(*drawn, strict=True))
        enrolments = table({"row": rows, "customer_id": customers, "due_at": [datetime.fromisoformat(due) for due in dues], "held_out": held})
    effects = [{"outcome": outcome, **effect(workspace.journal, name, enrolments, outcome=outcome, days=days, cost=cost or 0.0)} for outcome in OUTCOMES]  # type: ignore[arg-type]  # one of the two
    return {"effects": effects, "money": money(effects[-1], margin=float(workspace.config.costs.margin), cost=cost or 0.0, treated=effects[-1]["treated"])}


def recipient(workspace: Workspace, *, customer: str) -> dict[str, str]:
    """What a text may name of a customer, and the customer's `language`."""
    from kundig.playbooks.recipients import recipients  # noqa: PLC0415 -- slow import

    one = recipients(workspace.journal, [customer])[customer]
    return {**one.values, "language": one.language}


def _playbook(of: str) -> Playbook:
    return Playbook.model_validate(json.loads(of))


OWN: Mapping[str, Callable[..., Any]] = {"playbooks.explained": explained, "playbooks.tried": tried, "playbooks.brought": brought, "customers.recipient": recipient}
"""By the name under which a page asks."""

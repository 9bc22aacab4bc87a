"""What a playbook brings: those who came in beside those who were left alone by lot, all as they were drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kundig.events import EVENTS
from kundig.settings.programmes import Programme
from kundig.value.effects import Outcome, effects

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal

CONTROL, TREATED = "left alone", "came in"


def with_enrolments(journal: Journal, name: str, enrolments: pa.Table, cost: float = 0.0) -> Journal:
    """The journal in which each enrolment is an event that says into which group the lot fell; and the playbook a programme.

    Args:
        journal: what is known.
        name: of the playbook.
        enrolments: `row`, `customer_id`, `due_at` and `held_out`.
        cost: of one customer who came in, in the company's currency.
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = ibis.memtable(enrolments.select(["row", "customer_id", "due_at", "held_out"]))
    group = ibis.ifelse(rows.held_out, CONTROL, TREATED)
    columns: dict[str, Any] = {
        "event_id": ibis.literal(f"playbook:{name}:") + rows["row"], "occurred_at": rows.due_at, "known_at": rows.due_at, "source": ibis.literal("playbooks"), "subject": rows.customer_id,
        "kind": ibis.literal("playbook"), "touchpoint": ibis.literal(f"playbook.{name}"), "properties": ibis.map(ibis.array([ibis.literal("campaign"), ibis.literal("group")]), ibis.array([ibis.literal(name), group])),
        "known_until": ibis.null("timestamp('UTC')"), "local_at": rows.due_at.cast("timestamp"),
    }  # fmt: skip
    types = {column.name: column.type for column in EVENTS} | {"known_until": "timestamp('UTC')", "local_at": "timestamp"}
    told = rows.select(**{of: columns.get(of, ibis.null(type_)) for of, type_ in types.items()}).cast(types)
    programme = Programme.model_validate({"campaign": name, "control": CONTROL, "cost": cost})
    settings = journal.settings.model_copy(update={"programmes": {name: programme}})
    return replace(journal, history=journal.history.select(*types).cast(types).union(told), settings=settings)


def effect(journal: Journal, name: str, enrolments: pa.Table, *, outcome: Outcome = "retention", days: int = 90, cost: float = 0.0) -> dict[str, Any]:  # noqa: PLR0913 -- a playbook, and how its effect is looked at
    """The row of `value.effects` for a playbook: the difference in retention or revenue, with its interval, or why there is none.

    Each customer counts from the first time of coming in, and as drawn, whatever was done then (intention to treat).

    Args:
        journal: what is known.
        name: of the playbook.
        enrolments: as `with_enrolments` takes them.
        outcome: what the effect is measured in.
        days: how long after coming in.
        cost: of one customer who came in.
    """
    rows = effects(with_enrolments(journal, name, enrolments, cost), outcome=outcome, days=days).to_pyarrow().to_pylist()
    found = [row for row in rows if row["programme"] == name]
    return found[0] if found else {"programme": name, "state": "nobody came in", "n": 0, "treated": 0, "verdict": None}


def money(found: Mapping[str, Any], *, margin: float, cost: float, treated: int) -> dict[str, float | None]:
    """What a playbook has gained and cost in all, of those who came in and whose time is over.

    Args:
        found: the effect in revenue, as `effect` gives it.
        margin: what is left of revenue.
        cost: of one customer who came in.
        treated: of how many.

    >>> found = {"effect": 10.0, "low": 2.0, "high": 18.0}
    >>> money(found, margin=0.5, cost=3.0, treated=100)
    {'spent': 300.0, 'gained': 500.0, 'gained_low': 100.0, 'gained_high': 900.0, 'left': 200.0, 'left_low': -200.0, 'left_high': 600.0}
    """
    spent = cost * treated
    gained = {of: None if found.get(of) is None else found[of] * margin * treated for of in ("effect", "low", "high")}
    names = {"": "effect", "_low": "low", "_high": "high"}
    return {"spent": spent, **{f"gained{end}": gained[of] for end, of in names.items()}, **{f"left{end}": None if (value := gained[of]) is None else value - spent for end, of in names.items()}}

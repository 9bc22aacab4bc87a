"""Coming in: whom a playbook's condition lets in is written down, once for each cause, whoever else does the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kundig.playbooks.enrolment import again
from kundig.state.enrolments import Enrolment, EnrolmentState
from kundig.state.playbooks import PlaybookVersion

if TYPE_CHECKING:
    from kundig.playbooks.playbook import Playbook

BATCH = 500
Stored = tuple[str, datetime, datetime, str, "datetime | None"]
"""An enrolment that is there: customer, when it became due, when its condition came true, row, when it ended."""


@transaction.atomic
def come_in(found: Mapping[PlaybookVersion, list[dict[str, Any]]]) -> dict[str, Counter[str]]:
    """Enrol those who are not in yet and may come in beside those who are; how many, by playbook.

    Args:
        found: candidates as `enrolment.candidates` has them, in the order of becoming due.
    """
    done: dict[str, Counter[str]] = {}
    found = {version: rows for version, rows in found.items() if rows}
    if not found:
        return done
    # One worker at a time: whether somebody comes in again hangs on who is in.
    list(PlaybookVersion.objects.select_for_update().filter(pk__in=[version.pk for version in found]).order_by("pk").values_list("pk"))
    stored = _stored({version.name for version in found}, {row["customer_id"] for rows in found.values() for row in rows})
    made: list[Enrolment] = []
    for version, rows in found.items():
        playbook = version.playbook
        new = _new(playbook, stored.get(version.name, []), rows)
        asks = len(new) > playbook.limits.ask_above
        state = EnrolmentState.ASKS if asks else EnrolmentState.RUNNING
        made += [
            Enrolment(
                version=version, playbook=version.name, row=row["row"], customer=row["customer_id"], cause=row["cause"], key=row["key"], at=row["at"], due_at=row["due_at"],
                held_out=row["held_out"], state=state, until=None if asks else row["due_at"],
            )
            for row in new
        ]  # fmt: skip
        done[version.name] = Counter({"asks": len(new)} if asks else {"came": len(new), "left alone": sum(row["held_out"] for row in new)})
    Enrolment.objects.bulk_create(made, batch_size=BATCH)
    return done


def _stored(playbooks: Iterable[str], customers: Iterable[str]) -> dict[str, list[Stored]]:
    """The enrolments of customers in playbooks, by playbook."""
    names, found = sorted(customers), dict[str, list[Stored]]()
    for start in range(0, len(names), BATCH):
        rows = Enrolment.objects.filter(playbook__in=list(playbooks), customer__in=names[start : start + BATCH]).order_by()
        for playbook, *rest in rows.values_list("playbook", "customer", "due_at", "at", "row", "ended_at"):
            found.setdefault(playbook, []).append(tuple(rest))
    return found


def _new(playbook: Playbook, stored: list[Stored], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of candidates, in the order of becoming due, those who are not in yet and may come in beside those who are."""
    import numpy as np  # noqa: PLC0415 -- slow import

    known = {row for _, _, _, row, _ in stored}
    asked: list[tuple[str, datetime, datetime, str, float, dict[str, Any] | None]] = [(customer, due_at, at, row, _second(ended_at), None) for customer, due_at, at, row, ended_at in stored]
    asked += [(row["customer_id"], row["due_at"], row["at"], row["row"], float("inf"), row) for row in rows if row["row"] not in known]
    if len(asked) == len(stored):
        return []
    # The order of the simulation.
    asked.sort(key=lambda one: one[1:4])
    due = np.array([_second(one[1]) for one in asked]).astype(np.int64)
    kept = again(playbook, [one[0] for one in asked], due, np.array([one[4] for one in asked]))
    return [one[5] for one, comes in zip(asked, kept.tolist(), strict=True) if comes and one[5] is not None]


def _second(at: datetime | None) -> float:
    """Microseconds since 1970; infinity for never."""
    return float("inf") if at is None else (at - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)

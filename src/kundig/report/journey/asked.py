"""A journey asked of a workspace: which analyses, over which time, and what stands in for those that are not there yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kundig.analysis import Analysis, analyses
from kundig.errors import KundigError
from kundig.journal import Extract
from kundig.report.journey.model import METRICS, Answers, Journey, Row, journey
from kundig.workspace import Workspace

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

WEEKS = 13
MEASURED = ("usage",)
Ask = Callable[..., Sequence[Row]]


def asked_journey(workspace: Workspace, *, as_of: datetime | str | None = None, until: datetime | None = None, weeks: int | None = WEEKS, rules: str | None = None, without: tuple[str, ...] = MEASURED) -> Journey:
    """The journey of a workspace, over the last weeks before `until`, compared with as many weeks before those.

    Args:
        workspace: whose.
        as_of: what was known then.
        until: the end of the time that is shown; by default the last that happened.
        weeks: how long that time is; None for all time.
        rules: of the target journey, between touchpoints, to show where it is left.
        without: kinds of events that are no contact; by default usage that is only measured.
    """
    config = workspace.config
    end = until or (last_event(workspace, as_of) if weeks is not None else None)
    length = timedelta(weeks=weeks) if weeks is not None and end is not None else None
    now, before = Extract(until=end, without=without), None
    if end is not None and length is not None:
        now, before = Extract(end - length, end, without), Extract(end - 2 * length, end - length, without)

    def ask(name: str, extract: Extract = now, **arguments: Any) -> list[Row]:
        return list(workspace.ask(name, as_of=as_of, extract=extract, **arguments).table.to_pylist())

    def scores(by: str, extract: Extract) -> list[Row]:
        # Answers are never left out; so the report's other parts find the same answers kept.
        whole = replace(extract, without=())
        return [row for metric in METRICS for row in ask("feedback.scores", whole, metric=metric, by=by)]

    answers = Answers(
        flows=ask("journeys.flows"),
        ends=ask("journeys.entries_exits"),
        scores=scores("touchpoint", now),
        stage_scores=scores("stage", now),
        stage_before=scores("stage", before) if before else (),
        moments=_moments(lambda name: ask(name, Extract(until=end))),
        interlocks=ask("journeys.interlocks"),
        deviations=ask("journeys.deviations", rules=rules, level="touchpoint") if rules else (),
    )
    return journey(config.touchpoints, config.stages, answers, config.satisfaction)


def last_event(workspace: Workspace, as_of: datetime | str | None = None) -> datetime | None:
    """When the last thing that was known happened; None where nothing did. A time that lies ahead counts not."""
    moment = Analysis.moment(as_of, workspace.zone) if as_of is not None else None
    [last] = workspace.told("journal.last_event", _last, {}, as_of=moment)["last"].to_pylist()
    return last + timedelta(microseconds=1) if last is not None else None


def _last(journal: Journal) -> ir.Table:
    events = journal.known
    return events.filter(events.occurred_at <= events.known_at.max()).aggregate(last=events.occurred_at.max())


def _moments(ask: Ask) -> list[str]:
    """Touchpoints of `feedback.moments`, where it is there and has enough to go by; at most nine."""
    if "feedback.moments" not in analyses():
        return []
    try:
        rows = ask("feedback.moments")
    except KundigError:
        return []
    return [name for row in rows if (name := _touchpoint(row))][:9]


def _touchpoint(row: Mapping[str, Any]) -> str | None:
    """The touchpoint that a row calls a pain or a delight for certain."""
    name = row.get("moment")
    return str(name) if name is not None and row.get("outcome") == "met" and row.get("label") in {"pain", "delight"} else None

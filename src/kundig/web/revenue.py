"""Pictures of revenue: the bridge of a year, what stays by quarter, how long customers stay."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundig.analysis import Result
from kundig.report.figures import Bar, Point, Step, bridge, shares, trend
from kundig.web import reader
from kundig.web.drawn import NARROW, safe

PARTS = (("new", 1), ("returned", 1), ("expansion", 1), ("price_rises", 1), ("contraction", -1), ("churned", -1))
MONTHS = 12


def year(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of the last twelve months, in order."""
    return sorted((row for row in rows if row["group"] is None), key=lambda row: row["period"])[-MONTHS:]


def bridge_steps(rows: Sequence[Mapping[str, Any]]) -> list[Step]:
    """From what recurred a year ago to what recurs now."""
    names = {"new": _("New customers"), "returned": _("Came back"), "expansion": _("Expansion"), "price_rises": _("Prices"), "contraction": _("Contraction"), "churned": _("Lost")}
    if not rows:
        return []
    formats = reader.formats()
    sums = {name: sign * sum(float(row[name] or 0) for row in rows) for name, sign in PARTS}
    steps = [Step(formats.month(rows[0]["period"]), float(rows[0]["opening"]), "sum")]
    steps += [Step(names[name], amount) for name, amount in sums.items() if amount]
    return [*steps, Step(formats.month(rows[-1]["period"]), float(rows[-1]["closing"]), "sum")]


def bridge_of_year(answer: Result, title: str, links: bool, as_of: str | None, *, width: float = 1230, height: float = 250) -> SafeString | None:
    """The bridge of the last twelve months."""
    del links, as_of
    steps = bridge_steps(year(answer.table.to_pylist()))
    if len(steps) < 3:  # noqa: PLR2004 -- two ends without anything between
        return None
    return both(lambda room: bridge(steps, title=title, formats=reader.formats(), width=room, height=height), width)


def retention_curve(answer: Result, title: str, links: bool, as_of: str | None) -> SafeString | None:
    """Net revenue retention over time with its range."""
    del links, as_of
    rows = sorted((row for row in answer.table.to_pylist() if row["group"] is None), key=lambda row: row["period"])
    points = [Point(row["period"], *(None if row[name] is None else 100 * row[name] for name in ("nrr", "nrr_low", "nrr_high"))) for row in rows]
    return both(lambda room: trend(points, title=title, formats=reader.formats(), every=92, width=room, height=220), 614) if len(points) > 1 else None


def survival_bars(answer: Result, title: str, links: bool, as_of: str | None) -> SafeString | None:
    """The share that is still there after so many months, of all together."""
    del links, as_of
    rows = [row for row in answer.table.to_pylist() if row["survival"] is not None and row["months"]]
    # Every so many, so that ten bars tell the whole time.
    rows = rows[:: max(1, -(-len(rows) // 10))]
    bars = [Bar(ngettext("%(n)s month", "%(n)s months", row["months"]) % {"n": reader.formats().number(row["months"])}, row["survival"], row["low"], row["high"], row["n"]) for row in rows]
    return both(lambda room: shares(bars, title=title, formats=reader.formats(), few="–", width=room, most=1.0), 614) if bars else None


def both(draw: Callable[[float], Any], width: float) -> SafeString:
    """A picture for a wide page and for a phone, of which a style sheet shows one."""
    return format_html('<div class="wide">{}</div><div class="narrow">{}</div>', safe(draw(width)), safe(draw(NARROW)))

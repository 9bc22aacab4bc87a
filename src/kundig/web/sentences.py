"""The page's sentence: a template filled from tested rules, and a neutral one where nothing is beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kundig.analysis import Result
from kundig.web import reader


class Scored(Protocol):
    """A key figure."""

    @property
    def metric(self) -> str:
        """Which score."""

    @property
    def row(self) -> dict[str, Any]:
        """Its newest period."""

    @property
    def period(self) -> str:
        """The period in words."""


@dataclass(frozen=True)
class Sentence:
    """What is said first, the parts of it that lead somewhere, and the numbers below."""

    first: str
    links: tuple[tuple[str, str], ...]
    second: str


class Doubtful(Protocol):
    """Contracts that fall due."""

    @property
    def doubtful(self) -> int:
        """How many of them are in doubt."""

    @property
    def doubtful_yearly(self) -> Decimal:
        """What those bring in a year."""


def overview_sentence(figures: Sequence[Scored], places: Result, due: Doubtful | None = None) -> Sentence:
    """Loyalty, and the touchpoint that is worst for certain: by the end of the interval that counts."""
    nps = next((figure for figure in figures if figure.metric == "nps" and figure.row["score"] is not None), None)
    said = {"better": _("Loyalty is rising."), "worse": _("Loyalty is falling.")}.get(nps.row["verdict"] or "", _("No change beyond chance in loyalty.")) if nps else _("There is not enough feedback yet to speak of loyalty.")
    rows = [row for row in places.table.to_pylist() if row["state"] == "ok" and row["group"]]
    links: tuple[tuple[str, str], ...] = ()
    if len(rows) > 1:
        worst = min(rows, key=lambda row: (row["high"], row["group"]))
        rest = [row for row in rows if row is not worst]
        # Worst for certain: its range ends below the middle of all the others.
        if worst["high"] < sum(row["score"] * row["n"] for row in rest) / sum(row["n"] for row in rest):
            links = ((_("Customers are least satisfied at"), worst["group"]),)
    second = ""
    if nps:
        formats = reader.formats()
        second = _("NPS is %(score)s in %(period)s, range %(range)s from %(n)s answers.") % {
            "score": formats.number(nps.row["score"]),
            "period": nps.period,
            "range": formats.interval(nps.row["low"], nps.row["high"]),
            "n": formats.number(nps.row["n"]),
        }
    if due and due.doubtful:
        renewals = ngettext("%(n)s renewal worth %(money)s a year is in doubt.", "%(n)s renewals worth %(money)s a year are in doubt.", due.doubtful)
        second = f"{second} {renewals % {'n': reader.formats().number(due.doubtful), 'money': reader.formats().short_money(due.doubtful_yearly)}}".strip()
    return Sentence(said, links, second)

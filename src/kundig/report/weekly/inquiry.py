"""What a section may ask: analyses over the report's weeks, as known at its moment; and which it has asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kundig.analysis import analyses
from kundig.errors import KundigError
from kundig.journal import Extract
from kundig.report.formats import Formats
from kundig.report.weekly.week import Week
from kundig.workspace import Workspace

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Inquiry:
    """One report's view of a workspace.

    Attributes:
        asked: names of the analyses that were asked, with their arguments; the appendix defines them.
    """

    workspace: Workspace
    week: Week
    as_of: datetime
    formats: Formats
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Whether there is such an analysis."""
        return name in analyses()

    def rows(self, name: str, extract: Extract | None = None, **arguments: Any) -> Rows:
        """The answer, over the weeks of the report if nothing else is said.

        Raises:
            KundigError: the analysis cannot answer.
        """
        self.asked.setdefault(name, arguments)
        return list(self.workspace.ask(name, as_of=self.as_of, extract=extract or self.week.extract(), **arguments).table.to_pylist())

    def all_time(self, name: str, **arguments: Any) -> Rows:
        """The answer over all that happened until the week was over."""
        return self.rows(name, Extract(until=self.week.end), **arguments)

    def tried(self, name: str, **arguments: Any) -> Rows:
        """The answer over all time, or no rows where there is no such analysis or it cannot answer."""
        if not self.knows(name):
            return []
        try:
            return self.all_time(name, **arguments)
        except KundigError:
            return []

"""What somebody decided: two subjects are one customer, or are not. The newest word on a pair counts, for ever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Pair = tuple[str, str]


@dataclass(frozen=True)
class Decision:
    """A merge or split of two subjects, or taking that back, with who decided it and when."""

    action: Literal["merge", "split", "undo"]
    subject: str
    other: str
    by: str
    at: datetime

    @property
    def pair(self) -> Pair:
        """The two subjects, the first in order of the alphabet first."""
        return min(self.subject, self.other), max(self.subject, self.other)

    def __str__(self) -> str:
        return f"{self.action} by {self.by} on {self.at:%Y-%m-%d}"


def standing(decisions: Iterable[Decision]) -> dict[Pair, Decision]:
    """The newest decision on each pair that was not taken back, the newest first; of two from one moment a split counts."""
    newest: dict[Pair, Decision] = {}
    for decision in sorted(decisions, key=lambda one: (one.at, one.action, one.by)):
        newest.pop(decision.pair, None)
        if decision.action != "undo":
            newest[decision.pair] = decision
    return dict(reversed(newest.items()))

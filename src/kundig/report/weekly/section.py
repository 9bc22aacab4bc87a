"""A part of the report: what it says, its figures, its pictures; or why it says nothing."""

from __future__ import annotations

from dataclasses import dataclass

from kundig.report.journey.listing import Table
from kundig.report.weekly.figure import Figure


@dataclass(frozen=True)
class Drawing:
    """A picture with what it shows in words."""

    svg: str
    alt: str


@dataclass(frozen=True)
class Section:
    """A part: a title, a sentence for the first page, and what stands behind it on the later ones."""

    key: str
    title: str
    sentence: str
    figures: tuple[Figure, ...] = ()
    drawing: Drawing | None = None
    table: Table | None = None
    note: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A part that says nothing, and why."""

    key: str
    title: str
    reason: str

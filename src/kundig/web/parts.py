"""A part of a page: an analysis under a heading of few words, with the columns, rows and picture that it is read by.

A page of a room is a tuple of chapters in `kundig.web.rooms`. An analysis that no chapter names comes last, drawn from
its signature: a new one is there without a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kundig.analysis import Result, analyses
from kundig.web.asking import LATE
from kundig.web.desk import Question
from kundig.web.drawn import drawn
from kundig.web.german import german
from kundig.web.pictures import once
from kundig.web.shown import Shown, shown
from kundig.web.told import Told, told

Draw = Callable[[Result, str, bool, str | None], SafeString | None]
"""A picture of an answer: from the answer, its heading, whether the reader may see customers, and the moment."""
ROWS, COLUMNS = 8, 8
WIDE, HALF = 12, 6


@dataclass(frozen=True)
class Part:
    """One analysis on a page.

    Attributes:
        analysis: which.
        title: its heading; by default the question that it answers.
        columns: those that are shown, in this order; by default as many as there is room for.
        arguments: with which it is asked.
        width: of twelve columns of the page.
        rows: how many are shown.
        present: columns without which a row is not shown here; it is in the whole answer.
        absent: columns that a shown row has not: an answer also of groups is shown of the whole.
        among: values that a shown row has in a column; `none` is said where rows are there and none of them has one.
        none: what is said then.
        order: columns by which shown rows are put in order, with a minus from high to low; by default as the analysis has them.
        draw: its picture; by default that which its columns say.
        picture: whether there is one.
    """

    analysis: str
    title: Any = ""
    columns: tuple[str, ...] = ()
    arguments: Mapping[str, Hashable] = field(default_factory=dict)
    width: int = HALF
    rows: int = ROWS
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    among: tuple[str, tuple[Hashable, ...]] | None = None
    none: Any = ""
    order: tuple[str, ...] = ()
    draw: Draw | None = None
    picture: bool = True


@dataclass(frozen=True)
class Chapter:
    """Parts that belong together, under a heading."""

    title: Any
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Panel:
    """A part as a page shows it: its answer in small, the way to all of it; or why there is none, or that it comes later."""

    told: Told
    title: str
    href: str
    picture: SafeString | None
    table: Shown | None
    n: int
    fault: str
    width: int
    late: bool = False
    none: str = ""

    @cached_property
    def html(self) -> SafeString:
        """As it stands on a page; drawn once, as the panel is."""
        return render_to_string("kundig/_panel.html", {"panel": self})

    @property
    def empty(self) -> bool:
        """Whether there is nothing to answer from."""
        return not self.late and not self.fault and not self.none and (self.table is None or not self.table.rows)


def complete(room: str, chapters: Sequence[Chapter]) -> list[Chapter]:
    """The chapters of a room with the analyses that this kundig has; those that none names are the last chapter."""
    known = [name for name in analyses() if name.startswith(f"{room}.")]
    kept = [replace(chapter, parts=tuple(part for part in chapter.parts if part.analysis in analyses())) for chapter in chapters]
    named = {part.analysis for chapter in kept for part in chapter.parts}
    rest = tuple(Part(name, width=WIDE) for name in known if name not in named)
    return [chapter for chapter in [*kept, Chapter(_("More questions"), rest)] if chapter.parts]


def panel(part: Part, answer: Any, asked: Question, *, links: bool, directory: Any = None) -> Panel:
    """A part with its answer; made once for each language, as long as the answer is the same one."""
    if not isinstance(answer, Result):
        return _panel(part, answer, asked, links=links, directory=directory)
    return once(answer, (part.analysis, str(part.title), asked, links), lambda: _panel(part, answer, asked, links=links, directory=directory), [directory])


def _panel(part: Part, answer: Any, asked: Question, *, links: bool, directory: Any) -> Panel:
    of = analyses()[part.analysis]
    kept = {**dict(asked.arguments), **({"as_of": asked.as_of} if asked.as_of else {})}
    href = reverse("question", args=[part.analysis]) + (f"?{urlencode(kept)}" if kept else "")
    said = told(of)
    title = str(part.title) or said.question
    if answer is LATE:
        return Panel(said, title, href, None, None, 0, "", part.width, late=True)
    if not isinstance(answer, Result):
        return Panel(said, title, href, None, None, 0, str(answer), part.width)
    few = chosen(part, answer)
    picture = None
    if part.picture and few.table.num_rows:
        # The room is that of the columns: text in a picture stays as large as beside it.
        picture = part.draw(few, title, links, asked.as_of) if part.draw else drawn(few, title, links=links, as_of=asked.as_of, width=1230 if part.width == WIDE else 50 * part.width * 2 + 14)
    meanings = {column: german(meaning) or meaning for column, meaning in of.columns.items()}
    table = shown(few, meanings, most=part.rows, links=links, wide=None if part.columns else COLUMNS, only=part.columns or None, as_of=asked.as_of, directory=directory)
    none = str(part.none) if answer.table.num_rows and not few.table.num_rows else ""
    return Panel(said, title, href, picture, table, answer.n, "", part.width, none=none)


def chosen(part: Part, answer: Result) -> Result:
    """The rows that a part shows, in its order."""
    if not (part.present or part.absent or part.among or part.order):
        return answer
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    table = answer.table
    for name in part.present:
        table = table.filter(pc.is_valid(table[name]))
    for name in part.absent:
        table = table.filter(pc.is_null(table[name]))
    if part.among:
        name, values = part.among
        table = table.filter(pc.is_in(table[name], pa.array(values)))
    if part.order and table.num_rows:
        keys = [(name.removeprefix("-"), "descending" if name.startswith("-") else "ascending") for name in part.order]
        # Every row has a place of its own: equal ones stay as the analysis has them.
        place = "the place"
        table = table.append_column(place, _places(table.num_rows))
        table = table.sort_by([*keys, (place, "ascending")]).drop_columns([place])
    return replace(answer, table=table)


def _places(count: int) -> Any:
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- loaded when it is needed

    return pa.array(np.arange(count))

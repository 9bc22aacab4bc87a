"""One measured ratio with its target, and the table of all."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Ratio:
    """What was compared with what, the figure, and the target it is held against.

    Attributes:
        unit: what stands behind the figure, such as × or s.
        target: the bound; none where nothing says what it should be, so that the figure is for comparing with earlier ones.
        at_least: the target is a lower bound; else an upper one.
    """

    what: str
    figure: float
    target: float | None
    unit: str = "×"
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure keeps to its target."""
        if self.target is None:
            return True
        return self.figure >= self.target if self.at_least else self.figure <= self.target

    @property
    def said(self) -> str:
        """The figure with its unit, with a digit more than its target has, so that what misses it by little is seen to."""
        places = len(f"{self.target:g}".partition(".")[2]) if self.target is not None else 0
        return f"{self.figure:.{max(2, places + 1)}f} {self.unit}"


def ratio(ours: Sequence[float], peer: Sequence[float]) -> float:
    """The median of one over the median of the other."""
    return statistics.median(ours) / statistics.median(peer)


def drawn(ratios: Sequence[Ratio]) -> None:
    """Print the ratios as a table."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 3, 0, 0))
    table.add_column("measured")
    for heading in ("ratio", "target"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for each in ratios:
        bound = "–" if each.target is None else f"{'≥' if each.at_least else '≤'} {each.target:g} {each.unit}"
        said = "" if each.target is None else "ok" if each.met else "missed"
        table.add_row(each.what, each.said, bound, said, style=None if each.met else "bold")
    Console(width=110).print(table)

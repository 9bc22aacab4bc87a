"""`kundig check`: findings in words."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.text import Text

from kundig.checks import checked
from kundig.cli.output import console
from kundig.numbered import numbered
from kundig.workspace import Workspace

_MARKS = {"error": ("✗", "bold red"), "warning": ("▲", "yellow"), "fine": ("●", "green")}


def run(folder: Path, data: Path | None) -> None:
    """Print every finding; exit code 1 if something is an error."""
    out = console()
    counts = {"error": 0, "warning": 0, "fine": 0}
    for finding in checked(Workspace(folder, data=data)):
        counts[finding.level] += 1
        mark, style = _MARKS[finding.level]
        line = Text(f"{mark} ", style=style)
        line.append(finding.about, style="bold")
        line.append(f"  {finding.found}", style="default")
        out.print(line)
        if finding.advice:
            out.print(Text(f"    → {finding.advice}", style="dim"))
    out.print()
    out.print(f"{numbered(counts['error'], 'error')}, {numbered(counts['warning'], 'warning')}")
    if counts["error"]:
        sys.exit(1)

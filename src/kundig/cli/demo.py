"""`kundig demo`: a company's silos, one journal, eight questions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.rule import Rule
from rich.text import Text

from kundig.cli.identify import identified
from kundig.cli.importing import imported
from kundig.cli.output import console, table
from kundig.cli.simulate import simulated
from kundig.cli.tour import TOUR
from kundig.workspace import Workspace

if TYPE_CHECKING:
    from rich.console import Console


def run(folder: Path, customers: int, seed: int) -> None:
    """Simulate, import, settle who is who, ask, and say what to do next."""
    out = console()
    out.print(Text("Nordwind Mobil, a telecom provider that does not exist.", style="bold"))
    out.print(f"Its silos, as messy as silos are, go into {folder}.\n")
    simulated(folder, customers, seed)
    workspace = Workspace(folder)
    imported(workspace)
    identified(workspace)
    tour(workspace, out)
    out.print(Text("\nWhat next", style="bold"))
    out.print(f"kundig ask --workspace {folder}       every question there is\nkundig serve --workspace {folder}     all of it in the browser\nkundig check --workspace {folder}     what is odd in these silos\n{folder}/truth.json     what was planted, and can be found\nkundig init --from YOUR-FILES    the same with yours")


def tour(workspace: Workspace, out: Console) -> None:
    """Ask every question of the tour and read the answer aloud."""
    for number, stop in enumerate(TOUR, 1):
        answer = workspace.ask(stop.analysis, as_of=stop.as_of, **stop.arguments)
        out.print()
        out.print(Rule(Text(f"{number}  {stop.question}", style="bold"), align="left", style="dim", characters="─"))
        rows = answer.table.to_pylist()
        if not rows:
            out.print(Text("There is nothing to answer from.", style="yellow"))
            continue
        shown = answer.table.from_pylist(stop.shown(rows), schema=answer.table.schema)
        out.print(table(shown.select(list(stop.columns))))
        out.print(Text(stop.verdict(rows), style="italic"))
        out.print(Text(stop.command, style="dim"))

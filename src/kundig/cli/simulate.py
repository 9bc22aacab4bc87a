"""`kundig simulate`: the simulated company's silos, with the truth beside them."""

from __future__ import annotations

from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kundig.cli.output import console
from kundig.demo import simulate


def run(folder: Path, customers: int, seed: int) -> None:
    """Write the workspace, and say what to do with it."""
    simulated(folder, customers, seed)
    print(f"{folder} holds the silos of Nordwind Mobil with {customers:,} customers, kundig.yaml, and truth.json with what was planted.")
    print(f"Next: kundig import --workspace {folder}")


def simulated(folder: Path, customers: int, seed: int) -> None:
    """Simulate with a bar that says what is being written."""
    screen = console(error=True)
    bar = Progress(TextColumn("simulating {task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn(), console=screen, transient=True, disable=not screen.is_terminal)
    with bar:
        task = bar.add_task("", total=1.0)
        simulate(folder, customers=customers, seed=seed, progress=lambda step, share: bar.update(task, description=step, completed=share))

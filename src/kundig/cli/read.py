"""`kundig read`: texts read, with progress; and what a company's own model did."""

from __future__ import annotations

from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from kundig.cli.output import console
from kundig.workspace import Workspace


def run(folder: Path, *, learn: bool) -> None:
    """Read the texts that are new; with `learn`, first let the company's own ratings teach a model."""
    workspace, screen, out = Workspace(folder), console(error=True), console()
    if learn:
        contest = workspace.learn()
        if contest is None:
            out.print("Too few rated texts for a model of your own: each mood needs some, and together there must be 150. The model that comes with kundig reads on.")
        else:
            out.print(
                f"{contest.n:,} rated texts. Macro-F1 in cross-validation: own model {contest.own_macro_f1:.3f}, the one that comes with kundig {contest.seed_macro_f1:.3f}; "
                f"difference {contest.difference:+.3f} ({contest.low:+.3f} to {contest.high:+.3f}). Accuracy {contest.own_accuracy:.3f} and {contest.seed_accuracy:.3f}."
            )
            out.print("The own model takes over." if contest.won else "The difference may be chance: the model that comes with kundig reads on.")
    bar = Progress(TextColumn("reading"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f} texts"), TimeRemainingColumn(), console=screen, transient=True, disable=not screen.is_terminal)
    with bar:
        task = bar.add_task("reading", total=0)
        done = workspace.read(lambda read, total: bar.update(task, completed=read, total=total))
    out.print(f"{done.read:,} texts read, {done.known:,} known already." + (f" {done.kept_vectors:,} needed no new vector." if done.kept_vectors else ""))

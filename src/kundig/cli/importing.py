"""`kundig import`: with progress while it runs, and what it did."""

from __future__ import annotations

from pathlib import Path

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from kundig.cli.output import console
from kundig.ingest import Imported
from kundig.numbered import numbered
from kundig.workspace import Workspace


def run(folder: Path, data: Path | None, sources: list[str], *, quarantined: bool) -> None:
    """Import a workspace's sources, or the rows that wait in quarantine; who is who follows where it was settled before."""
    workspace = Workspace(folder, data=data)
    imported(workspace, sources, quarantined=quarantined)
    if workspace.lake.files("subjects"):
        from kundig.cli.identify import identified  # noqa: PLC0415 -- only where it was asked for before

        identified(workspace)


def imported(workspace: Workspace, sources: list[str] | None = None, *, quarantined: bool = False) -> None:
    """Import with progress, and say for each source what came in, what was corrected and what was set aside."""
    screen, out = console(error=True), console()
    total = quarantine = 0
    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]}"), TimeElapsedColumn(), TimeRemainingColumn(),
        console=screen, transient=True, disable=not screen.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task("opening", total=1.0, rows="")

        def progress(source: str, share: float, rows: int, per_second: float) -> None:
            told = f"{rows:,} rows, {per_second:,.0f} a second" if rows else ""
            bar.update(task, description=source, completed=share, rows=told)

        for done in workspace.imports(sources or None, progress=progress, quarantined=quarantined):
            total += done.events_added
            quarantine += done.quarantined
            bar.console.print(_line(done)) if screen.is_terminal else out.print(_line(done))
            bar.reset(task, total=1.0, description="opening", rows="")
    if screen.is_terminal:
        out.print()
    out.print(f"{numbered(total, 'event')} added." + (f" {numbered(quarantine, 'row')} set aside: `kundig check` says why." if quarantine else ""))


def _line(done: Imported) -> Text:
    counts = [
        (done.events_added, "event", " added"),
        (done.events_corrected, "", " corrected"),
        (done.events_unchanged, "", " known already"),
        (done.traits_added, "trait", " added"),
        (done.repeated, "row", " repeated to the letter"),
        (done.quarantined, "", " set aside"),
        (done.ambiguous_times, "time", " in an hour that came twice"),
        (done.alike, "event", " told apart only by their content: a `key:` would let them be corrected"),
    ]
    said = ", ".join((numbered(count, thing) if thing else f"{count:,}") + words for count, thing, words in counts if count) or "nothing new"
    return Text.assemble((done.source, "bold"), f": {numbered(done.rows, 'row')}, {said}")

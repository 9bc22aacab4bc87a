"""`kundig evaluate`: how good the installed text models are, in figures."""

from __future__ import annotations

from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from kundig.cli.output import console
from kundig.settings import Texts
from kundig.texts.choice import lesser, reader
from kundig.texts.evaluation import evaluated

_MOST_OWN = 5_000


def run(folder: Path, data: Path | None, *, embedder: str | None, quick: bool) -> None:
    """Print every figure with its target; models are those of the workspace, or the default where there is none."""
    out = console()
    settings, models = Texts(), folder / ".models"
    names: tuple[str, ...] = ()
    own: list[tuple[str, str]] = []
    if (folder / "kundig.yaml").is_file() or (folder / "kundig").is_dir():
        from kundig.ingest.lessons import rated_texts  # noqa: PLC0415 -- slow import
        from kundig.workspace import Workspace  # noqa: PLC0415 -- loaded when it is needed

        workspace = Workspace(folder)
        settings, names, models = workspace.config.texts, (workspace.config.company.name, *workspace.config.texts.about), workspace.models
        own = list(rated_texts(workspace.lake, workspace.zone))[:_MOST_OWN]
    chosen = settings.model_copy(update={"embedder": embedder}) if embedder else settings
    if said := lesser(chosen):
        console(error=True).print(said)
    reads = reader(chosen, names, models)
    out.print(f"embedder {reads.embeds}, classifier {reads.classifier.name}@{reads.classifier.revision}")
    table = Table(Column("set", no_wrap=True), Column("measure", overflow="fold"), Column("figure", justify="right", no_wrap=True), Column("target", overflow="fold"), Column("how", overflow="fold"), box=None)
    screen = console(error=True)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f}"), TimeElapsedColumn(), console=screen, transient=True, disable=not screen.is_terminal)
    try:
        with bar:
            task = bar.add_task("measuring", total=1)
            for figure in evaluated(reads, data, own=own if _enough(own) else (), quick=quick, progress=lambda what, done, of: bar.update(task, description=what, completed=done, total=of)):
                table.add_row(figure.set, figure.measure, "" if figure.value is None else f"{figure.value:,.3f}", figure.target, figure.how)
    finally:
        # What is measured is told, also where somebody does not wait for the rest.
        out.print(table)


def _enough(rated: list[tuple[str, str]]) -> bool:
    from kundig.texts.contest import enough  # noqa: PLC0415 -- slow import

    return enough([mood for _, mood in rated], ("negative", "neutral", "positive"))

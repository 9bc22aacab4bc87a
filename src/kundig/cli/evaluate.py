"""`kundig evaluate`: how good the installed text models are, in figures."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from kundig.cli.output import console
from kundig.settings import Texts
from kundig.texts.choice import reader
from kundig.texts.evaluation import evaluated


def run(folder: Path, data: Path | None, *, quick: bool) -> None:
    """Print every figure with its target; models are those of the workspace, or the default where there is none."""
    out = console()
    if (folder / "kundig.yaml").is_file() or (folder / "kundig").is_dir():
        from kundig.workspace import Workspace  # noqa: PLC0415 -- slow import

        reads = Workspace(folder).reader()
    else:
        reads = reader(Texts(), (), folder / ".models")
    out.print(f"embedder {reads.embeds}, classifier {reads.classifier.name}@{reads.classifier.revision}")
    table = Table("set", "measure", "figure", "target", "how", box=None)
    for figure in evaluated(reads, data, quick=quick):
        table.add_row(figure.set, figure.measure, "" if figure.value is None else f"{figure.value:,.3f}", figure.target, figure.how)
    out.print(table)

"""`kundig evaluate`: how good the installed text models are, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from kundig.cli import spoken
from kundig.cli.output import Words, console
from kundig.errors import ArgumentError, nearest
from kundig.report.phrases import LANGUAGES
from kundig.settings import Texts
from kundig.texts.choice import lesser, reader
from kundig.texts.evaluation import Figure, evaluated

_MOST_OWN = 5_000


def run(folder: Path, data: Path | None, *, embedder: str | None, quick: bool, language: str = "en") -> None:
    """Print every figure with its target; models are those of the workspace, or the default where there is none."""
    if language not in LANGUAGES:
        raise ArgumentError(f"--language does not know {language!r}; {nearest(language, LANGUAGES)}")
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
    figures: list[Figure] = []
    screen = console(error=True)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f}"), TimeElapsedColumn(), console=screen, transient=True, disable=not screen.is_terminal)
    try:
        with bar:
            task = bar.add_task("measuring", total=1)
            for figure in evaluated(reads, data, own=own if _enough(own) else (), quick=quick, progress=lambda what, done, of: bar.update(task, description=what, completed=done, total=of)):
                figures += [figure]
    finally:
        # What is measured is told, also where somebody does not wait for the rest.
        out.print(told(figures, spoken.words(language)))


def told(figures: Sequence[Figure], words: Words) -> Table:
    """The figures, those of one set under its name."""
    headings = [words.text(name) for name in ("measure", "figure", "target", "how")]
    table = Table(Column(headings[0], overflow="fold", ratio=4), Column(headings[1], justify="right", no_wrap=True), Column(headings[2], overflow="fold", ratio=2), Column(headings[3], overflow="fold", ratio=3), box=None)
    of = None
    for figure in figures:
        if figure.set != of:
            of = figure.set
            table.add_row(Text(words.text(of), style="bold"))
        value = "–" if figure.value is None else words.number(f"{figure.value:,.3f}")
        table.add_row(words.text(figure.measure), value, words.number(figure.target) if figure.target.replace(".", "").isdigit() else words.text(figure.target), words.text(figure.how))
    return table


def _enough(rated: list[tuple[str, str]]) -> bool:
    from kundig.texts.contest import enough  # noqa: PLC0415 -- slow import

    return enough([mood for _, mood in rated], ("negative", "neutral", "positive"))

"""`kundig read`: texts read, with progress; what a company's own models did; names proposed for themes; and one text, sentence by sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from kundig.cli.output import console
from kundig.numbered import numbered
from kundig.workspace import Workspace

if TYPE_CHECKING:
    from rich.console import Console

    from kundig.texts.contest import Contest


def run(folder: Path, *, learn: bool, text: str | None = None, names: bool = False) -> None:
    """Read the texts that are new; with `learn`, first let the company's own labels teach; with `names`, then have themes named; with `text`, read that one only."""
    from kundig.texts.choice import lesser  # noqa: PLC0415 -- slow import

    workspace, screen, out = Workspace(folder), console(error=True), console()
    if said := lesser(workspace.config.texts):
        screen.print(said)
    if text is not None:
        _one(workspace, text, out)
        return
    if learn:
        for what, contest in workspace.learn().items():
            out.print(_told(what, contest))
    for name, contest in workspace.learn_pinned().items():
        out.print(_pinned(name, contest))
    bar = Progress(TextColumn("reading"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f} texts"), TimeRemainingColumn(), console=screen, transient=True, disable=not screen.is_terminal)
    with bar:
        task = bar.add_task("reading", total=0)
        done = workspace.read(lambda read, total: bar.update(task, completed=read, total=total))
    out.print(f"{numbered(done.read, 'text')} read, {done.known:,} known already." + (f" {done.kept_vectors:,} needed no new vector." if done.kept_vectors else ""))
    if names:
        _names(workspace, out)


def _names(workspace: Workspace, out: Console) -> None:
    """What the namer proposes for each theme, and how it is taken over."""
    if workspace.config.texts.namer == "terms":
        out.print("Themes are called by their terms. For other names set texts: namer:, such as remote, in kundig.yaml.")
        return
    proposed = workspace.proposed_names()
    table = Table("theme", "proposed", box=None)
    for theme, name in proposed.items():
        table.add_row(escape(theme), escape(name or "no name"))
    out.print(table)
    out.print(f"{sum(name is not None for name in proposed.values()):,} of {len(proposed):,} themes got a name. Take it over on the page of themes, or under texts: renamed: in kundig.yaml; until then nothing is changed.")


def _told(what: str, contest: Contest | None) -> str:
    """How a lesson went, in two sentences."""
    what = escape(what)
    if contest is None:
        return f"{what}: too few labelled texts for a model of your own: each label needs 10, and together there must be 150. What reads now reads on."
    return (
        f"{what}: {contest.n:,} labelled texts. Macro-F1 in cross-validation: own model {contest.own_macro_f1:.3f}, what reads now {contest.seed_macro_f1:.3f}; "
        f"difference {contest.difference:+.3f} ({contest.low:+.3f} to {contest.high:+.3f}). Accuracy {contest.own_accuracy:.3f} and {contest.seed_accuracy:.3f}. "
        + ("The own model takes over." if contest.won else "The difference may be chance: what reads now reads on.")
    )


def _pinned(name: str, contest: Contest | None) -> str:
    """What a pinned theme has learnt from its texts, in two sentences."""
    if contest is None:
        return f"pinned theme {escape(name)}: too few of the texts that it was to learn from are here; its words and examples decide."
    return (
        f"pinned theme {escape(name)}: {contest.n:,} texts. Macro-F1 in cross-validation: learnt {contest.own_macro_f1:.3f}, its words and examples {contest.seed_macro_f1:.3f}. "
        + ("What it learnt decides." if contest.won else "The difference may be chance: its words and examples decide.")
    )


def _one(workspace: Workspace, text: str, out: Console) -> None:
    reader = workspace.reader()
    [whole] = reader.read([text]).to_pylist()
    table = Table("sentence", "language", "mood", "negative", "neutral", "positive", "themes", box=None)
    for row in [{"sentence": "(all)", **whole}, *reader.sentences(text)]:
        table.add_row(escape(row["sentence"]), row["language"] or "", row["mood"], *(f"{row[mood]:.2f}" for mood in ("negative", "neutral", "positive")), escape(row["categories"] or ""))
    out.print(table)

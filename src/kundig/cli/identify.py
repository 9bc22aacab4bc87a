"""`kundig identify`: who is who, what changed, why, and what somebody knows better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from kundig.cli.output import console
from kundig.errors import ArgumentError
from kundig.workspace import Workspace

if TYPE_CHECKING:
    from kundig.identity.explaining import Explanation
    from kundig.ingest.identifying import Changed

Pair = tuple[str, str]
WIDE = 24


def run(  # noqa: PLR0913 -- the options of the command
    folder: Path, data: Path | None, *, explain: Pair | None, chart: Path | None, merge: Pair | None, split: str | None, undo: Pair | None, by: str | None, review: bool, relearn: bool
) -> None:
    """Do what the options say: explain, list what waits, decide, or run."""
    workspace = Workspace(folder, data=data)
    if chart is not None and explain is None:
        raise ArgumentError("--chart draws an explanation; add --explain A B")
    asked = [name for name, given in (("--explain", explain), ("--merge", merge), ("--split", split), ("--undo", undo), ("--review", review or None)) if given is not None]
    if len(asked) > 1:
        raise ArgumentError(f"{' and '.join(asked)} go one at a time")
    if explain is not None:
        explained(workspace, explain, chart)
    elif review:
        waiting(workspace)
    elif merge is not None or split is not None or undo is not None:
        if not by:
            raise ArgumentError(f"{asked[0]} is kept with the name of who decided it; add --by NAME")
        if merge is not None:
            workspace.decide("merge", *merge, by=by)
        elif undo is not None:
            workspace.decide("undo", *undo, by=by)
        else:
            workspace.split(str(split), by=by)
        identified(workspace)
    else:
        identified(workspace, relearn=relearn)


def identified(workspace: Workspace, *, relearn: bool = False) -> None:
    """Run, and say what came of it."""
    out = console()
    for line in _lines(workspace.identify(relearn=relearn)):
        out.print(line)


def _lines(done: Changed) -> list[Text]:
    lines = [Text.assemble((f"{done.subjects:,}", "bold"), " subject is " if done.subjects == 1 else " subjects are ", (f"{done.customers:,}", "bold"), f" customer{'' if done.customers == 1 else 's'}; {done.moved:,} {'has' if done.moved == 1 else 'have'} another customer than before.")]
    if done.by:
        lines.append(Text("Tied by " + ", ".join(f"{how} ({count:,})" for how, count in done.by.items()) + "."))
    if done.largest:
        lines.append(Text(f"The largest customer is {done.largest[0]}, of {done.largest[1]:,} subjects."))
    lines += [Text(f"{count:,} {'value' if count == 1 else 'values'} of {how} {'joins' if count == 1 else 'join'} nobody: {reason}.", style="dim") for (how, reason), count in done.demoted.items()]
    lines += [Text(f"▲ {warning}", style="yellow") for warning in done.warnings]
    if done.review:
        lines.append(Text(f"{done.review:,} {'pair waits' if done.review == 1 else 'pairs wait'} to be looked at: `kundig identify --review` lists them."))
    return lines


def waiting(workspace: Workspace) -> None:
    """The pairs in the grey zone, most probable first."""
    from kundig.cli.output import table  # noqa: PLC0415 -- loaded when it is needed

    out = console()
    pairs = workspace.review()
    if not pairs.num_rows:
        out.print("No pair waits to be looked at.")
        return
    out.print(table(pairs))
    out.print(Text("\nkundig identify --explain A B says why; --merge A B --by NAME joins them, --split A --by NAME takes one out.", style="dim"))


def explained(workspace: Workspace, pair: Pair, chart: Path | None) -> None:
    """Why two subjects are one customer, or are not."""
    out = console()
    told = workspace.explain(*pair)
    out.print(Text(f"{told.one} and {told.other} are {'one customer' if told.together else 'two customers'}.", style="bold"))
    for reason in told.reasons:
        out.print(Text(reason))
    if told.start is not None:
        out.print()
        for line in _bars(told):
            out.print(line)
    if chart is not None:
        from kundig.identity.waterfall import waterfall  # noqa: PLC0415 -- loaded when it is needed

        chart.write_text(waterfall(told), encoding="utf-8")
        out.print(Text(f"\nThe chart is in {chart}.", style="dim"))


def _bars(told: Explanation) -> list[Text]:
    """The waterfall: a bar for each comparison, to the left of the middle what speaks against, to the right what speaks for."""
    start = told.start or 0.0
    end = start + sum(step.bits for step in told.steps)
    rows = [("any two", "before anything is compared", start), *((step.field.replace("_", " "), step.found, step.bits) for step in told.steps), ("together", f"probability {told.probability:.4f}, joined from {told.threshold or 1:.4f} on", end)]
    most = max(*(abs(bits) for _, _, bits in rows), 1.0)
    lines = []
    for number, (name, words, bits) in enumerate(rows):
        length = round(abs(bits) / most * WIDE / 2)
        bar = ("█" * length).rjust(WIDE // 2) + "│" + " " * (WIDE // 2) if bits < 0 else " " * (WIDE // 2) + "│" + ("█" * length).ljust(WIDE // 2)
        style = "bold" if number in {0, len(rows) - 1} else ("red" if bits < 0 else "blue")
        lines.append(Text.assemble(f"{name:<12} ", (bar, style), f" {bits:+6.1f}  ", (words, "dim")))
    return lines

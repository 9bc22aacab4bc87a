"""`kundig letters`: what arrived and could not become an event."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.table import Table

from kundig.cli.output import console
from kundig.errors import ArgumentError
from kundig.live.replaying import replayed
from kundig.numbered import numbered
from kundig.workspace import Workspace

SHOWN = 100


def run(folder: Path, *, replay: bool, discard: int | None, show: int | None) -> None:
    """List dead letters, show one whole, send all again, or throw one away."""
    workspace, out = Workspace(folder), console()
    kept = workspace.inbox
    letters = kept.letters(most=SHOWN) if kept is not None else []
    if kept is None or not letters:
        out.print("There are no dead letters: all that arrived is an event or known.")
        return
    if show is not None or discard is not None:
        number = show if show is not None else discard
        found = kept.letters(only=[number or 0])
        if not found:
            raise ArgumentError(f"there is no dead letter {number}; `kundig letters` lists them")
        if show is not None:
            print(found[0].body.decode("utf-8", "replace"))
            return
        kept.discard([found[0].id])
        out.print(f"Letter {number} is gone.")
        return
    if replay:
        whole, before = list(letters), letters[-1].id
        while letters:
            letters = kept.letters(most=SHOWN, before=before)
            whole += letters
            before = letters[-1].id if letters else before
        done = replayed(kept, reversed(whole))
        out.print(f"Of {numbered(done.letters, 'letter')} {numbered(done.accepted, 'event')} wait for the lake now, {done.duplicates:,} were known, {done.rejected:,} are dead again.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("letter", "came", "source", "reason"):
        table.add_column(heading, overflow="fold")
    for letter in letters:
        came = datetime.fromtimestamp(letter.received_at / 1e6, timezone.utc).astimezone(ZoneInfo(workspace.zone))
        table.add_row(str(letter.id), f"{came:%Y-%m-%d %H:%M}", letter.source, letter.reason)
    out.print(table)
    dead = kept.standing().dead
    if dead > len(letters):
        out.print(f"These are the newest {len(letters)} of {dead:,}.")
    out.print("`kundig letters --show LETTER` shows one whole; `--replay` sends all again, with the mapping as it is now.")

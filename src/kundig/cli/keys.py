"""`kundig keys`: who may send events."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table
from rich.text import Text

from kundig.cli.output import console
from kundig.web.opening import set_up


def run(folder: Path, add: str | None, name: str | None, rate: int | None, revoke: int | None) -> None:
    """List the keys, make one, or revoke one."""
    set_up(folder)
    from kundig.state.keys import RATE, made_key, revoked_key, write_keys  # noqa: PLC0415 -- models need Django

    out = console()
    if add is not None:
        key, text = made_key(add, name or add, rate=rate or RATE)
        out.print(Text.assemble("Write key ", (str(key.pk), "bold"), " for the source ", (key.source, "bold"), ":"))
        # A line of its own, whole, to be copied.
        print(text)
        out.print("It is not shown again. It can send events of this source, and nothing else.")
        return
    if revoke is not None:
        key = revoked_key(revoke)
        out.print(Text.assemble("Write key ", (str(key.pk), "bold"), f" of {key.source} sends nothing any longer; running servers know within seconds."))
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("key", "source", "name", "begins with", "events a second", "since", "revoked"):
        table.add_column(heading)
    keys = list(write_keys())
    for key in keys:
        table.add_row(str(key.pk), key.source, key.name, key.start + "…", f"{key.rate:,}", f"{key.since:%Y-%m-%d}", f"{key.revoked:%Y-%m-%d}" if key.revoked else "")
    out.print(table if keys else "There are no write keys; `kundig keys --add SOURCE` makes one.")

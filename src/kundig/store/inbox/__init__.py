"""The inbox: where events that arrive are durable until the lake holds them for good.

An event is acknowledged when `add` has returned, and forgotten when the lake's files, its log entry and their folders
are on the disk. What arrives twice within the window is kept once; what cannot become an event is kept as a dead letter.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kundig.errors import ConfigError

if TYPE_CHECKING:
    from kundig.store.inbox.kept import Inbox

FILE = "inbox.sqlite3"


def inbox(database: str, folder: Path, *, make: bool = True) -> Inbox | None:
    """The inbox of a workspace: a database of its own in the folder, or tables in its PostgreSQL.

    Args:
        database: as `database:` in kundig.yaml has it.
        folder: the workspace.
        make: make it where there is none; without, None is given then.

    Raises:
        ConfigError: the database is of no known kind, or needs a package that is not installed.
        InboxError: it cannot be opened.
    """
    if database.startswith("sqlite:"):
        from kundig.store.inbox.sqlite import SqliteInbox  # noqa: PLC0415 -- one of two

        file = folder / FILE
        return SqliteInbox(file) if make or file.exists() else None
    if database.startswith(("postgres:", "postgresql:")):
        try:
            from kundig.store.inbox.postgresql import PostgresInbox  # noqa: PLC0415 -- needs a package that is an extra
        except ImportError:
            raise ConfigError("database: PostgreSQL needs the package psycopg; install kundig[sql]") from None
        return PostgresInbox.opened(database, make=make)
    raise ConfigError(f"database: expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME, found {database.partition(':')[0]}:…")

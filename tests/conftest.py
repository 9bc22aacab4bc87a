"""A small company in a folder of its own: configuration and files as a test states them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import kundig
from kundig.store.duckdb import connection, history, relation
from kundig.workspace import Workspace

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
LATER = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)

TICKETS = {
    "read": {"csv": "tickets.csv"},
    "key": "id",
    "events": {"kind": "case_opened", "subject": "crm:{customer}", "at": "created", "text": "text"},
}
"""The source that most tests need: tickets with a key."""

Company = Callable[..., Workspace]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """Writes files and a kundig.yaml into the test's folder, and opens it as a workspace.

    Args of the call: `sources` by name, `files` by name as text or bytes, and further top-level keys.
    """

    def opened(sources: Mapping[str, Any] | None = None, files: Mapping[str, str | bytes] | None = None, **keys: Any) -> Workspace:
        for name, content in (files or {}).items():
            put(tmp_path / name, content)
        home = {"name": "Nordwind", "timezone": "Europe/Berlin", **keys.pop("company", {})}
        configuration = {"company": home, "sources": dict(sources or {}), **keys}
        with (tmp_path / "kundig.yaml").open("w", encoding="utf-8") as stream:
            YAML(typ="safe").dump(configuration, stream)
        return kundig.open(tmp_path)

    return opened


def put(file: Path, content: str | bytes) -> None:
    """The content as a file, byte by byte."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def imported(workspace: Workspace, *names: str, now: datetime = NOW, quarantined: bool = False) -> list[dict[str, int]]:
    """Import, and what each source says of it without what is zero."""
    done = workspace.imports(names or None, now=now, quarantined=quarantined)
    return [{key: value for key, value in vars(each).items() if value and key not in {"source", "files"}} for each in done]


def told(workspace: Workspace, table: str, columns: str, order: str = "ALL", where: str = "true") -> list[dict[str, Any]]:
    """Rows of a table of the lake; times in UTC as ISO text."""
    with connection(workspace.lake.folder / ".spill") as con:
        return _rows(con, f"SELECT {columns} FROM {relation(workspace.lake, table)} WHERE {where} ORDER BY {order}")


def versions(workspace: Workspace, columns: str, order: str = "ALL") -> list[dict[str, Any]]:
    """Every version of every event, with `known_until`."""
    with connection(workspace.lake.folder / ".spill") as con:
        return _rows(con, f"SELECT {columns} FROM ({history(workspace.lake, workspace.zone)}) ORDER BY {order}")


def quarantine(workspace: Workspace, columns: str = "file, line, reason") -> list[dict[str, Any]]:
    """What waits in quarantine, files by their name alone."""
    rows = told(workspace, "quarantine", columns, order="file, line, entry")
    return [{key: Path(str(value)).name if key == "file" and value else value for key, value in row.items()} for row in rows]


def _rows(con: Any, query: str) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in con.sql(query).to_arrow_table().to_pylist()]


def _plain(value: Any) -> Any:
    return value.astimezone(timezone.utc).isoformat() if isinstance(value, datetime) else value

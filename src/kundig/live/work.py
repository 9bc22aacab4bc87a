"""What a job has to work with."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any

from kundig.config import changed
from kundig.errors import ConfigError
from kundig.store.inbox import inbox
from kundig.store.inbox.kept import Inbox, Lease
from kundig.workspace import Workspace


@dataclass
class Work:
    """One job's hold on the workspace.

    Attributes:
        folder: the workspace.
        stopping: set when the worker is to end: what is begun is finished, and what waits is brought home.
        lease: the right to do this job, while it is done.
        memory: what the job wants to remember until it runs again in this process.
    """

    folder: Path
    stopping: Event
    lease: Lease | None = None
    memory: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def inbox(self) -> Inbox:
        """Where events wait."""
        found = inbox(self.workspace.config.database, self.folder)
        if found is None:
            raise ConfigError("there is no inbox")
        return found

    @property
    def workspace(self) -> Workspace:
        """The workspace, opened anew when its configuration has changed."""
        configured = changed(self.folder)
        if self.memory.get("configured") != configured:
            self.memory["workspace"] = Workspace(self.folder)
            self.memory["configured"] = configured
        found: Workspace = self.memory["workspace"]
        return found

    @staticmethod
    def now() -> float:
        """Seconds since 1970."""
        return time.time()

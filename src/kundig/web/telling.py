"""The journal hears at once of what happened on a page; if it cannot now, the worker tells it."""

from __future__ import annotations

import logging

from kundig.errors import KundigError
from kundig.sending.telling import passed_on
from kundig.store.inbox import inbox
from kundig.web.desk import desk

log = logging.getLogger("kundig")


def told_now() -> None:
    """Hand over what waits; what was done on the page is done even where the inbox takes nothing now."""
    workspace = desk().workspace
    try:
        box = inbox(workspace.config.database, workspace.folder)
        if box is not None:
            passed_on(box)
    except KundigError as error:
        log.warning("what happened on a page is told to the journal later: %s", error)

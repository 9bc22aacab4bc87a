"""Let go of what need not be kept any longer: ids of events, old counts, and dead letters that nobody sent again."""

from __future__ import annotations

import logging
from typing import Any

from kundig.live.work import Work
from kundig.store.inbox.kept import DAY

log = logging.getLogger("kundig.live")
EVERY = 3600.0


def run(work: Work) -> dict[str, Any] | None:
    """Once an hour; letters that went are counted for whoever looks at those that are left."""
    now = int(work.now() * 1e6)
    ids, days = work.inbox.aged(now), work.workspace.config.live.letters
    letters = work.inbox.expired(now - days * DAY)
    if letters:
        before = work.inbox.told().get("letters-gone", {"letters": 0})
        work.inbox.tell("letters-gone", {"letters": before["letters"] + letters, "at": work.now()})
        log.warning("%s dead letters were older than %s days and are gone; `live: letters:` in kundig.yaml says how long they are kept", letters, days)
    done = {"ids": ids, "letters": letters}
    return {name: count for name, count in done.items() if count} or None

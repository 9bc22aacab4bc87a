"""Let go of ids of events that need not be known any longer, and of old counts."""

from __future__ import annotations

from typing import Any

from kundig.live.work import Work

EVERY = 3600.0


def run(work: Work) -> dict[str, Any] | None:
    """Once an hour."""
    gone = work.inbox.aged(int(work.now() * 1e6))
    return {"ids": gone} if gone else None

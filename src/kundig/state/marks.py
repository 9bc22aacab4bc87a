"""Marks: names for what the journal is told of, drawn by chance."""

from __future__ import annotations

from hashlib import sha256
from uuid import uuid4


def drawn_mark() -> str:
    """A name that nothing else has, also after the database was set back to an earlier day."""
    return uuid4().hex


def mark_of(*parts: str) -> str:
    """A name that these parts always have."""
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]

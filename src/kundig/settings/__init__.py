"""What a company settles once and analyses go by, each part in a file of its own.

The top-level keys of `kundig.yaml` that change an answer are fields here; the journal carries them to every analysis.
"""

from __future__ import annotations

from pydantic import Field

from kundig.definition import Definition
from kundig.settings.company import Company
from kundig.settings.identity import Identity

__all__ = ["Company", "Identity", "Settings"]


class Settings(Definition):
    """What the company settles: every field has a default that says nothing."""

    company: Company = Field(default_factory=lambda: Company(name="the company"))
    identity: Identity = Field(default_factory=Identity)

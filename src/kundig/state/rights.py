"""Who may do what: roles, and the rights that go with each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is to the company."""

    ADMINISTRATOR = "administrator", _("Administrator")
    CCO = "cco", _("Chief Customer Officer")
    LEAD = "lead", _("Lead")
    AGENT = "agent", _("Agent")
    VIEWER = "viewer", _("Viewer")


class Right(StrEnum):
    """What can be allowed."""

    FIGURES = "figures"
    """See what analyses answer: sums and shares, nobody by name."""
    CUSTOMERS = "customers"
    """See customers one by one, with what they said."""
    EXPORT = "export"
    """Take answers and lists away as files."""
    NOTES = "notes"
    """Write dated notes that everybody sees."""
    IDENTITY = "identity"
    """Decide which records are one customer."""
    DATA = "data"
    """See sources, quarantine and checks."""
    IMPORT = "import"
    """Start an import."""
    KEYS = "keys"
    """Make and revoke write keys."""
    PLAYBOOKS = "playbooks"
    """Write playbooks and surveys, switch them on, let customers in."""
    PEOPLE = "people"
    """Let people in, give roles, shut people out."""


_READING = frozenset({Right.FIGURES, Right.CUSTOMERS})

RIGHTS: Mapping[str, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(Right),
    Role.CCO: _READING | {Right.EXPORT, Right.NOTES, Right.IDENTITY, Right.DATA, Right.PLAYBOOKS},
    Role.LEAD: _READING | {Right.EXPORT, Right.NOTES, Right.IDENTITY},
    Role.AGENT: _READING,
    Role.VIEWER: frozenset({Right.FIGURES}),
}

WHOLE = frozenset({Role.ADMINISTRATOR, Role.CCO})
"""Roles that see the whole company whatever their department is."""

"""What sending goes by: who the customers are, how the post is reached, and what the company allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kundig.settings import Settings
from kundig.settings.contact import Contact
from kundig.settings.mail import Mail

if TYPE_CHECKING:
    from kundig.journal import Journal


@dataclass(frozen=True)
class Outside:
    """The way outside of one workspace.

    Attributes:
        opened: gives what is known; asked only where somebody is to be written to.
        settings: what the company has settled.
        contact: what may be written, when, and how often.
        mail: the mail server; None where the company has named none.
        folder: the workspace, for paths in `mail`.
    """

    opened: Callable[[], Journal]
    settings: Settings
    contact: Contact
    mail: Mail | None = None
    folder: Path = Path()

    @cached_property
    def journal(self) -> Journal:
        """What is known."""
        return self.opened()

    @property
    def returned(self) -> Path | None:
        """The mailbox where letters come back."""
        return None if self.mail is None or self.mail.returned is None else self.folder / Path(self.mail.returned).expanduser()

"""Where the pages keep what they make: a folder `.web` in the workspace, with the key, translations and static files."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from kundig import __version__
from kundig.errors import ConfigError

HERE = Path(__file__).parent
PRIVATE = 0o600


@dataclass(frozen=True)
class Place:
    """The folders of one workspace; what depends on the version of kundig lies in a folder of that version."""

    folder: Path

    @property
    def web(self) -> Path:
        """Everything the pages make."""
        return self.folder / ".web"

    @property
    def versioned(self) -> Path:
        """What another version of kundig would make anew."""
        return self.web / _made_of()

    @property
    def static(self) -> Path:
        """Static files under names with their hash, compressed."""
        return self.versioned / "static"

    @property
    def made(self) -> Path:
        """Static files that are made here: the design tokens, and fonts cut from their packages."""
        return self.versioned / "made"

    @property
    def locale(self) -> Path:
        """Compiled translations."""
        return self.versioned / "locale"

    def secret(self) -> str:
        """The key that signs sessions; made on first use, readable by its owner alone.

        Raises:
            ConfigError: the workspace cannot be written.
        """
        given = os.environ.get("KUNDIG_SECRET_KEY")
        if given:
            return given
        file = self.web / "secret-key"
        try:
            self.web.mkdir(mode=0o700, exist_ok=True)
            # Of two that start at once, one writes and both read.
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "w", encoding="ascii") as stream:
                stream.write(secrets.token_urlsafe(64))
        except FileExistsError:
            pass
        except OSError as error:
            raise ConfigError(f"{self.web} cannot be written: {error.strerror}; the web pages keep their key and database there") from None
        return file.read_text(encoding="ascii")


def _made_of() -> str:
    """A short text that changes with kundig, its pages' files, and the packages that bring static files."""
    parts = [__version__, version("django-htmx"), version("django")]
    for file in sorted([*(HERE / "static").rglob("*"), *(HERE / "locale").rglob("*.po")]):
        if file.is_file():
            stat = file.stat()
            parts.append(f"{file.name}:{stat.st_size}:{stat.st_mtime_ns}")
    return f"{__version__}-{sha256('|'.join(parts).encode()).hexdigest()[:12]}"

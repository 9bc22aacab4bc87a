"""What people settle about themes on a page: a file of its own beside `kundig.yaml`, so that commands and pages go by one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from kundig.definition import Definition, read_text, validated, yaml_text
from kundig.errors import ConfigError
from kundig.settings.texts import Pinned, Texts

FILE = "themes.yaml"
LONGEST_NAME = 80
_HEAD = "# What people settled about themes on their page. It counts more than `texts` in kundig.yaml.\n"
_WAIT = 10.0

Change = dict[str, dict[str, Any]]
"""Per part (`renamed`, `themes`) what each key shall say; None takes it out."""


class SettledThemes(Definition):
    """Names that people gave to themes, and themes that they pinned."""

    renamed: dict[str, str] = Field(default_factory=dict)
    themes: dict[str, Pinned] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _named(self) -> SettledThemes:
        for name in (*self.renamed.values(), *self.themes):
            if not name.strip() or len(name) > LONGEST_NAME or "|" in name or not name.isprintable():
                raise ValueError(f"a theme's name has 1 to {LONGEST_NAME} letters in one line, and no |, found {name[: LONGEST_NAME + 20]!r}")
        return self

    def over(self, texts: Texts) -> Texts:
        """What is configured about texts, with what people settled on top of it."""
        return texts.model_copy(update={"renamed": {**texts.renamed, **self.renamed}, "themes": {**texts.themes, **self.themes}})


def settled(folder: Path) -> SettledThemes:
    """What people have settled in a workspace.

    Raises:
        ConfigError: the file was edited and cannot be meant; with file, line and the nearest key.
    """
    file = folder / FILE
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return SettledThemes()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read as UTF-8 text ({error})") from None
    # Who names a theme on a page may not read the environment: no variable is put in.
    return read_text(SettledThemes, text, str(file))


@contextmanager
def changing(folder: Path) -> Iterator[SettledThemes]:
    """What is settled, while nobody else changes it.

    Raises:
        ConfigError: it cannot be read, or somebody else is changing it for longer than ten seconds.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 -- only here

    try:
        with FileLock(folder / f".{FILE}.lock", timeout=_WAIT):
            yield settled(folder)
    except Timeout:
        raise ConfigError(f"{folder / FILE} is being changed by somebody else; try again in a moment") from None


def changed(of: SettledThemes, change: Mapping[str, Mapping[str, Any]]) -> tuple[SettledThemes, Change, Change]:
    """What is settled after a change, and per key what it said before and what it says now; keys that stay as they are left out.

    Raises:
        ConfigError: a name or a pinned theme that cannot be meant.
    """
    values = of.model_dump(mode="json")
    before: Change = {}
    after: Change = {}
    for part, keys in change.items():
        for key, value in keys.items():
            was = values[part].get(key)
            if value is None:
                values[part].pop(key, None)
            else:
                values[part][key] = value
            if was != value:
                before.setdefault(part, {})[key] = was
                after.setdefault(part, {})[key] = value
    return validated(SettledThemes, values, default_place=FILE), before, after


def keep(folder: Path, of: SettledThemes) -> None:
    """Write the file; whoever reads finds the old one or the new one whole.

    Raises:
        ConfigError: the folder cannot be written.
    """
    file = folder / FILE
    values = {part: entries for part, entries in of.model_dump(mode="json", exclude_defaults=True).items() if entries}
    part = file.with_suffix(".part")
    try:
        part.write_text(_HEAD + (yaml_text(values) if values else ""), encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written ({error.strerror}); let kundig write there, or settle themes under `texts:` in kundig.yaml") from None


def naming(texts: Texts, themes: Sequence[tuple[str, Sequence[str]]], name: str) -> Change:
    """The change by which themes, each with its terms, get one name: several themes of one name are one.

    A theme that has a name already is known by the terms that it had then, and by those that it has now.
    """
    renamed: dict[str, Any] = {}
    for theme, terms in themes:
        known = [key for key, given in texts.renamed.items() if given == theme]
        for key in {*known, " / ".join(terms)} if known and terms else {*known} or {theme}:
            renamed[key] = name
    return {"renamed": dict(sorted(renamed.items()))}

"""`kundig.yaml`: what a company tells kundig about itself, its sources and its touchpoints."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pydantic import Field, model_validator

from kundig.definition import read
from kundig.errors import ConfigError, nearest
from kundig.settings import Company, Settings
from kundig.settings.contact import Contact
from kundig.settings.mail import Mail
from kundig.settings.schedule import Schedule
from kundig.settled import FILE as THEMES
from kundig.settled import settled
from kundig.sources.live.live import Live
from kundig.sources.mapping import Source
from kundig.touchpoints import unknown_stages


class Config(Settings):
    """A workspace's configuration: what the company settles, and where its data lies; all but the company can be left out."""

    company: Company
    data: str = "."
    lake: str = "lake"
    database: str = "sqlite:///kundig.sqlite3"
    engine: str = "duckdb"
    sources: dict[str, Source] = Field(default_factory=dict)
    stages: tuple[str, ...] = ()
    live: Live = Field(default_factory=Live)
    schedule: Schedule = Field(default_factory=Schedule)
    mail: Mail | None = None
    contact: Contact = Field(default_factory=Contact)

    @model_validator(mode="after")
    def _consistent(self) -> Config:
        wrong = unknown_stages(self.touchpoints, self.stages)
        if wrong:
            name, stage = next(iter(wrong.items()))
            raise ValueError(f"touchpoints.{name} names the stage {stage!r}, which is not under `stages:`; {nearest(stage, self.stages)}")
        for name in self.sources:
            if not re.fullmatch(r"\w[\w .-]*", name):
                raise ValueError(f"sources: a name is of letters, digits, dots, blanks and - _, found {name!r}")
        if not (self.engine == "duckdb" or self.engine.startswith("spark")):
            raise ValueError(f"engine: expected duckdb or spark://…, found {self.engine!r}")
        return self


def files(folder: Path) -> list[Path]:
    """The configuration of a workspace: `kundig.yaml`, or every YAML file in its folder `kundig/`.

    Raises:
        ConfigError: there is neither.
    """
    one, several = folder / "kundig.yaml", folder / "kundig"
    parts = sorted([*several.glob("*.yaml"), *several.glob("*.yml")]) if several.is_dir() else []
    there = [one] * one.is_file() + parts
    if not there:
        raise ConfigError(f"{folder} is no workspace: expected {one.name} or a folder kundig/ of YAML files there; `kundig init {folder}` writes one")
    return there


def changed(folder: Path) -> tuple[int, ...]:
    """When each file of the configuration was changed, in nanoseconds; 0 where there is none. What is open is opened anew where this differs."""
    several = folder / "kundig"
    parts = sorted(several.glob("*.y*ml")) if several.is_dir() else ()
    return tuple(moment(str(file)) for file in (folder / "kundig.yaml", folder / THEMES, *parts))


def moment(path: str) -> int:
    """When a file or folder was changed, in nanoseconds; 0 where there is none."""
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 -- asked by every page
    except OSError:
        return 0


def config(folder: Path) -> Config:
    """The configuration of a workspace, with what people settled about themes on their page.

    Raises:
        ConfigError: with file, line and the nearest known key for everything that cannot be meant.
    """
    written, themes = read(Config, *files(folder)), settled(folder)
    return written.model_copy(update={"texts": themes.over(written.texts)}) if themes.renamed or themes.themes else written

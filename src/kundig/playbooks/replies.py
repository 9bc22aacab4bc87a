"""Templates of replies to what customers wrote; one that names somebody is never offered where everybody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from kundig.definition import Definition, plainly_named, read
from kundig.playbooks.wording import Texts, named, worded
from kundig.settings.languages import LANGUAGES, Worded

UNNAMED = ("day",)
"""Variables that tell nobody who wrote: a handle is no permission to call somebody by name."""
Mood = Literal["negative", "neutral", "positive", "unclear"]


class Reply(Definition):
    """A text to begin from.

    Attributes:
        title: what people choose it by.
        text: what it says, with variables in braces.
        moods: it is offered first for what sounds so.
    """

    title: Worded
    text: Texts
    moods: tuple[Mood, ...] = ()

    @property
    def public(self) -> bool:
        """Whether it may stand where everybody reads it."""
        return named(self.text) <= set(UNNAMED)


class Replies(Definition):
    """A file of templates, each under its name."""

    replies: Annotated[dict[str, Reply], AfterValidator(plainly_named)] = Field(default_factory=dict)


READY = Path(__file__).parent / "replies.yaml"


def templates(folder: Path) -> dict[str, Reply]:
    """The templates that come with kundig, and those of a workspace's folder `replies/`; of one name, the workspace's.

    Raises:
        ConfigError: one cannot be meant; with file, line and the nearest known name.
    """
    files = sorted([*folder.glob("replies/*.yaml"), *folder.glob("replies/*.yml")])
    return read(Replies, READY).replies | (read(Replies, *files).replies if files else {})


def offered(known: Mapping[str, Reply], mood: str | None, *, public: bool) -> dict[str, Reply]:
    """Those that may be used, what suits the mood first.

    >>> ready = read(Replies, READY).replies
    >>> list(offered(ready, "positive", public=True))
    ['thanks', 'question', 'sorry_public']
    """
    may = {name: one for name, one in known.items() if one.public or not public}
    return dict(sorted(may.items(), key=lambda item: (mood not in item[1].moods, item[0])))


def drafted(reply: Reply, values: Mapping[str, Any], language: str | None, *, otherwise: str, public: bool) -> str:
    """The draft in the language of the one who wrote, or in another one where kundig speaks it not; in public without anything of the person."""
    spoken = language if language in LANGUAGES else otherwise
    return worded(reply.text, {name: value for name, value in values.items() if name in UNNAMED} if public else values, spoken)

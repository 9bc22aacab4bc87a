"""What is settled about texts: languages, models, pinned themes, own forms of numbers, and words that are allowed."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from kundig.definition import Definition

Shown = Literal["name", "email", "phone", "iban", "card", "number", "account"]
Reader = Literal["administrator", "cco", "lead", "agent", "viewer"]


class Pinned(Definition):
    """A theme that people settled: found by its words or by texts like its examples, under a name of their own; `learnt_from` is written by its page."""

    words: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    learnt_from: Annotated[str, Field(pattern=r"^t[0-9a-f]{15}$")] | None = None

    @model_validator(mode="after")
    def _something(self) -> Pinned:
        if not self.words and not self.examples:
            raise ValueError("a pinned theme needs words or examples to be found by")
        return self


class Remote(Definition):
    """Models behind a URL that speaks OpenAI's interface: `model` names themes, `embeddings` embeds texts; they are sent masked texts only."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    model: str | None = None
    embeddings: str | None = None
    key: str = ""
    most: Annotated[int, Field(gt=0)] = 1_000

    @model_validator(mode="after")
    def _plain(self) -> Remote:
        if "@" in self.url or "?" in self.url:
            raise ValueError("url: expected an address such as http://localhost:8080/v1 without name, password or query; a secret belongs under key")
        return self


class Texts(Definition):
    """How texts are read: the languages customers write in, the models that read, pinned themes, and what is masked."""

    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...] = ("de", "en")
    embedder: str = "universal-sentence-encoder"
    classifier: str = "own"
    namer: str = "terms"
    folder: str | None = None
    classifier_folder: str | None = None
    remote: Remote | None = None
    about: tuple[str, ...] = ()
    themes: dict[str, Pinned] = Field(default_factory=dict)
    renamed: dict[str, str] = Field(default_factory=dict)
    allowed: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    shown: dict[Reader, tuple[Shown, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _consistent(self) -> Texts:
        for form in self.numbers:
            try:
                re.compile(form)
            except re.error as error:
                raise ValueError(f"numbers: {form!r} is no regular expression: {error}") from None
        if not self.languages:
            raise ValueError("languages: name at least one, such as [de]")
        return self

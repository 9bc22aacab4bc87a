"""One question, and what is an answer to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from kundig.definition import Definition
from kundig.events import METRICS
from kundig.settings.languages import Worded

Kind = Literal["nps", "csat", "ces", "stars", "single", "multiple", "text"]
LONGEST = 4000
"""Characters of a text that are kept."""
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Answer = int | str | list[str]


class Question(Definition):
    """A question of a survey.

    Attributes:
        key: by which the answer is kept.
        kind: `nps` (0 to 10), `csat` and `stars` (1 to 5), `ces` (1 to 7), `single` and `multiple` choice, or `text`.
        ask: what is asked.
        low: what the lowest answer means, beside it.
        high: what the highest answer means, beside it.
        options: what can be chosen, by key.
        required: whether it must be answered to go on.
    """

    key: Key
    kind: Kind
    ask: Worded
    low: Worded | None = None
    high: Worded | None = None
    options: dict[Key, Worded] = Field(default_factory=dict)
    required: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Question:
        choice = self.kind in {"single", "multiple"}
        if choice and len(self.options) < 2:  # noqa: PLR2004 -- a choice
            raise ValueError(f"options: a question of {self.kind} choice needs at least two, found {len(self.options)}")
        if not choice and self.options:
            raise ValueError(f"options: go with single and multiple choice, found the kind {self.kind!r}")
        if (self.low or self.high) and self.metric is None:
            raise ValueError(f"low and high: go with a scale, found the kind {self.kind!r}")
        return self

    @property
    def metric(self) -> str | None:
        """What it measures; None where it has no scale."""
        return self.kind if self.kind in METRICS else None

    @property
    def scale(self) -> Sequence[int]:
        """The answers of a scale, from the lowest; none where it has no scale."""
        if self.metric is None:
            return ()
        low, high = METRICS[self.metric]
        return range(int(low), int(high) + 1)

    def answer(self, given: Sequence[str]) -> Answer | None:
        """What was given, as it is kept; None where nothing was.

        >>> Question(key="score", kind="nps", ask="How likely?").answer(["9"])
        9

        Raises:
            ValueError: it is no answer to this question.
        """
        said = [text.strip() for text in given if text.strip()]
        if not said:
            return None
        if self.kind == "text":
            return said[0].replace("\x00", "")[:LONGEST]
        if self.metric is not None:
            if not said[0].isascii() or not said[0].isdecimal() or int(said[0][:4]) not in self.scale:
                raise ValueError(f"{self.key}: expected a number from {self.scale[0]} to {self.scale[-1]}, found {said[0][:40]!r}")
            return int(said[0])
        unknown = [key for key in said if key not in self.options]
        if unknown:
            raise ValueError(f"{self.key}: {unknown[0][:40]!r} is not one of the options")
        return said[0] if self.kind == "single" else sorted(set(said), key=list(self.options).index)

    def shown(self, answer: Answer, language: str) -> str:
        """An answer in words."""
        if isinstance(answer, list):
            return ", ".join(self.shown(one, language) for one in answer)
        words: Mapping[str, str] = self.options.get(str(answer), {})
        return words.get(language) or next(iter(words.values()), str(answer))

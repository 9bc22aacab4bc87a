"""What can be exchanged: who embeds texts, who classifies them, who names themes. Other packages add theirs as entry points.

A name in `kundig.yaml` chooses one: `texts: {embedder: my-encoder}` looks for the entry point `my-encoder` in the group
`kundig.embedders`. Vectors and results are stored with name and revision, so those of two models never mix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from kundig.errors import ConfigError, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray


@runtime_checkable
class Embedder(Protocol):
    """Texts as vectors: alike in meaning, alike in direction."""

    name: str
    dim: int

    @property
    def revision(self) -> str:
        """Changes whenever a text's vector would."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row of float32 a text, each of length one."""
        ...


@runtime_checkable
class TextClassifier(Protocol):
    """Texts as probabilities of labels."""

    name: str
    labels: tuple[str, ...]

    @property
    def revision(self) -> str:
        """Changes whenever a text's probabilities would."""
        ...

    def predict_proba(self, texts: Sequence[str], vectors: NDArray[Any]) -> NDArray[Any]:
        """One row of probabilities a text, in the order of `labels`; `vectors` are those of the embedder."""
        ...


@runtime_checkable
class ThemeNamer(Protocol):
    """A name for a theme from its telling words and some of its texts."""

    name: str

    def named(self, terms: Sequence[str], examples: Sequence[str], language: str) -> str | None:
        """A short name in that language; None where it finds none."""
        ...


GROUPS = {"embedder": "kundig.embedders", "classifier": "kundig.classifiers", "namer": "kundig.namers"}


def chosen(what: str, name: str, own: Mapping[str, Any], **settings: Any) -> Any:
    """The embedder, classifier or namer of that name: one of kundig's own, or one that a package adds.

    Raises:
        ConfigError: there is none of that name; with the nearest.
    """
    points = {point.name: point for point in entry_points(group=GROUPS[what])}
    if name in own:
        return own[name](**settings)
    if name in points:
        return points[name].load()(**settings)
    raise ConfigError(f"texts.{what}: there is no {what} {name!r}; {nearest(name, [*own, *points])}")

"""An adapter for a classifier of moods in a folder on this machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kundig.errors import ConfigError
from kundig.texts.readings import MOODS
from kundig.texts.transformer import Transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STARS = re.compile(r"([1-5])\s*stars?", re.IGNORECASE)
_OF_STARS = {1: "negative", 2: "negative", 3: "neutral", 4: "positive", 5: "positive"}


class LocalClassifier:
    """A transformers model that sorts texts into moods, or into one to five stars (1 and 2 are negative, 3 neutral, 4 and 5 positive).

    Its probabilities are its own: whether they are calibrated, `kundig evaluate` on ratings of one's own says.
    """

    name = "local"
    labels = MOODS

    def __init__(self, folder: str | None) -> None:
        self._model = Transformer(folder, "texts.classifier_folder", "AutoModelForSequenceClassification")
        named = self._model.settings("config.json").get("id2label") or {}
        self._moods = {int(at): _mood(str(label)) for at, label in named.items()}
        if None in self._moods.values() or not {"negative", "positive"} <= set(self._moods.values()):
            raise ConfigError(
                f"texts.classifier_folder: expected a model whose labels (id2label in config.json) are negative, neutral and positive, or 1 star to 5 stars; found {', '.join(map(str, named.values())) or 'none'}"
            )

    @property
    def revision(self) -> str:
        """From all that the folder holds."""
        return self._model.revision

    def predict_proba(self, texts: Sequence[str], vectors: NDArray[Any]) -> NDArray[Any]:
        """One row a text, in the order of `labels`; a model that knows nothing neutral gives it no chance."""
        import numpy as np  # noqa: PLC0415 -- slow import

        del vectors
        found = np.zeros((len(texts), len(MOODS)))
        for places, _, told in self._model.batches(texts):
            chances = told.logits.softmax(-1).numpy()
            for at, mood in self._places.items():
                found[places, mood] += chances[:, at]
        return found

    @cached_property
    def _places(self) -> dict[int, int]:
        return {at: MOODS.index(str(mood)) for at, mood in self._moods.items()}


def _mood(label: str) -> str | None:
    """The mood that a label means.

    >>> _mood("POS"), _mood("neutral"), _mood("2 stars"), _mood("LABEL_0")
    ('positive', 'neutral', 'negative', None)
    """
    if stars := _STARS.fullmatch(label.strip()):
        return _OF_STARS[int(stars[1])]
    told = label.strip().lower()
    return next((mood for mood in MOODS if told == mood or (len(told) >= 3 and mood.startswith(told))), None)  # noqa: PLR2004 -- neg, neu, pos

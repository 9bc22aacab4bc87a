"""An adapter for a sentence encoder in a folder on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kundig.errors import ConfigError
from kundig.texts.centring import centred, middle, unit
from kundig.texts.transformer import Transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

_POOLING, _SENTENCES, _PROMPTS = "1_Pooling/config.json", "sentence_bert_config.json", "config_sentence_transformers.json"


class LocalEncoder:
    """A transformers model, its token vectors averaged, or pooled as the folder of a sentence transformer says."""

    name = "local"

    def __init__(self, folder: str | None) -> None:
        self._model = Transformer(folder, "texts.folder", "AutoModel")
        pooling = self._model.settings(_POOLING)
        self._first = bool(pooling.get("pooling_mode_cls_token")) or pooling.get("pooling_mode") == "cls"
        if pooling and not self._first and not pooling.get("pooling_mode_mean_tokens") and pooling.get("pooling_mode") != "mean":
            raise ConfigError(f"texts.folder: {_POOLING} pools in a way that is not known here; expected the mean of the tokens, or the first (cls)")
        prompts = self._model.settings(_PROMPTS)
        self._before = str((prompts.get("prompts") or {}).get(prompts.get("default_prompt_name")) or "")

    @property
    def revision(self) -> str:
        """From all that the folder holds."""
        return self._model.revision

    @cached_property
    def dim(self) -> int:  # type: ignore[override,unused-ignore]  # found out when it is asked for, where others know it
        """The length of its vectors."""
        return int(self._model.loaded[1].config.hidden_size)

    def encode(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row a text, of length one, as seen from the model's middle."""
        return centred(self._pooled(texts), self._middle)

    @cached_property
    def _middle(self) -> NDArray[Any]:
        return middle(self._pooled)

    def _pooled(self, texts: Sequence[str]) -> NDArray[Any]:
        import numpy as np  # noqa: PLC0415 -- slow import

        found = np.zeros((len(texts), self.dim), dtype=np.float32)
        for places, given, told in self._model.batches([self._before + text for text in texts], self._model.settings(_SENTENCES).get("max_seq_length")):
            states, mask = told.last_hidden_state, given["attention_mask"].unsqueeze(-1)
            found[places] = (states[:, 0] if self._first else (states * mask).sum(1) / mask.sum(1).clamp(min=1)).numpy()
        return unit(found)

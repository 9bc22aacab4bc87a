"""An adapter for an embedder behind a URL that speaks OpenAI's interface.

It is off unless `texts: remote:` and `embedder: remote` are set. It is sent masked texts, and what comes back must be
as many vectors as texts, of one length, of finite numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kundig.errors import ConfigError
from kundig.texts.centring import centred, middle, unit
from kundig.texts.endpoint import Endpoint
from kundig.texts.masking import masked

if TYPE_CHECKING:
    import httpx
    from numpy.typing import NDArray

    from kundig.settings.texts import Remote

_BATCH, _LETTERS = 64, 4_000


class RemoteEncoder:
    """Texts as the model at the URL places them, as seen from the model's middle.

    Args:
        remote: where it is, and its name under `embeddings`.
        numbers: the company's own forms of customer numbers, which are covered too.
    """

    name = "remote"

    def __init__(self, remote: Remote, numbers: Sequence[str] = (), client: httpx.Client | None = None) -> None:
        if not remote.embeddings:
            raise ConfigError("texts.embedder is remote, but texts.remote.embeddings is not set; write the name of the model that embeds")
        self._model, self._numbers, self._endpoint = remote.embeddings, tuple(numbers), Endpoint(remote, client)
        self._url = remote.url

    @property
    def revision(self) -> str:
        """From the URL and the model's name: where the model behind them changes, give it another name, so that all texts are read anew."""
        return hashlib.sha256(f"{self._url} {self._model}".encode()).hexdigest()[:12]

    @cached_property
    def dim(self) -> int:  # type: ignore[override,unused-ignore]  # found out when it is asked for, where others know it
        """The length of its vectors."""
        return int(self._middle.shape[0])

    def encode(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row a text, of length one.

        Raises:
            ConfigError: the URL does not answer, or its answer is no vector a text.
        """
        return centred(self._vectors(texts), self._middle)

    @cached_property
    def _middle(self) -> NDArray[Any]:
        return middle(self._vectors)

    def _vectors(self, texts: Sequence[str]) -> NDArray[Any]:
        import numpy as np  # noqa: PLC0415 -- slow import

        # A text that is empty is refused by many servers.
        sent = [masked(text[:_LETTERS], numbers=self._numbers) or "-" for text in texts]
        parts = [self._checked(sent[start : start + _BATCH]) for start in range(0, len(sent), _BATCH)]
        return unit(np.vstack(parts)) if parts else np.zeros((0, self.dim), np.float32)

    def _checked(self, sent: list[str]) -> NDArray[Any]:
        import numpy as np  # noqa: PLC0415 -- slow import

        told = self._endpoint.answer("/embeddings", {"model": self._model, "input": sent, "encoding_format": "float"})
        try:
            rows = sorted(told["data"], key=lambda row: row["index"])
            found = np.array([row["embedding"] for row in rows], dtype=np.float32)
            whole = [row["index"] for row in rows] == list(range(len(sent))) and found.ndim == 2 and found.shape[1] > 0  # noqa: PLR2004 -- texts and numbers
        # Whatever shape else it has, these are no vectors.
        except (KeyError, TypeError, ValueError):
            whole = False
        if not whole or not np.isfinite(found).all() or ("_middle" in self.__dict__ and found.shape[1] != self.dim):
            raise ConfigError(f"texts.remote: {self._model} did not answer with a vector for each text, all of one length; check that texts.remote.embeddings names a model that embeds")
        return found

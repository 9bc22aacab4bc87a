"""An adapter for a sentence encoder in a folder on this machine, for whoever has `transformers` and PyTorch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundig.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 32


class LocalEncoder:
    """A transformers model in a folder, its token vectors averaged; nothing is fetched."""

    name = "local"

    def __init__(self, folder: str | None) -> None:
        if not folder or not (Path(folder) / "config.json").is_file():
            raise ConfigError(f"texts.folder: expected the folder of a transformers model with a config.json, found {folder!r}")
        self.folder = Path(folder)

    @cached_property
    def revision(self) -> str:
        """From the names and sizes of the model's files and its configuration."""
        files = sorted((str(path.relative_to(self.folder)), path.stat().st_size) for path in self.folder.rglob("*") if path.is_file())
        return hashlib.sha256(repr(files).encode() + (self.folder / "config.json").read_bytes()).hexdigest()[:12]

    @cached_property
    def dim(self) -> int:  # type: ignore[override,unused-ignore]
        """The length of its vectors."""
        return int(self._model[1].config.hidden_size)

    @cached_property
    def _model(self) -> tuple[Any, Any]:
        try:
            from transformers import AutoModel, AutoTokenizer  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 -- only where it is installed
        except ImportError:
            raise ConfigError("texts.embedder is local, but transformers is not installed; install transformers and torch, or leave the embedder out") from None
        where: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        return AutoTokenizer.from_pretrained(self.folder, **where), AutoModel.from_pretrained(self.folder, **where).eval()

    def encode(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row a text, of length one."""
        import numpy as np  # noqa: PLC0415 -- slow import
        import torch  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 -- as above

        tokenizer, model = self._model
        rows = []
        with torch.inference_mode():
            for start in range(0, len(texts), _BATCH):
                given = tokenizer(list(texts[start : start + _BATCH]), padding=True, truncation=True, max_length=256, return_tensors="pt")
                states = model(**given).last_hidden_state
                mask = given["attention_mask"].unsqueeze(-1)
                rows.append(((states * mask).sum(1) / mask.sum(1).clamp(min=1)).numpy())
        whole = np.vstack(rows) if rows else np.zeros((0, self.dim))
        return np.asarray(whole / np.clip(np.linalg.norm(whole, axis=1, keepdims=True), 1e-6, None), dtype=np.float32)

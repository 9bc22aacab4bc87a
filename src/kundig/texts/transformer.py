"""A transformers model in a folder on this machine, for whoever has `transformers` and PyTorch; nothing is fetched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from kundig.errors import ConfigError

_BATCH, _TOKENS = 32, 512


class Transformer:
    """Its tokenizer and model, and what tells it from any other.

    Args:
        folder: holds `config.json`, the weights and the tokenizer.
        said: where the folder is configured, such as `texts.folder`.
        kind: the class of `transformers` that reads it.
    """

    def __init__(self, folder: str | None, said: str, kind: str) -> None:
        if not folder or not (Path(folder) / "config.json").is_file():
            raise ConfigError(f"{said}: expected the folder of a transformers model with a config.json, found {folder!r}")
        self.folder, self._said, self._kind = Path(folder), said, kind

    @cached_property
    def revision(self) -> str:
        """From all that the folder holds: two models of one size differ."""
        digest = hashlib.sha256()
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            digest.update(str(path.relative_to(self.folder)).encode())
            with path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        return digest.hexdigest()[:12]

    def settings(self, name: str) -> dict[str, Any]:
        """What a JSON file of the folder says; nothing where there is none."""
        file = self.folder / name
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}

    @cached_property
    def loaded(self) -> tuple[Any, Any]:
        """Tokenizer and model.

        Raises:
            ConfigError: transformers or PyTorch is not installed, or they cannot read the folder.
        """
        try:
            import torch  # type: ignore[import-not-found,unused-ignore]  # noqa: F401, PLC0415 -- only where it is installed
            import transformers  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 -- as above
        except ImportError as error:
            raise ConfigError(f"{self._said} names a transformers model, but {error.name} is not installed; install transformers and torch, or take a model of kundig's own") from None
        where: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        transformers.utils.logging.disable_progress_bar()
        try:
            return transformers.AutoTokenizer.from_pretrained(self.folder, **where), getattr(transformers, self._kind).from_pretrained(self.folder, **where).eval()
        # What a folder lacks is told in all these ways, and each is a fault of the folder.
        except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
            first = str(error).strip().split("\n")[0].rstrip(": ")
            raise ConfigError(f"{self._said}: {self.folder} holds no model that transformers can read as {self._kind} ({first}); the folder needs config.json, weights and tokenizer") from None

    def batches(self, texts: Sequence[str], most: int | None = None) -> Iterator[tuple[list[int], Any, Any]]:
        """What the model says of texts, some at a time and texts of one length together: their places, what went in, what came out.

        Args:
            most: tokens of a text that are read; by default as many as the model was made for, at most 512.
        """
        import torch  # noqa: PLC0415 -- only where it is installed

        tokenizer, model = self.loaded
        most = min(most or _TOKENS, getattr(model.config, "max_position_embeddings", _TOKENS), tokenizer.model_max_length)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        with torch.inference_mode():
            for start in range(0, len(order), _BATCH):
                places = order[start : start + _BATCH]
                given = tokenizer([texts[at] for at in places], padding=True, truncation=True, max_length=most, return_tensors="pt")
                yield places, given, model(**given)

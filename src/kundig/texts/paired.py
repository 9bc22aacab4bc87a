"""Two embedders side by side: what one does not tell apart the other may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kundig.texts.encoder import UniversalEncoder
from kundig.texts.small_e5 import SmallE5

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kundig.texts.protocols import Embedder


class Paired:
    """The small E5 and the universal encoder: vectors of length one, half of it from each. It costs hardly more than E5 alone."""

    name = "paired"
    dim = SmallE5.dim + UniversalEncoder.dim

    def __init__(self) -> None:
        self._parts: tuple[Embedder, ...] = (SmallE5(), UniversalEncoder())

    @property
    def revision(self) -> str:
        """Both revisions."""
        return "+".join(part.revision for part in self._parts)

    def encode(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row a text, float32."""
        import numpy as np  # noqa: PLC0415 -- slow import

        return np.asarray(np.hstack([part.encode(texts) for part in self._parts]) / np.sqrt(len(self._parts)), dtype=np.float32)

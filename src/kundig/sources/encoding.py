"""In which encoding a text file is written, and the same text in UTF-8."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kundig.errors import SourceError
from kundig.sources.readers import Place

_SAME = {"utf-8", "utf-8-sig"}
_CANDIDATES = ["cp1252", "latin_1", "cp850", "iso8859_15", "cp1250", "iso8859_2", "mac_roman", "cp1251", "cp1254"]


def detected(head: bytes, file: Path) -> str:
    """The encoding of a file from its first bytes: by its mark, as UTF-8 if it is that, else by its letters.

    Raises:
        SourceError: the bytes fit no text encoding.
    """
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return name
    if head[1:200:2].count(0) > len(head[1:200:2]) * 0.8:
        return "utf-16-le"
    if head[0:200:2].count(0) > len(head[0:200:2]) * 0.8:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    from charset_normalizer import from_bytes  # noqa: PLC0415 -- slow import

    guess = from_bytes(head[: 1 << 16] if not head[: 1 << 16].isascii() else head, cp_isolation=_CANDIDATES).best()
    if guess is None:
        raise SourceError(f"{file} is no text that can be recognised; write its `encoding:` under `read:`, such as cp1252")
    # What reads as Latin-1 is Windows text in practice: cp1252 has the same letters, and the euro sign. The same few words again
    # and again read as another page as well; what is nothing but letters on Windows' page is Windows text.
    windows = _decoded(head, "cp1252")
    if windows is not None and (guess.encoding in {"latin_1", "iso8859_15"} or (guess.encoding == "cp850" and all(sign.isalpha() for sign in windows if not sign.isascii()))):
        return "cp1252"
    return guess.encoding


def _decoded(head: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None


def as_utf8(file: Path, encoding: str, place: Place) -> Path:
    """The file itself if it is UTF-8, else a copy in UTF-8 in the scratch folder, with the same lines.

    Raises:
        SourceError: the encoding is unknown, or some bytes do not fit it.
    """
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise SourceError(f"the encoding {encoding!r} is unknown; write one such as utf-8, cp1252, latin-1 or utf-16") from None
    if name in _SAME:
        return file
    target = place.scratch / (hashlib.sha256(os.fsencode(file)).hexdigest()[:16] + "-" + file.name.removesuffix(".gz"))
    place.copies[target] = file
    decode = codecs.getincrementaldecoder(encoding)()
    done = 0
    with opened(file) as stream, target.open("wb") as copy:
        while True:
            block = stream.read(1 << 20)
            try:
                copy.write(decode.decode(block, final=not block).encode("utf-8", "surrogatepass"))
            except UnicodeDecodeError as error:
                raise SourceError(
                    f"{file} is not {encoding}: byte {done + error.start:,} does not fit; write the right `encoding:` under `read:`"
                ) from None
            if not block:
                return target
            done += len(block)


@contextmanager
def opened(file: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, gzipped or not.

    Raises:
        SourceError: it cannot be read, or is no whole gzip file.
    """
    try:
        stream = gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")  # noqa: SIM115 -- closed by the `with` below
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror or error}") from None
    with stream:
        try:
            yield stream  # type: ignore[misc]  # GzipFile reads bytes like a file
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise SourceError(f"{file} cannot be read: {error}; expected a whole gzip file") from None

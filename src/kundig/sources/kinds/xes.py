"""XES event logs, the exchange format of process mining (IEEE 1849)."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from xml.etree.ElementTree import Element, ParseError

from kundig.errors import SourceError
from kundig.sources.readers import FILE, LINE, Place, Reader, Rows, found

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000


class Xes(Reader):
    """The events of XES logs; attributes of the trace are columns that start with `case:`.

    `#line` is the position of the event in its file. Entities and document types are refused.
    """

    key: ClassVar[str] = "xes"

    xes: str

    def rows(self, place: Place) -> Rows:
        """The events as record batches of text.

        Raises:
            SourceError: no file matches, or it is no XES.
        """
        files = found(self.xes, place.data)
        names = tuple(sorted({name for file in files for row in _events(file) for name in row}))
        if not names:
            raise SourceError(f"{files[0]} holds no events; expected an XES log of traces with events")

        def batches() -> Iterator[pa.RecordBatch]:
            for file in files:
                yield from _batches(file, names)

        return Rows(batches=batches, schema=_schema(names), files=files, size=sum(file.stat().st_size for file in files) * 4)


def _events(file: Path) -> Iterator[dict[str, str]]:
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415 -- only for this kind
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415 -- loaded when it is needed

    trace: dict[str, str] = {}
    depth: list[str] = []
    try:
        with (gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")) as stream:
            for moment, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
                tag = _local(element)
                if moment == "start":
                    depth.append(tag)
                    if tag == "trace":
                        trace = {}
                    continue
                depth.pop()
                if tag == "event":
                    yield {**trace, **{str(child.get("key")): str(child.get("value")) for child in element if child.get("key") and child.get("value") is not None}}
                    element.clear()
                elif depth and depth[-1] == "trace" and element.get("key") and element.get("value") is not None:
                    trace[f"case:{element.get('key')}"] = str(element.get("value"))
                elif tag == "trace":
                    element.clear()
    except (ParseError, OSError, EOFError) as error:
        raise SourceError(f"{file} is not valid XES: {error}") from None
    except DefusedXmlException as error:
        raise SourceError(f"{file} is refused: it declares a document type or entities ({type(error).__name__}), which an event log does not need") from None


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _batches(file: Path, names: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    block: list[dict[str, str]] = []
    first = 1
    for row in _events(file):
        block.append(row)
        if len(block) == BATCH:
            yield _batch(pa, file, names, block, first)
            first += len(block)
            block = []
    if block:
        yield _batch(pa, file, names, block, first)


def _batch(pa: Any, file: Path, names: tuple[str, ...], block: list[dict[str, str]], first: int) -> pa.RecordBatch:
    texts = [pa.array([row.get(name) for row in block], pa.string()) for name in names]
    places = [pa.array([str(file)] * len(block), pa.string()), pa.array(range(first, first + len(block)), pa.int64())]
    return pa.RecordBatch.from_arrays([*texts, *places], schema=_schema(names))


def _schema(names: tuple[str, ...]) -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return pa.schema([*((name, pa.string()) for name in names), (FILE, pa.string()), (LINE, pa.int64())])

"""The kinds of sources: one file of this room each, found by its key under `read:`.

A reader is a frozen definition whose first field is its key (`csv`, `sql`, …). Its `rows` says where the rows
are: a relation in the engine's own words, so that the engine reads them in parallel, or record batches.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from kundig.definition import Definition, Zone
from kundig.errors import SourceError, nearest
from kundig.sources.expression import literal

if TYPE_CHECKING:
    import pyarrow as pa

Ask = Callable[[str], list[tuple[Any, ...]]]
"""Puts a query to the engine that will read the rows."""

FILE = "#file"
BROKEN = "#broken"
RAW = "#raw"
LINE = "#line"


@dataclass(frozen=True)
class Lines:
    """How the records of a text file stand on its lines."""

    first: int = 1
    """The line of the header or, where there is none, of the first record."""
    header: bool = False
    spread: bool = False
    """Whether a record may go over several lines, its line breaks being those of its values."""


@dataclass(frozen=True)
class Rows:
    """The rows of a source: a relation in the engine's SQL, or record batches.

    Columns whose name starts with # are about the row: `#file`; `#line`; `#raw` and `#broken` for a record that
    cannot be read (its text and why).
    """

    sql: str | None = None
    batches: Callable[[], Iterator[pa.RecordBatch]] | None = None
    schema: Any = None
    files: tuple[Path, ...] = ()
    size: int = 0
    lines: Lines | None = None
    """How the records stand on the lines of their files; None where the rows carry `#line` or have none."""
    nothing: bool = False
    """Whether there is no row, and so no column either, as where nothing is new."""
    finish: Callable[[], None] = field(default=lambda: None)
    """Called when the rows are in the lake for good."""


@dataclass(frozen=True)
class Place:
    """Where a reader may look and write: the data folder, a scratch folder, a folder that stays, the engine.

    `copies` names the file of which a file in the scratch folder is a copy in UTF-8, line by line.
    """

    data: Path
    scratch: Path
    keep: Path
    ask: Ask
    copies: dict[Path, Path] = field(default_factory=dict)


class Reader(Definition):
    """What every kind of source says of itself under `read:`."""

    decimal: str | None = None
    dates: str | None = None
    zone: Zone | None = None
    typed: ClassVar[bool] = False

    def rows(self, place: Place) -> Rows:
        """Where the rows are.

        Raises:
            SourceError: nothing can be read there, with what was looked for.
        """
        raise NotImplementedError

    def located(self) -> str:
        """The source's place for a message, without secrets."""
        key = _key(type(self))
        return f"{key}: {self.model_dump(by_alias=True)[key]}"


def kinds() -> dict[str, type[Reader]]:
    """Every reader by its key: those of this room, and those that packages add as `kundig.sources`."""
    from importlib import import_module  # noqa: PLC0415 -- finding plug-ins
    from importlib.metadata import entry_points  # noqa: PLC0415 -- loaded when it is needed
    from pkgutil import iter_modules  # noqa: PLC0415 -- loaded when it is needed

    for module in iter_modules([str(Path(__file__).parent / "kinds")]):
        import_module(f"kundig.sources.kinds.{module.name}")
    for point in entry_points(group="kundig.sources"):
        point.load()
    return {_key(cls): cls for cls in _subclasses(Reader) if not cls.__name__.startswith("_")}


def _key(cls: type[Reader]) -> str:
    return str(cls.__dict__["key"])


def _subclasses(cls: type[Reader]) -> Iterator[type[Reader]]:
    for child in cls.__subclasses__():
        if "key" in child.__dict__:
            yield child
        yield from _subclasses(child)


def _reader(value: Any) -> Any:
    if isinstance(value, Reader):
        return value
    if not isinstance(value, dict) or not value:
        raise ValueError(f"expected how to read, such as `{{csv: \"data/*.csv\"}}`, found {value!r}")
    known = kinds()
    named = [key for key in value if key in known]
    if len(named) != 1:
        said = " and ".join(named) or str(next(iter(value)))
        raise ValueError(f"expected one kind of source, found {said!r}; {nearest(said, known)}")
    return known[named[0]].model_validate(value)


Read = Annotated[SerializeAsAny[Reader], BeforeValidator(_reader)]


def original(column: str, place: Place) -> str:
    """SQL over a column that holds the file that was read: the file that it is a copy of, else itself."""
    cases = "".join(f" WHEN {literal(str(copy))} THEN {literal(str(file))}" for copy, file in place.copies.items())
    return f"CASE {column}{cases} ELSE {column} END" if cases else column


def found(pattern: str, data: Path) -> tuple[Path, ...]:
    """The files that match a pattern below the data folder, by name; gzip or not.

    Raises:
        SourceError: there is none, with what lies there instead.
    """
    path = Path(pattern).expanduser()
    whole = str(path if path.is_absolute() else data / path)
    files = tuple(Path(name) for name in sorted(glob.glob(whole, recursive=True)) if Path(name).is_file())
    if files:
        return files
    folder = Path(whole).parent
    there = [entry.name for entry in sorted(folder.iterdir())] if folder.is_dir() else None
    seen = f"that folder holds: {nearest(Path(whole).name, there)}" if there is not None else f"the folder {folder} does not exist"
    raise SourceError(f"no file matches {pattern!r} in {data}; {seen}")

"""JSON: lines of objects, one list of objects, or a list inside an object."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from kundig.errors import SourceError
from kundig.sources.encoding import opened
from kundig.sources.expression import literal, quoted
from kundig.sources.readers import BROKEN, FILE, RAW, Lines, Place, Reader, Rows, found, original

LARGEST = 1 << 30


class Json(Reader):
    """Objects in JSON files; numbers of up to 15 digits keep the text they are written as, so that money is exact.

    A nested value is reached by its path, `customer.id`; a list stays JSON text. `records` is the path to the list in
    a file that is one object. A line that is no JSON object is set aside.
    """

    key: ClassVar[str] = "json"

    path: str = Field(alias="json")
    records: str | None = None

    def rows(self, place: Place) -> Rows:
        """The objects as one relation of text columns, one for each path that occurs.

        Raises:
            SourceError: no file matches, or a file that is not lines is no valid JSON.
        """
        files = found(self.path, place.data)
        lined = [self._lined(file, place) for file in files]
        return objects(tuple(lined), files, place)

    def _lined(self, file: Path, place: Place) -> Path:
        """The file with one object a line."""
        with opened(file) as stream:
            head = stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
        if not head:
            raise SourceError(f"{file} is empty; expected JSON objects")
        if self.records is None and head.startswith(b"{") and _is_lines(head):
            return file
        with opened(file) as stream:
            text = stream.read(LARGEST + 1)
        if len(text) > LARGEST:
            raise SourceError(f"{file} is larger than 1 GiB and not one object a line; write it as JSON lines")
        return _as_lines(file, text, self.records, place)


def _is_lines(head: bytes) -> bool:
    first, newline, rest = head.partition(b"\n")
    try:
        json.loads(first)
    except ValueError:
        # A broken first line among lines is set aside like any other; an indented document is one object.
        return bool(newline) and rest.lstrip().startswith(b"{")
    return True


def _as_lines(file: Path, text: bytes, records: str | None, place: Place) -> Path:
    try:
        value: Any = json.loads(text.decode("utf-8-sig"), parse_float=_Exact, parse_int=_Exact)
    except ValueError as error:
        raise SourceError(f"{file} is not valid JSON: {error}; expected a list of objects or one object a line") from None
    for name in records.split(".") if records else ():
        if not isinstance(value, dict) or name not in value:
            there = ", ".join(sorted(value)) if isinstance(value, dict) else type(value).__name__
            raise SourceError(f"{file}: `records: {records}` leads to nothing at {name!r}; there is: {there}")
        value = value[name]
    listed = value if isinstance(value, list) else [value]
    target = place.scratch / f"{hashlib.sha256(os.fsencode(file)).hexdigest()[:16]}-{file.name.removesuffix('.gz')}l"
    place.copies[target] = file
    with target.open("w", encoding="utf-8") as copy:
        copy.writelines(_written(item) + "\n" for item in listed)
    return target


class _Exact(str):
    """A number as it is written."""

    __slots__ = ()


def _written(value: Any) -> str:
    if isinstance(value, _Exact):
        return str.__str__(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_written(item) for item in value) + "]"
    return json.dumps(value)


def objects(lined: tuple[Path, ...], files: tuple[Path, ...], place: Place) -> Rows:
    """Files of one JSON object a line as a relation with a text column for each path."""
    listed = ", ".join(literal(str(path)) for path in lined)
    lines = (
        f"read_csv([{listed}], columns = {{'line': 'VARCHAR'}}, auto_detect = false, header = false, delim = chr(1), quote = '', escape = '', "
        f"filename = true, max_line_size = 33554432, buffer_size = 268435456)"
    ).replace("chr(1)", "'\x01'")
    parsed = f"(SELECT line, try_cast(line AS JSON) AS object, filename FROM {lines} WHERE trim(line) <> '')"
    is_object = "coalesce(json_type(object) = 'OBJECT', false)"
    [(structure,)] = place.ask(f"SELECT CAST(json_group_structure(object) AS VARCHAR) FROM {parsed} WHERE {is_object}")
    paths = _paths(json.loads(structure) if structure else {}, ())
    name = original("filename", place)
    columns = "".join(f", json_extract_string(object, {literal(_pointer(path))}) AS {quoted('.'.join(path))}" for path in paths)
    return Rows(
        sql=f"(SELECT NOT {is_object} AS {quoted(BROKEN)}, line AS {quoted(RAW)}, {name} AS {quoted(FILE)}{columns} FROM {parsed})",
        files=files,
        size=sum(path.stat().st_size * (8 if path.suffix == ".gz" else 1) for path in lined),
        lines=Lines(),
    )


def _paths(structure: Any, start: tuple[str, ...]) -> list[tuple[str, ...]]:
    if not isinstance(structure, dict):
        return [start] if start else []
    return [path for key, inner in structure.items() for path in (_paths(inner, (*start, key)) if isinstance(inner, dict) and inner else [(*start, key)])]


def _pointer(path: tuple[str, ...]) -> str:
    """The path as a JSON pointer, which needs no quoting of odd names."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)

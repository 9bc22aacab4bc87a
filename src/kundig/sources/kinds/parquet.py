"""Parquet files."""

from __future__ import annotations

from typing import ClassVar

from kundig.sources.expression import literal
from kundig.sources.readers import FILE, Place, Reader, Rows, found


class Parquet(Reader):
    """Rows of Parquet files whose name matches a pattern; files may differ in their columns."""

    key: ClassVar[str] = "parquet"

    parquet: str

    def rows(self, place: Place) -> Rows:
        """The files as one relation, typed as they are; struct columns are flattened with dots, other nested values become JSON text."""
        files = found(self.parquet, place.data)
        scan = f"read_parquet([{', '.join(literal(str(file)) for file in files)}], union_by_name = true, filename = true)"
        described = [(str(name), str(kind)) for name, kind, *_ in place.ask(f"DESCRIBE SELECT * EXCLUDE (filename) FROM {scan}")]
        columns = [piece for name, kind in described for piece in flattened(name, kind)]
        return Rows(
            sql=f"(SELECT {', '.join(columns)}, filename AS \"{FILE}\" FROM {scan})",
            files=files,
            size=sum(file.stat().st_size * 5 for file in files),
        )


def flattened(name: str, kind: str, path: str | None = None) -> list[str]:
    """A column as SELECT items: a struct by its fields as `name.field`, a list or map as JSON text."""
    sql = path or _q(name)
    if kind.startswith("STRUCT(") and kind.endswith(")"):
        return [piece for field, inner in _fields(kind[7:-1]) for piece in flattened(f"{name}.{field}", inner, f"{sql}[{literal(field)}]")]
    if kind.endswith("]") or kind.startswith(("MAP(", "UNION(")):
        return [f"CAST(to_json({sql}) AS VARCHAR) AS {_q(name)}"]
    if kind in {"BLOB", "UUID", "INTERVAL", "BOOLEAN"} or kind.startswith("ENUM"):
        return [f"CAST({sql} AS VARCHAR) AS {_q(name)}"]
    return [f"{sql} AS {_q(name)}"]


def _fields(inside: str) -> list[tuple[str, str]]:
    """The fields of a struct type as (name, type)."""
    parts, depth, quoted, start = [], 0, False, 0
    for index, sign in enumerate(inside):
        if sign == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if sign == "," and depth == 0:
                parts.append(inside[start:index].strip())
                start = index + 1
    parts.append(inside[start:].strip())
    return [_field(part) for part in parts]


def _field(part: str) -> tuple[str, str]:
    if part.startswith('"'):
        end = part.index('"', 1)
        while part[end + 1 : end + 2] == '"':
            end = part.index('"', end + 2)
        return part[1:end].replace('""', '"'), part[end + 1 :].strip()
    name, kind = part.split(" ", 1)
    return name, kind


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

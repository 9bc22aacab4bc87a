"""Answers as files: CSV that no spreadsheet takes for a formula, JSON with definition and n."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.analysis import Result

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
BLOCK = 5000


def csv_file(table: pa.Table, name: str, *, german: bool = False) -> StreamingHttpResponse:
    """A table as CSV, with a mark that tells Excel the encoding.

    Args:
        table: the rows.
        name: of the file, without its ending.
        german: semicolons and decimal commas, as a German spreadsheet reads them.
    """
    response = StreamingHttpResponse(_lines(table, german=german), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(table: pa.Table, *, german: bool) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if german else ",", lineterminator="\r\n")
    writer.writerow(table.column_names)
    yield b"\xef\xbb\xbf" + buffer.getvalue().encode()
    for start in range(0, table.num_rows, BLOCK):
        buffer.seek(0)
        buffer.truncate()
        for row in table.slice(start, BLOCK).to_pylist():
            writer.writerow([cell(value, german=german) for value in row.values()])
        yield buffer.getvalue().encode()


def cell(value: Any, *, german: bool = False) -> Any:
    """A value as a spreadsheet reads it: text is never a formula (CWE-1236).

    >>> cell("=1+1"), cell(-1.5), cell(-1.5, german=True), cell("-1")
    ("'=1+1", -1.5, '-1,5', "'-1")
    """
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULAS) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    if isinstance(value, float | Decimal):
        return str(value).replace(".", ",") if german else value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, list | dict) else value


def json_file(answer: Result) -> HttpResponse:
    """An answer as JSON, with what was asked, its definition and n."""
    whole = {
        "analysis": answer.name,
        "arguments": dict(answer.arguments),
        "as_of": answer.as_of,
        "n": answer.n,
        "definition": answer.definition,
        "notes": list(answer.notes),
        "settled": dict(answer.settled),
        "rows": answer.table.to_pylist(),
    }
    text = json.dumps(_finite(whole), default=_plain, ensure_ascii=False, indent=2)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


def _finite(value: Any) -> Any:
    """JSON knows no infinity: such a number is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)

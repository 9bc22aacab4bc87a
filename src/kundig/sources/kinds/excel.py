"""Workbooks: xlsx, xls, xlsb and ods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kundig.errors import SourceError, nearest
from kundig.sources.readers import FILE, LINE, Place, Reader, Rows, found

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000


class Excel(Reader):
    """Rows of one sheet of each workbook whose name matches; the first sheet if none is named.

    Every cell is read as text: a date as ISO, a whole number without a point. `skip` lines stand above the header.
    """

    key: ClassVar[str] = "excel"

    excel: str
    sheet: str | None = None
    skip: int = 0

    def rows(self, place: Place) -> Rows:
        """The sheets as record batches of text.

        Raises:
            SourceError: no workbook matches, it cannot be read, or it has no such sheet.
        """
        files = found(self.excel, place.data)
        headers = {file: self._header(file) for file in files}
        names = tuple(dict.fromkeys(name for header in headers.values() for name in header))

        def batches() -> Iterator[pa.RecordBatch]:
            for file in files:
                yield from self._batches(file, headers[file], names)

        return Rows(batches=batches, schema=_schema(names), files=files, size=sum(file.stat().st_size for file in files) * 6)

    def _cells(self, file: Path) -> Iterator[list[Any]]:
        from python_calamine import CalamineWorkbook  # noqa: PLC0415 -- slow import

        try:
            book = CalamineWorkbook.from_path(str(file))
        except Exception as error:  # noqa: BLE001 -- calamine raises a class of its own for every format
            raise SourceError(f"{file} is no workbook that can be read: {error}; expected xlsx, xls, xlsb or ods without a password") from None
        if self.sheet is not None and self.sheet not in book.sheet_names:
            raise SourceError(f"{file} has no sheet {self.sheet!r}; {nearest(self.sheet, book.sheet_names)}")
        sheet = book.get_sheet_by_name(self.sheet) if self.sheet is not None else book.get_sheet_by_index(0)
        top = sheet.start[0] if sheet.start else 0
        blank: list[list[Any]] = [[] for _ in range(top)]
        return iter([*blank, *sheet.to_python(skip_empty_area=True)]) if top else iter(sheet.iter_rows())

    def _header(self, file: Path) -> list[str]:
        row = next(islice(self._cells(file), self.skip, None), None)
        if not row or not any(_text(cell) for cell in row):
            raise SourceError(f"{file}: line {self.skip + 1} is empty; expected the names of the columns there, `skip:` moves it")
        names = [_text(cell) or f"column{index + 1}" for index, cell in enumerate(row)]
        return [name if names.index(name) == index else f"{name}_{index + 1}" for index, name in enumerate(names)]

    def _batches(self, file: Path, header: list[str], names: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        cells = islice(self._cells(file), self.skip + 1, None)
        line = self.skip + 2
        while block := list(islice(cells, BATCH)):
            columns = dict(zip(header, zip(*(row + [None] * (len(header) - len(row)) for row in block), strict=False), strict=False))
            texts = [pa.array([_text(cell) for cell in columns.get(name, (None,) * len(block))], pa.string()) for name in names]
            places = [pa.array([str(file)] * len(block), pa.string()), pa.array(range(line, line + len(block)), pa.int64())]
            batch = pa.RecordBatch.from_arrays([*texts, *places], schema=_schema(names))
            filled = [any(_text(cell) for cell in row) for row in block]
            yield batch.filter(pa.array(filled))
            line += len(block)


def _schema(names: tuple[str, ...]) -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return pa.schema([*((name, pa.string()) for name in names), (FILE, pa.string()), (LINE, pa.int64())])


def _text(cell: Any) -> str | None:
    """A cell as text; None where it is empty."""
    match cell:
        case None | "":
            return None
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell.total_seconds())
        case _:
            return str(cell)

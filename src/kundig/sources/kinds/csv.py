"""Text tables: CSV and TSV, in any encoding, gzipped or not."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import ClassVar

from kundig.errors import SourceError
from kundig.sources.encoding import as_utf8, detected, opened
from kundig.sources.expression import literal
from kundig.sources.readers import FILE, Lines, Place, Reader, Rows, found, original

MOST = 1 << 20


class Csv(Reader):
    """Rows of text files whose name matches a pattern; every value is read as the text it is.

    What is left out is detected: the delimiter by the engine, the encoding from the bytes. A row with too many
    or too few values is set aside, whole.
    """

    key: ClassVar[str] = "csv"

    csv: str
    delimiter: str | None = None
    encoding: str | None = None
    quote: str = '"'
    header: bool = True
    columns: tuple[str, ...] = ()
    skip: int = 0

    def rows(self, place: Place) -> Rows:
        """The files as one relation, each value as text.

        Raises:
            SourceError: no file matches, a file is empty or cannot be read, or the encoding does not fit.
        """
        files = found(self.csv, place.data)
        alike: dict[str, list[Path]] = {}
        sizes = 0
        for file in files:
            readable = self._utf8(file, place)
            sizes += readable.stat().st_size * (8 if readable.suffix == ".gz" else 1)
            alike.setdefault(self._header_line(readable), []).append(readable)
        scans = " UNION ALL BY NAME ".join(f"SELECT * FROM {self._scan(group)}" for group in alike.values())
        return Rows(
            sql=f'(SELECT * EXCLUDE (filename), {original("filename", place)} AS "{FILE}" FROM ({scans}))',
            files=files,
            size=sizes,
            lines=Lines(first=self.skip + 1, header=self.header, spread=True),
        )

    def _scan(self, files: list[Path]) -> str:
        """Files with one header as the engine reads them: in parallel, odd lines kept apart."""
        options = [
            "all_varchar = true", "filename = true", "store_rejects = true", "rejects_limit = 0", "strict_mode = true",
            f"header = {str(self.header and not self.columns).lower()}", f"quote = {literal(self.quote)}", f"escape = {literal(self.quote)}",
        ]  # fmt: skip
        if self.delimiter:
            options.append(f"delim = {literal(self.delimiter)}")
        if self.skip or (self.columns and self.header):
            options.append(f"skip = {self.skip + (1 if self.columns and self.header else 0)}")
        if self.columns:
            options.append("names = [" + ", ".join(literal(name) for name in self.columns) + "]")
        return f"read_csv([{', '.join(literal(str(path)) for path in files)}], {', '.join(options)})"

    def _header_line(self, file: Path) -> str:
        with opened(file) as stream:
            for _ in range(self.skip):
                stream.readline(MOST)
            return stream.readline(MOST).decode("utf-8-sig", "replace").strip()

    def _utf8(self, file: Path, place: Place) -> Path:
        with opened(file) as stream:
            head = stream.read(1 << 20)
        if not head.removeprefix(codecs.BOM_UTF8).strip():
            raise SourceError(f"{file} is empty; expected a header line and rows")
        return as_utf8(file, self.encoding or detected(head, file), place)

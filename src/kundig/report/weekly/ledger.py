"""What was reported, kept for good: each week's figures and pages as they were, one file a week."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from kundig.errors import LakeError
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.week import Week

FORMAT = 1


@dataclass(frozen=True)
class Entry:
    """A week as it was reported.

    Attributes:
        week: its ISO name.
        as_of: what was known then.
        reported_at: when it was reported.
        version: of kundig.
        figures: as they were.
        definitions: fingerprints of the definitions that the figures go by.
        pages: what was printed, by language.
    """

    week: str
    as_of: str
    reported_at: str
    version: str
    figures: tuple[Figure, ...]
    definitions: Mapping[str, str]
    pages: Mapping[str, Any]


class Ledger:
    """The folder of reported weeks.

    Args:
        folder: `reports/` of the workspace; made when the first week is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entry(self, week: Week) -> Entry | None:
        """The week as it was reported; None if it was not.

        Raises:
            LakeError: the file is damaged, or was written by a newer kundig.
        """
        path = self._path(week.name)
        if not path.exists():
            return None
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if kept["format"] > FORMAT:
                raise LakeError(f"{path} has format {kept['format']}, written by a newer kundig; this one reads up to {FORMAT}: update kundig")
            figures = tuple(Figure(**figure) for figure in kept["figures"])
            return Entry(kept["week"], kept["as_of"], kept["reported_at"], kept["version"], figures, kept["definitions"], kept["pages"])
        except (ValueError, KeyError, TypeError) as error:
            raise LakeError(f"{path} is damaged ({error}); restore it from a backup, or move it away and report the week anew") from None

    def before(self, week: Week) -> Entry | None:
        """The latest week reported before this one."""
        names = sorted(path.stem for path in self.folder.glob("*-W*.json") if path.stem < week.name)
        if not names:
            return None
        year, number = names[-1].split("-W")
        return self.entry(Week(datetime.fromisocalendar(int(year), int(number), 1).date(), week.zone))

    def keep(self, entry: Entry) -> None:
        """Keep a week that was not reported yet; what stands there is never written over.

        Raises:
            LakeError: the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f".{entry.week}.{uuid4().hex}.part"
            written = {"format": FORMAT, **{name: getattr(entry, name) for name in ("week", "as_of", "reported_at", "version", "definitions", "pages")}, "figures": [figure.record() for figure in entry.figures]}
            part.write_text(json.dumps(written, ensure_ascii=False, indent=1), encoding="utf-8")
            try:
                # A link is made only if there is none yet: of two reports at once, one is the reported one.
                self._path(entry.week).hardlink_to(part)
            except FileExistsError:
                return
            finally:
                part.unlink()
        except OSError as error:
            raise LakeError(f"{self.folder} cannot be written: {error.strerror or error}; check the right to write, or report with --draft") from None

    def _path(self, week: str) -> Path:
        return self.folder / f"{week}.json"


def corrected(reported: Sequence[Figure], now: Sequence[Figure]) -> list[tuple[Figure, Figure | None]]:
    """Figures that are not what was reported, with what they are now; None where there is no such figure any more."""
    by_key = {figure.key: figure for figure in now}
    return [(was, by_key.get(was.key)) for was in reported if not _same(was, by_key.get(was.key))]


def _same(was: Figure, now: Figure | None) -> bool:
    if now is None:
        return False
    close = all(one == other or (one is not None and other is not None and abs(one - other) <= 1e-9 * max(abs(one), 1.0)) for one, other in ((was.value, now.value), (was.low, now.low), (was.high, now.high)))
    return close and was.n == now.n

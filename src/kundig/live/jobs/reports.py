"""Write the weekly report when the schedule says so."""

from __future__ import annotations

from typing import Any

from kundig.live.scheduled import scheduled
from kundig.live.work import Work

EVERY = 20.0


def run(work: Work) -> dict[str, Any] | None:
    """Write the report into the workspace's folder `reports`, if it is due.

    Raises:
        KundigError: there is nothing to report of, or the folder cannot be written; the next time is as planned.
    """
    if not scheduled(work, "report", work.workspace.config.schedule.report):
        return None
    from kundig.report.weekly import weekly  # noqa: PLC0415 -- slow import, once a week

    report = weekly(work.workspace)
    folder = work.folder / "reports"
    folder.mkdir(exist_ok=True)
    target = folder / f"kundig-{report.week}-{report.language}.pdf"
    part = target.with_suffix(".part")
    part.write_bytes(report.pdf())
    part.replace(target)
    return {"report": target.name}

"""`kundig report`: what goes to the board."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from kundig.cli.output import console
from kundig.errors import ArgumentError, nearest
from kundig.report.weekly import weekly
from kundig.workspace import Workspace

KINDS = ("weekly",)
LANGUAGES = ("de", "en")


def run(  # noqa: PLR0913 -- the options of the command
    kind: str, folder: Path, as_of: str | None, language: str | None, out: Path | None, *, draft: bool
) -> None:
    """Write the report of a week as a PDF."""
    if kind not in KINDS:
        raise ArgumentError(f"there is no report {kind!r}; {nearest(kind, KINDS)}")
    if language is not None and language not in LANGUAGES:
        raise ArgumentError(f"--language does not know {language!r}; {nearest(language, LANGUAGES)}")
    report = weekly(Workspace(folder), as_of=as_of, language="de" if language == "de" else "en" if language else None, draft=draft)
    target = out or Path(f"kundig-{report.week}-{report.language}.pdf")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(report.pdf())
    except OSError as error:
        raise ArgumentError(f"{target} cannot be written: {error.strerror or error}") from None
    screen = console()
    screen.print(Text(report.page["headline"], style="bold"))
    screen.print(Text(f"{report.week}, {report.page['as_of']}: {target}"))
    if report.frozen:
        screen.print(Text("This week was reported before: the figures are those of then; what has changed since stands under corrections.", style="dim"))

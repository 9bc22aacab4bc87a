"""`kundig ask`: every analysis from its own signature."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from kundig.analysis import Analysis, Result, analyses, analysis
from kundig.cli import spoken
from kundig.cli.output import MOST_ROWS, console, fitted
from kundig.errors import ArgumentError, nearest

if TYPE_CHECKING:
    import pyarrow as pa
    import typer

    from kundig.cli.output import Words
    from kundig.report.phrases import Language, Phrase

NAMED = 8
"""So many columns are named of those that found no room."""
LANGUAGES = ("de", "en")
FORMATS = ("table", "csv", "json", "parquet")


def run(  # noqa: PLR0913 -- the options of the command
    context: typer.Context, name: str | None, folder: Path, data: Path | None, as_of: str | None, form: str, out: Path | None, language: str | None = None, *, wants_help: bool
) -> None:
    """List the analyses, explain one, or answer it."""
    if name is None:
        if context.args:
            raise ArgumentError(f"found {context.args[0]!r} without an analysis; `kundig ask` lists them")
        _help(context) if wants_help else _list()
        return
    asked = analysis(name)
    if wants_help:
        _explain(asked)
        return
    if form not in FORMATS:
        raise ArgumentError(f"--format does not know {form!r}; {nearest(form, FORMATS)}")
    if language is not None and language not in LANGUAGES:
        raise ArgumentError(f"--language does not know {language!r}; {nearest(language, LANGUAGES)}")
    given = _options(context.args, asked)
    asked.values(given)
    from kundig.workspace import Workspace  # noqa: PLC0415 -- listing needs no workspace

    answer = Workspace(folder, data=data).ask(asked.name, as_of=as_of, extract=None, **given)
    # A screen speaks one language, that of its headings; a file has the company's own texts unless others are asked for.
    spoken_in = language or ("en" if form == "table" and out is None else None)
    _print(asked, answer.in_language(spoken_in) if spoken_in else answer, form, out, "de" if language == "de" else "en")


def _help(context: typer.Context) -> None:
    print(context.get_help())


def _list() -> None:
    out = console()
    width = max(len(name) for name in analyses()) + 2
    for name, asked in analyses().items():
        out.print(Text.assemble((name.ljust(width), "bold"), asked.question))
    out.print(Text("\nkundig ask NAME --help explains one; kundig ask NAME answers it.", style="dim"))


def _explain(asked: Analysis) -> None:
    out = console()
    out.print(Text(asked.name, style="bold"), Text(asked.question), sep="\n")
    out.print(f"\n{escape(asked.definition)}\n")
    out.print(Text("Arguments", style="bold"))
    for argument in asked.arguments:
        default = "none" if argument.default is None else argument.default
        values = f" One of {', '.join(map(str, argument.choices))}." if argument.choices else ""
        out.print(Padding(Text.assemble((f"--{argument.name.replace('_', '-')}", "bold"), f"  {argument.meaning}{values} Default: {default}."), (0, 0, 0, 2)))
    out.print(Text("\nColumns", style="bold"))
    for column, meaning in asked.columns.items():
        out.print(Padding(Text.assemble((column, "bold"), f"  {meaning}"), (0, 0, 0, 2)))
    out.print(Text(f"\nOrder: {asked.order}.\nEverywhere: --as-of DATE, --format {'|'.join(FORMATS)}, --out FILE, --workspace FOLDER, --language de|en.", style="dim"))


def _options(words: list[str], asked: Analysis) -> dict[str, str]:
    """`--by touchpoint` and `--by=touchpoint` as arguments."""
    given: dict[str, str] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        if not word.startswith("--"):
            raise ArgumentError(f"found {word!r} where an option was expected; {asked.name} has {', '.join('--' + argument.name for argument in asked.arguments)}")
        name, equals, value = word[2:].partition("=")
        if not equals:
            if not left or left[0].startswith("--"):
                asked.values({name.replace("-", "_"): None})
                raise ArgumentError(f"{word} needs a value")
            value = left.pop(0)
        given[name.replace("-", "_")] = value
    return given


def _print(asked: Analysis, answer: Result, form: str, out: Path | None, language: Language) -> None:
    if form == "parquet":
        if out is None and sys.stdout.isatty():
            raise ArgumentError("--format parquet writes bytes; add --out FILE, or send it into a pipe")
        import pyarrow.parquet as pq  # noqa: PLC0415 -- slow import

        pq.write_table(answer.table, str(out) if out else sys.stdout.buffer)
        return
    if form == "table" and out is None:
        _table(asked, answer, language)
        return
    text = _json(answer) if form == "json" else _csv(answer.table)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8-sig" if form == "csv" else "utf-8")


def _table(asked: Analysis, answer: Result, language: Language) -> None:
    words, screen = spoken.words(language), console()
    screen.print(Text(words.text(asked.question), style="bold"))
    told = [f"{words.argument(name)}: {words.number(str(value)) if isinstance(value, float) else words.value(name, str(value))}" for name, value in answer.arguments.items() if value is not None]
    as_of = [spoken.AS_OF.said(language, moment=f"{answer.as_of:%Y-%m-%d %H:%M} UTC")] if answer.as_of else []
    screen.print(Text(" · ".join([*told, words.number(f"n = {answer.n:,}"), *as_of]), style="dim"))
    screen.print()
    # Of a history that finds no room, what was last is what is asked about.
    history = asked.order.startswith("by period")
    rows = answer.table.slice(max(answer.table.num_rows - MOST_ROWS, 0)) if history else answer.table
    drawn, left = fitted(spoken.named(rows, words), screen.width, words=words)
    screen.print(drawn)
    for more in _more(answer, left, words, spoken.LATEST if history else spoken.ROWS):
        screen.print(Text(f"\n{more}", style="dim"))
    for note in answer.notes:
        screen.print(Text(f"\n{words.text(note)}", style="yellow"))
    if answer.settled:
        screen.print(Text("\n" + spoken.SETTLED.said(language, keys=" · ".join(f"{key}: {value}" for key, value in answer.settled.items())), style="dim"))
    screen.print(Text("\n" + spoken.DEFINED.said(language, name=asked.name), style="dim"))


def _more(answer: Result, left: list[str], words: Words, rows: Phrase) -> Iterator[str]:
    """What the screen had no room for."""
    if left:
        names = ", ".join(map(words.heading, left[:NAMED])) + (" …" if len(left) > NAMED else "")
        yield spoken.ROOM.said(words.language, len(left), n=len(left), names=names)
    if answer.table.num_rows > MOST_ROWS:
        yield rows.said(words.language, most=MOST_ROWS, rows=words.number(f"{answer.table.num_rows:,}"))


def _json(answer: Result) -> str:
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
    return json.dumps(_finite(whole), default=_plain, ensure_ascii=False, indent=2) + "\n"


def _finite(value: Any) -> Any:
    """JSON knows no infinity: such a number is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON")


def _csv(rows: pa.Table) -> str:
    """CSV in which no text can be taken for a formula by a spreadsheet (CWE-1236)."""
    import csv  # noqa: PLC0415 -- loaded when it is needed
    import io  # noqa: PLC0415 -- loaded when it is needed

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(rows.column_names)
    columns = [[_cell(value) for value in rows.column(name).to_pylist()] for name in rows.column_names]
    writer.writerows(zip(*columns, strict=True))
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + value
    return value.isoformat() if isinstance(value, datetime | date) else value

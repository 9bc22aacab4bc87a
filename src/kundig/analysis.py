"""What an analysis is: one function from the journal to a table, and everything that is drawn from it.

An analysis is a name in the `__all__` of a room (`journeys`, `feedback`, `value`, `foresight`): a function in a file
of its name. Its first argument is the journal; the others are keywords with types and defaults. Its docstring says
what question it answers, how it is defined, what its arguments and columns mean, and in which order its rows come.
From that alone come the command line, the reference, and every other way to ask. Where the answer goes by what the
company settles in kundig.yaml, a section `Settings` names the keys, and their values stand under every answer. Where an
answer without rows has a meaning of its own, or wants certain events, a section `Empty` says so.
"""

from __future__ import annotations

import inspect
import re
import sys
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from types import NoneType, SimpleNamespace, UnionType
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

from kundig.definition import Definition
from kundig.errors import ArgumentError, nearest

if TYPE_CHECKING:
    import pyarrow as pa

ROOMS = ("journeys", "feedback", "value", "foresight")
_OF_STATES = {
    "too few answers": "Rows with too few answers for a figure: {n} of {rows}.",
    "not read": "Rows whose texts were not read: {n} of {rows}. `kundig read` reads them.",
}
"""What is to heed where rows of an answer have such a state."""
NOTHING = "There is nothing to answer from: no event fits the question."


@dataclass(frozen=True)
class Argument:
    """A keyword of an analysis: its type, the values it takes if they are listed, its default and meaning."""

    name: str
    type: type
    choices: tuple[Any, ...]
    optional: bool
    default: Any
    meaning: str

    def value(self, given: Any) -> Any:
        """What was given, as text or value, as the argument's type.

        Raises:
            ArgumentError: it does not fit; says what would.
        """
        if given is None or (isinstance(given, str) and self.optional and given.lower() in {"", "none"}):
            if self.optional:
                return None
            raise ArgumentError(f"--{self.name} needs a value")
        if self.choices:
            # Of a command line and of a page all come as text, numbers too.
            known = {str(choice): choice for choice in self.choices}
            if str(given) not in known:
                raise ArgumentError(f"--{self.name} does not know {given!r}; {nearest(str(given), known)}")
            return known[str(given)]
        try:
            if self.type is bool:
                return {"true": True, "yes": True, "false": False, "no": False}[str(given).lower()]
            return self.type(given)
        except (ValueError, KeyError):
            words = {int: "a whole number", float: "a number", bool: "yes or no"}
            raise ArgumentError(f"--{self.name} expects {words.get(self.type, self.type.__name__)}, found {given!r}") from None


@dataclass(frozen=True)
class Analysis:
    """A function that answers a question, described by its own docstring."""

    name: str
    function: Callable[..., Any]
    question: str
    definition: str
    arguments: tuple[Argument, ...]
    columns: Mapping[str, str]
    order: str
    example: str
    settles: tuple[str, ...] = ()
    empty: str = NOTHING

    def settled(self, settings: Definition) -> dict[str, str]:
        """What the company settled of what this answer goes by, by its key in kundig.yaml.

        >>> from kundig.settings import Settings
        >>> analysis("value.renewal_rate").settled(Settings())["contracts.grace_days"]
        '14'
        """
        return {key: _said(_at(settings, key)) for key in self.settles}

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with defaults, each of its type.

        Raises:
            ArgumentError: an argument is unknown or does not fit; with the nearest right one.
        """
        known = {argument.name: argument for argument in self.arguments}
        for name in given:
            if name not in known:
                word, *options = (f"--{one.replace('_', '-')}" for one in (name, *known))
                raise ArgumentError(f"{self.name} has no argument {word}; {nearest(word, options)}")
        return {name: argument.value(given[name]) if name in given else argument.default for name, argument in known.items()}

    @staticmethod
    def moment(text: str | datetime, zone: str) -> datetime:
        """A moment in UTC: a date means its end, a time without zone is one of the company's clock.

        Raises:
            ArgumentError: neither a date nor a time.
        """
        if isinstance(text, datetime):
            return text.astimezone(timezone.utc) if text.tzinfo else text.replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc)
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                following = date.fromisoformat(text) + timedelta(days=1)
                return datetime.combine(following, time(), ZoneInfo(zone)).astimezone(timezone.utc) - timedelta(microseconds=1)
            return Analysis.moment(datetime.fromisoformat(text), zone)
        except ValueError:
            raise ArgumentError(f"--as-of expects a date such as 2026-06-30 or a time such as 2026-06-30T12:00, found {text!r}") from None


@dataclass(frozen=True)
class Result:
    """An answer: the table, what was asked, how it is defined, how many observations are behind it, what to heed, by which rules."""

    name: str
    arguments: Mapping[str, Any]
    as_of: datetime | None
    table: pa.Table
    definition: str
    n: int
    notes: tuple[str, ...]
    settled: Mapping[str, str] = field(default_factory=dict)

    def in_language(self, language: str) -> Result:
        """The answer with its texts in that language; codes and figures stay as they are.

        Texts that an analysis writes itself, such as reasons, are in the company's language. A function `retold` in the
        file of such an analysis tells them in another.
        """
        function = analysis(self.name).function
        module = sys.modules[function.__module__]
        # A module of several analyses could not say whose texts it tells.
        retold = getattr(module, "retold", None) if module.__name__.rpartition(".")[2] == function.__name__ else None
        return self if retold is None or not self.table.num_rows else replace(self, table=retold(self.table, self.arguments, language))

    def chart(self, *, language: str = "en", width: int = 640) -> Any:
        """The answer as a picture, see `kundig.report.charts.chart`; None where there is nothing to draw.

        The report stands above the analyses and knows them; so an answer that is to draw itself asks it by name.
        """
        return import_module("kundig.report.charts").chart(self, language=language, width=width)


def result(of: Analysis, values: Mapping[str, Any], as_of: datetime | None, table: pa.Table, settings: Definition | None = None, heed: tuple[str, ...] = ()) -> Result:  # noqa: PLR0913 -- what an answer is made of
    """The answer of an analysis from its table, with what of the company's settings it goes by, and what else is to heed."""
    n = sum(value or 0 for value in table.column("n").to_pylist())
    notes = list(heed)
    if not table.num_rows:
        notes.append(of.empty)
    if "state" in table.column_names:
        states = table.column("state").to_pylist()
        for state, note in _OF_STATES.items():
            if n_of := states.count(state):
                notes.append(note.format(n=n_of, rows=len(states)))
    return Result(of.name, dict(values), as_of, table, of.definition, int(n), tuple(notes), of.settled(settings) if settings else {})


@lru_cache(maxsize=1)
def analyses() -> dict[str, Analysis]:
    """Every analysis by its name `room.function`: those of the rooms, and those packages add as `kundig.analyses`."""
    found: dict[str, Analysis] = {}
    for room in ROOMS:
        try:
            package = import_module(f"kundig.{room}")
        except ModuleNotFoundError as error:
            if error.name != f"kundig.{room}":
                raise
            continue
        for name in package.__all__:
            found[f"{room}.{name}"] = described(f"{room}.{name}", getattr(import_module(f"{package.__name__}.{name}"), name))
    for point in entry_points(group="kundig.analyses"):
        found[point.name] = described(point.name, point.load())
    return dict(sorted(found.items()))


@lru_cache
def _alone(name: str) -> Analysis:
    room, _, function = name.partition(".")
    return described(name, getattr(import_module(f"kundig.{room}.{function}"), function))


def analysis(name: str) -> Analysis:
    """The analysis of that name.

    Raises:
        ArgumentError: there is none; names the nearest.
    """
    # Who asks for one by its whole name waits for its room alone.
    room, _, function = name.partition(".")
    if room in ROOMS and not analyses.cache_info().currsize and function in import_module(f"kundig.{room}").__all__:
        return _alone(name)
    known = analyses()
    if name in known:
        return known[name]
    short = [full for full in known if full.partition(".")[2] == name]
    if len(short) == 1:
        return known[short[0]]
    close = get_close_matches(name, [*known, *(full.partition(".")[2] for full in known)], n=1, cutoff=0.6)
    meant = next((full for full in known if close and close[0] in {full, full.partition(".")[2]}), None)
    raise ArgumentError(f"there is no analysis {name!r}; " + (f"did you mean {meant!r}? " if meant else "") + f"`kundig ask` lists all {len(known)}")


def described(name: str, function: Callable[..., Any]) -> Analysis:
    """A function as an analysis, from its signature and docstring."""
    sections = _sections(inspect.getdoc(function) or "")
    meanings = _entries(sections.get("Args", ""))
    hints = typing.get_type_hints(function, include_extras=False, localns=_names())
    arguments = [
        _argument(parameter, hints[parameter.name], meanings.get(parameter.name, ""))
        for parameter in list(inspect.signature(function).parameters.values())[1:]
    ]
    return Analysis(
        name=name,
        function=function,
        question=sections["question"],
        definition=sections["definition"],
        arguments=tuple(arguments),
        columns=_entries(sections.get("Columns", "")),
        order=" ".join(sections.get("Order", "").split()),
        example=sections.get("Example", "").strip(),
        settles=tuple(key.strip() for key in sections.get("Settings", "").replace("\n", " ").split(",") if key.strip()),
        empty=" ".join(sections.get("Empty", NOTHING).split()),
    )


def _at(settings: Definition, key: str) -> Any:
    """The value of a key such as `contracts.end`."""
    value: Any = settings
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _said(value: Any) -> str:
    """A setting as somebody would write it; a dash where nothing is settled."""
    if isinstance(value, Definition):
        return ", ".join(f"{name} {_said(getattr(value, name))}" for name, of in type(value).model_fields.items() if getattr(value, name) != of.get_default(call_default_factory=True)) or "–"
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_said(each)}" for name, each in value.items()) or "–"
    if isinstance(value, tuple):
        return ", ".join(map(_said, value)) or "–"
    return "–" if value is None or value == "" else str(value)


def _names() -> dict[str, Any]:
    """What the signatures of analyses name only for type checkers: arguments need neither, and both are slow to load."""
    return {"Journal": object, "ir": SimpleNamespace(Table=object)}


def _sections(doc: str) -> dict[str, str]:
    head, *parts = re.split(r"^(Args|Columns|Order|Example|Raises|Settings|Empty):\s*$", doc, flags=re.MULTILINE)
    question, _, definition = head.strip().partition("\n")
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", definition.strip()) if part.strip()]
    texts = {title: inspect.cleandoc("\n" + text) for title, text in zip(parts[::2], parts[1::2], strict=True)}
    return {"question": question.strip(), "definition": "\n\n".join(paragraphs), **texts}


def _entries(text: str) -> dict[str, str]:
    """`name: meaning` lines, where deeper lines go on with the meaning."""
    entries: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        match = re.match(r"^(\w+): (.*)$", line)
        if match:
            last = match[1]
            entries[last] = match[2].strip()
        elif last and line.strip():
            entries[last] += " " + line.strip()
    return entries


def _argument(parameter: inspect.Parameter, hint: Any, meaning: str) -> Argument:
    options = [option for option in (get_args(hint) if get_origin(hint) in (typing.Union, UnionType) else (hint,)) if option is not NoneType]
    optional = len(options) < len(get_args(hint)) if get_origin(hint) in (typing.Union, UnionType) else False
    choices = tuple(choice for option in options if get_origin(option) is Literal for choice in get_args(option))
    kind = type(choices[0]) if choices else options[0]
    return Argument(parameter.name, kind, choices, optional, parameter.default, meaning)

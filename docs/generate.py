"""Write the reference pages from the code they describe: `python docs/generate.py`."""

from __future__ import annotations

import inspect
import re
import sys
import tempfile
import typing
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal

import click
import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from kundig.analysis import NOTHING, Analysis, analyses
from kundig.cli import app
from kundig.config import Config
from kundig.playbooks import steps as acts
from kundig.playbooks.conditions.absent import Absent
from kundig.playbooks.conditions.dated import Dated
from kundig.playbooks.conditions.deviation import Deviation
from kundig.playbooks.conditions.happened import Happened
from kundig.playbooks.conditions.membership import Membership
from kundig.playbooks.conditions.scored import Scored
from kundig.playbooks.conditions.silence import Silence
from kundig.playbooks.conditions.threshold import Threshold
from kundig.playbooks.meant import Meant
from kundig.playbooks.playbook import Limits, Playbook, ready
from kundig.playbooks.steps import Branch, Escalation, Split, Step, Task, Until, Way, Webhook
from kundig.playbooks.when import When
from kundig.settings import (
    Annotation,
    Benchmark,
    Calendar,
    Company,
    Contracts,
    Costs,
    HealthWeights,
    Identity,
    People,
    Points,
    Programme,
    Satisfaction,
    ScoreTarget,
    Surveys,
    Texts,
    Tier,
)
from kundig.settings.contact import Cap, Contact, Purpose
from kundig.settings.costs import Handling
from kundig.settings.identity import Key, Precedence
from kundig.settings.journeys import Accepted, Rule, Target
from kundig.settings.mail import Mail
from kundig.settings.schedule import Schedule
from kundig.settings.staffing import Staffing
from kundig.settings.texts import Pinned, Remote
from kundig.sources.kinds.rest import Pages, Since
from kundig.sources.live.hooks.hook import Signature
from kundig.sources.live.live import Live
from kundig.sources.live.live import Webhook as Sender
from kundig.sources.mapping import EventMapping, Lookup, Source, TraitMapping
from kundig.sources.readers import Reader, kinds
from kundig.surveys import survey as asking
from kundig.surveys.question import Question
from kundig.touchpoints import Promise, Touchpoint

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from transcript import replayed  # noqa: E402 -- beside this script

NOTE = "<!-- Written by docs/generate.py; change the code, then run it again. -->\n"


def pages() -> dict[Path, str]:
    """Every generated page by its path below docs/."""
    return {
        Path("reference/configuration.md"): _configuration(),
        Path("reference/analyses.md"): _analyses(),
        Path("reference/command-line.md"): _command_line(),
        Path("reference/playbooks.md"): _playbooks(),
        Path("reference/surveys.md"): _surveys(),
    }


def _page(title: str, *parts: str) -> str:
    return f"{NOTE}\n# {title}\n\n" + "\n\n".join(part.strip() for part in parts) + "\n"


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)


# --- kundig.yaml ---

MODELS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("The whole file", Config),
    ("company", Company),
    ("surveys", Surveys),
    ("targets", ScoreTarget),
    ("benchmarks", Benchmark),
    ("annotations", Annotation),
    ("people", People),
    ("texts", Texts),
    ("texts.themes.NAME", Pinned),
    ("texts.remote", Remote),
    ("contracts", Contracts),
    ("costs", Costs),
    ("costs.handling.CHANNEL", Handling),
    ("staffing.DEPARTMENT", Staffing),
    ("schedule", Schedule),
    ("mail", Mail),
    ("contact", Contact),
    ("contact.purposes.NAME", Purpose),
    ("contact.caps", Cap),
    ("live", Live),
    ("live.webhooks.NAME", Sender),
    ("live.webhooks.NAME.signature", Signature),
    ("programmes.NAME", Programme),
    ("points", Points),
    ("points.tiers.NAME", Tier),
    ("satisfaction", Satisfaction),
    ("health", HealthWeights),
    ("identity", Identity),
    ("identity.keys", Key),
    ("identity.precedence.NAME", Precedence),
    ("sources.NAME", Source),
    ("sources.NAME.lookup.NAME", Lookup),
    ("sources.NAME.events", EventMapping),
    ("sources.NAME.traits", TraitMapping),
    ("touchpoints.NAME", Touchpoint),
    ("touchpoints.NAME.promise", Promise),
    ("journeys.NAME", Target),
    ("journeys.NAME.rules", Rule),
    ("journeys.NAME.accepted", Accepted),
    ("calendar", Calendar),
)


def _configuration() -> str:
    parts = [
        "`kundig.yaml` stands in the workspace's folder. A folder `kundig/` of several YAML files does the same. "
        "Unknown keys are refused, with the nearest known key. `${NAME}` takes a value from the environment, `${NAME:-default}` with a default.",
        "A **value** is the name of a column, a text with columns in braces such as `crm:{customer_no}`, or `{sql: expression}`. "
        "A **word** is a value too; a word of the field's own vocabulary (`web`, `csat`, `EUR`) stands for itself.",
    ]
    for title, model in MODELS:
        parts.append(f"## {title}\n\n{_first(model)}\n\n{_keys(model)}")
    parts.append("## sources.NAME.read\n\nHow a source is read. Exactly one of the keys below names the kind.\n\n" + _keys(Reader, "These keys go with every kind."))
    for key, reader in sorted(kinds().items()):
        parts.append(f"## read: {key}\n\n{_first(reader)}\n\n{_keys(reader, without=set(Reader.model_fields))}")
    for title, model in (("read: rest: pages", Pages), ("read: rest: since", Since)):
        parts.append(f"## {title}\n\n{_first(model)}\n\n{_keys(model)}")
    return _page("Configuration", *parts)


def _first(model: type[BaseModel]) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (model.__doc__ or "").split("\n\n") if not part.strip().startswith("Attributes:"))


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """What a docstring says of each attribute."""
    _, _, told = inspect.getdoc(model).partition("Attributes:\n") if model.__doc__ else ("", "", "")  # type: ignore[union-attr]  # it has a docstring
    entries = re.findall(r"^    (\w+): ((?:.|\n(?=     ))*)", told, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in entries}


def _keys(model: type[BaseModel], before: str = "", without: set[str] = frozenset()) -> str:  # type: ignore[assignment]  # nothing is a set
    lines = [before] if before else []
    meanings = _meanings(model)
    for name, field in model.model_fields.items():
        if name in without:
            continue
        default = "required" if field.is_required() else f"default `{_default(field.get_default(call_default_factory=True))}`"
        meaning = meanings.get(name, "")
        lines.append(f"### `{field.alias or name}`\n\n{_kind(field.annotation, name)}; {default}.{' ' + meaning[:1].upper() + meaning[1:] if meaning else ''}")
    return "\n\n".join(lines)


def _default(value: Any) -> str:
    if value is None or value is PydanticUndefined:
        return "none"
    if isinstance(value, BaseModel):
        return str({key: item for key, item in value.model_dump(exclude_defaults=True).items() if item is not None}).replace("'", "")
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        return ", ".join(str(getattr(item, "name", item)) for item in value)
    return {"()": "[]", "False": "false", "True": "true"}.get(str(value), str(value))


def _kind(annotation: Any, name: str) -> str:
    """A type in words."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(inner[0], name)
    if origin is Literal:
        return "one of " + ", ".join(f"`{choice}`" for choice in inner)
    if origin in (typing.Union, UnionType):
        kinds_ = [kind for kind in inner if kind is not NoneType]
        if any(getattr(kind, "__name__", "") == "Computed" for kind in kinds_):
            return "a word or a value" if name in _WORDS else "a value"
        return " or ".join(_kind(kind, name) for kind in kinds_)
    if origin is dict:
        return f"names, each with {_kind(inner[1], name)}"
    if origin is tuple:
        return f"a list, or one alone: {_kind(inner[0], name)}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "the keys below" if annotation is not Reader else "how to read, see below"
    return {str: "text", int: "a whole number", float: "a number", Decimal: "a number", date: "a date such as `2026-03-01`", bool: "`true` or `false`"}.get(annotation, "text")


_WORDS = {"kind", "touchpoint", "channel", "outcome", "metric", "language", "currency"}


# --- playbooks ---

PLAYBOOKS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("playbooks.NAME", Playbook),
    ("limits", Limits),
    ("when", When),
    ("when: happened", Happened),
    ("when: absent", Absent),
    ("when: scored", Scored),
    ("when: silence", Silence),
    ("when: threshold", Threshold),
    ("when: deviation", Deviation),
    ("when: date", Dated),
    ("when: segment", Membership),
    ("Which events", Meant),
    ("steps", Step),
    ("task", Task),
    ("webhook", Webhook),
    ("escalate", Escalation),
    ("email", acts.Email),
    ("chat", acts.Chat),
    ("survey", acts.Asked),
    ("points", acts.Points),
    ("offer", acts.Offer),
    ("set", acts.Set),
    ("wait_until", Until),
    ("branch", Branch),
    ("split", Split),
    ("split.ways.NAME", Way),
)


def _playbooks() -> str:
    parts = ["Playbooks stand in YAML files in the workspace's folder `playbooks/`. Unknown keys are refused, with file, line and the nearest known key. See [how to use them](../how-to/playbooks.md)."]
    for title, model in PLAYBOOKS:
        parts.append(f"## {title}\n\n{_first(model).partition('>>>')[0].strip()}\n\n{_keys(model)}")
    rows = [(f"`{name}`", one.title["en"], str(one.when), f"{100 * one.hold_out:.0f} %") for name, one in ready().items()]
    parts.append("## Ready playbooks\n\n`kundig playbooks export NAME` writes one to take over.\n\n" + _table(("name", "title", "comes in", "left alone"), rows))
    return _page("Playbooks", *parts)


def _surveys() -> str:
    models: tuple[tuple[str, type[BaseModel]], ...] = (
        ("surveys.NAME", asking.Survey), ("questions", Question), ("invitation", asking.Invitation), ("quota", asking.Quota), ("panels.NAME", asking.Panel),
    )  # fmt: skip
    parts = ["Surveys and panels stand in YAML files in the workspace's folder `surveys/`. Unknown keys are refused, with file, line and the nearest known key. See [how to use them](../how-to/surveys.md)."]
    parts += [f"## {title}\n\n{_first(model)}\n\n{_keys(model)}" for title, model in models]
    rows = [(f"`{name}`", one.title["en"], ", ".join(question.kind for question in one.questions)) for name, one in asking.ready().items()]
    parts.append("## Ready surveys\n\n`kundig surveys export NAME` writes one to take over.\n\n" + _table(("name", "title", "questions"), rows))
    return _page("Surveys", *parts)


# --- analyses ---


def _analyses() -> str:
    parts = [
        "Each analysis answers one question. Ask it with `kundig ask NAME`, or in Python with `workspace.ask(\"NAME\")`. "
        "Each takes `--as-of` as well: what was known then.",
    ]
    return _page("Analyses", *parts, *(_analysis(asked) for asked in analyses().values()))


def _analysis(asked: Analysis) -> str:
    arguments = [
        (
            f"`{argument.name}`",
            argument.meaning + (f" One of {', '.join(f'`{choice}`' for choice in argument.choices)}." if argument.choices else ""),
            "none" if argument.default is None else f"`{argument.default}`",
        )
        for argument in asked.arguments
    ]
    columns = [(f"`{name}`", meaning) for name, meaning in asked.columns.items()]
    return (
        f"## {asked.name}\n\n**{asked.question}**\n\n{asked.definition}\n\n"
        f"### Arguments of {asked.name}\n\n{_table(('argument', 'meaning', 'default'), arguments)}\n\n"
        f"### Columns of {asked.name}\n\n{_table(('column', 'meaning'), columns)}\n\nOrder: {asked.order}.\n\n"
        + (f"Without rows: {asked.empty}\n\n" if asked.empty != NOTHING else "")
        + (f"Goes by these keys of `kundig.yaml`, which stand under every answer: {', '.join(f'`{key}`' for key in asked.settles)}.\n\n" if asked.settles else "")
        + f"### Example of {asked.name}\n\n```pycon\n>>> from {asked.function.__module__.rpartition('.')[0]} import {asked.function.__name__}\n{asked.example}\n\n```"
    )


# --- the command line ---


def _command_line() -> str:
    group = typer.main.get_command(app)
    parts = [str(group.help), "Every error says what was found, what was expected, and what to do; the exit code is then 1.", *_options(group)]
    for name, command in group.commands.items():  # type: ignore[attr-defined]  # the app has several commands, so it is a group
        parts += [f"## kundig {name}", str(command.help), *_options(command, name)]
    return _page("Command line", *parts)


def _options(command: click.Command, of: str = "") -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            heading, meaning = parameter.make_metavar(click.Context(command)) if parameter.metavar is None else parameter.metavar, getattr(parameter, "help", "")
        else:
            heading, meaning = ", ".join(parameter.opts), getattr(parameter, "help", "")
        default = "" if parameter.default in (None, False, ()) or callable(parameter.default) else f" Default: `{parameter.default}`."
        variable = getattr(parameter, "envvar", None)
        also = f" Environment: `{variable}`." if variable else ""
        yield f"### `{heading}`{f' of {of}' if of else ''}\n\n{meaning or ''}{default}{also}"


TRANSCRIPTS = ("tutorial/first-answers.md", "de/erste-antworten.md")


if __name__ == "__main__":
    for path, text in pages().items():
        (HERE / path).write_text(text, encoding="utf-8")
    for name in TRANSCRIPTS:
        with tempfile.TemporaryDirectory() as folder:
            replay = replayed((HERE / name).read_text(encoding="utf-8"), Path(folder))
        (HERE / name).write_text(replay, encoding="utf-8")

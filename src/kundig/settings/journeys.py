"""Target journeys: what ought to happen, as DECLARE constraints with deadlines.

Source: Pesic, Schonenberg and van der Aalst (2007), DECLARE: full support for loosely-structured processes.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from kundig.definition import Definition, validated
from kundig.errors import ArgumentError, ConfigError, nearest
from kundig.settings.lengths import DAY, length
from kundig.touchpoints import span

Template = Literal[
    "existence", "absence", "exactly", "init", "end",
    "response", "precedence", "succession", "chain_response", "responded_existence", "not_coexistence",
]  # fmt: skip
Deviation = Literal["missing", "late", "too early", "out of order", "repeated", "forbidden"]
TEMPLATES: tuple[Template, ...] = get_args(Template)
COUNTED = ("existence", "absence", "exactly")
ONE_STEP = (*COUNTED, "init", "end")
UNDATED = ("absence", "init", "end", "not_coexistence")
"""Templates for which a deadline would have no meaning."""

_NAME = r"\"[^\"]*\"|'[^']*'|[^\"'(),;]+"
_RULE = re.compile(rf"\s*(?P<template>\w+)\s*\((?P<steps>(?:{_NAME}|,)*)\)\s*(?:within\s+(?P<within>[^;]*?))?\s*")
_RULES = re.compile(r"(?:\"[^\"]*\"|'[^']*'|[^\"';\n])+")


class Rule(Definition):
    """One constraint: `response(order, delivery) within 3 days` as a value, or as that text.

    Attributes:
        step: the first of its steps.
        other: the second, where the template relates two.
        times: the n of existence (at least n), absence (fewer than n) and exactly (n).
        within: the deadline, such as `3 days` of 24 hours, or `2 business days` of the company's calendar.
    """

    template: Template
    step: Annotated[str, Field(min_length=1)]
    other: str | None = None
    times: Annotated[int, Field(ge=1)] = 1
    within: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        return _parsed(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _meant(self) -> Rule:
        if (self.other is None) != (self.template in ONE_STEP):
            raise ValueError(f"{self.template} expects {'one step' if self.template in ONE_STEP else 'two steps'}, found {self}")
        if self.other == self.step:
            raise ValueError(f"{self.template} expects two different steps, found {self.step!r} twice")
        if self.times != 1 and self.template not in COUNTED:
            raise ValueError(f"only {', '.join(COUNTED)} count, found {self}")
        if self.within is not None:
            if self.template in UNDATED:
                raise ValueError(f"{self.template} has no deadline, found {self}; leave out `within`")
            length(self.within)
        return self

    @property
    def deadline(self) -> timedelta | None:
        """The deadline as a length of time by the clock; None without one, or in business time."""
        return length(self.within).clock if self.within is not None and not self.business else None

    @property
    def business(self) -> tuple[float, bool] | None:
        """The deadline in business time: a number, and whether it is of business days rather than of seconds; None without one."""
        if self.within is None or not (meant := length(self.within)).business:
            return None
        seconds = meant.clock.total_seconds()
        return (seconds / DAY, True) if meant.in_days else (seconds, False)

    def __str__(self) -> str:
        """The rule as it is written."""
        steps = [_quoted(step) for step in (self.step, self.other) if step is not None]
        times = [str(self.times)] if self.times != 1 else []
        return f"{self.template}({', '.join(steps + times)})" + (f" within {self.within}" if self.within else "")


class Accepted(Definition):
    """A deviation that somebody has looked at and lets be.

    Attributes:
        rule: the rule as the target journey writes it.
        deviation: only this kind of deviation; every kind if it is left out.
        journeys: only in these cases or of these customers; in all if it is left out.
        why: the reason, for whoever reads it later.
    """

    rule: Rule
    deviation: Deviation | None = None
    journeys: tuple[str, ...] = ()
    why: Annotated[str, Field(min_length=1)]


class Target(Definition):
    """A target journey: the rules that every journey ought to keep.

    Attributes:
        starts: only journeys in which this step occurs are meant; all if it is left out.
        ends: a journey in which this step has come is over; else one is over when nothing has happened for `ended_after`.
        unit: what one journey is: the customer's whole life, one case, or a session.
        pause: how long a pause a session may have.
        level: what the rules name.
        accepted: deviations that are let be.
    """

    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    starts: str | None = None
    ends: str | None = None
    unit: Literal["customer", "case", "session"] = "case"
    pause: str = "1 day"
    level: Literal["touchpoint", "stage", "department", "kind"] = "kind"
    ended_after: str = "90 days"
    accepted: tuple[Accepted, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Target:
        span(self.ended_after)
        span(self.pause)
        rules = [str(rule) for rule in self.rules]
        for accepted in self.accepted:
            if str(accepted.rule) not in rules:
                raise ValueError(f"accepted: {str(accepted.rule)!r} is no rule of this journey; {nearest(str(accepted.rule), rules)}")
        return self


def target(text: str) -> Target:
    """The target journey that rules in words state, with `;` or a new line between them.

    >>> [str(rule) for rule in target("response(order, delivery) within 3 days; absence(complaint, 2)").rules]
    ['response(order, delivery) within 3 days', 'absence(complaint, 2)']

    Raises:
        ArgumentError: a rule cannot be read; says which, and what was expected.
    """
    written = [rule.strip() for rule in _RULES.findall(text) if rule.strip()]
    if not written:
        raise ArgumentError(f"--rules expects rules such as 'response(order, delivery) within 3 days; absence(complaint)', found {text!r}")
    rules, wrong = [], []
    for rule in dict.fromkeys(written):
        try:
            rules.append(validated(Rule, rule))
        except ConfigError as error:
            wrong.append(str(error).removeprefix(": "))
    if wrong:
        raise ArgumentError("--rules: " + "\n".join(wrong))
    return Target(rules=tuple(rules))


def _parsed(text: str) -> dict[str, Any]:
    match = _RULE.fullmatch(text)
    if not match:
        raise ValueError(f"expected a rule such as 'response(order, delivery) within 3 days', found {text!r}")
    template = match["template"]
    if template not in TEMPLATES:
        raise ValueError(f"found the unknown rule {template!r}; {nearest(template, TEMPLATES, most=len(TEMPLATES))}")
    steps = [name.strip() for name in re.findall(_NAME, match["steps"]) if name.strip()]
    values: dict[str, Any] = {"template": template, "within": match["within"]}
    if template in COUNTED and len(steps) > 1 and steps[-1].isdecimal():
        values["times"] = int(steps.pop())
    expected = 1 if template in ONE_STEP else 2
    if len(steps) != expected:
        raise ValueError(f"{template} expects {'one step' if expected == 1 else 'two steps'}, found {text!r}")
    names = [name[1:-1] if name[0] in "\"'" else name for name in steps]
    return values | dict(zip(("step", "other"), names, strict=False))


def _quoted(name: str) -> str:
    if re.search(r"[,;()']", name) or name.isdecimal():
        return f'"{name}"'
    return f"'{name}'" if '"' in name else name

"""The touchpoint catalogue: where customers meet the company, and who answers for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from kundig.definition import Definition
from kundig.errors import LengthError

_UNITS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}


def span(text: str) -> timedelta:
    """A length of time from words.

    >>> span("2 days")
    datetime.timedelta(days=2)

    Raises:
        LengthError: not a number and one of minutes, hours, days, weeks; it is a ValueError too, as checks of settings want it.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(minute|hour|day|week)s?\s*", text)
    if not match:
        raise LengthError(f"expected a length of time such as '2 days' or '36 hours', found {text!r}")
    return timedelta(seconds=float(match[1]) * _UNITS[match[2]])


class Promise(Definition):
    """What the company promises at a touchpoint: an event of `kind` within a span of time."""

    kind: str
    within: str

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """`{case_resolved within: 2 days}` is short for `{kind: case_resolved, within: 2 days}`."""
        if isinstance(value, dict) and len(value) == 1:
            [(key, within)] = value.items()
            if str(key).endswith(" within"):
                return {"kind": str(key).removesuffix(" within"), "within": within}
        return value

    @model_validator(mode="after")
    def _span(self) -> Promise:
        span(self.within)
        return self


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class Touchpoint(Definition):
    """An entry of the catalogue: its stage and department, its one accountable owner, its promises."""

    stage: str | None = None
    department: str | None = None
    owner: str | None = None
    title: str | None = None
    promise: Annotated[tuple[Promise, ...], BeforeValidator(_listed)] = ()


Catalogue = dict[str, Touchpoint]


def rows(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The catalogue as rows of touchpoint, stage, department, owner, title, for a table."""
    return [
        {
            "touchpoint": name,
            "stage": entry.stage,
            "department": entry.department,
            "owner": entry.owner,
            "title": entry.title or name,
        }
        for name, entry in sorted(catalogue.items())
    ]


def unknown_stages(catalogue: Catalogue, stages: Iterable[str]) -> dict[str, str]:
    """Touchpoints whose stage is not among `stages`, with the stage they name."""
    known = set(stages)
    return {name: entry.stage for name, entry in catalogue.items() if entry.stage and known and entry.stage not in known}

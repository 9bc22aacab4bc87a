"""The key `live:`: names of events, and webhooks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from kundig.definition import Definition, Zone
from kundig.errors import nearest
from kundig.sources.live.hooks import HOOKS
from kundig.sources.live.hooks.hook import Hook, Signature
from kundig.sources.live.naming import Named
from kundig.sources.live.standard import STANDARD
from kundig.sources.mapping import EventMapping, TraitMapping


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict | str) else value


class Webhook(Definition):
    """A system that tells of what happens in it, at the address `/hooks/NAME`.

    Attributes:
        standard: one of the systems whose payloads are known; `from:` in the configuration.
        secret: what it signs with, best as `${NAME}` of an environment variable.
        source: the silo of its events; the name of the webhook where there is none.
        signature: how it signs, where it is no known system; by default as Standard Webhooks has it.
        events, traits: what its payloads become, as of a source; a known system's own come first.
        zone: of times that name none.
    """

    standard: str | None = Field(default=None, alias="from")
    secret: str
    source: str | None = None
    signature: Signature | None = None
    events: Annotated[tuple[EventMapping, ...], BeforeValidator(_listed)] = ()
    traits: Annotated[tuple[TraitMapping, ...], BeforeValidator(_listed)] = ()
    zone: Zone | None = None

    @field_validator("secret")
    @classmethod
    def _long(cls, value: str) -> str:
        if len(value) < 8:
            raise ValueError("a secret of at least 8 characters is needed, since whoever knows the address could send otherwise")
        return value

    @model_validator(mode="after")
    def _something(self) -> Webhook:
        if self.standard is not None and self.standard not in HOOKS:
            raise ValueError(f"from: {self.standard!r} is not known; {nearest(self.standard, HOOKS)}")
        if self.standard is None and not self.events and not self.traits:
            raise ValueError("a webhook needs `events:` or `traits:`, or `from:` a known system")
        return self

    @property
    def hook(self) -> Hook:
        """How it signs, names and tells its payloads apart, and what they become."""
        known = HOOKS[self.standard] if self.standard is not None else Hook()
        return Hook(signature=self.signature or known.signature, id=known.id, name=known.name, headers=known.headers, events=(*known.events, *self.events), traits=(*known.traits, *self.traits), formats=known.formats)


class Live(Definition):
    """Events while they happen.

    Attributes:
        events: what named events of Segment's format are; what is said here counts before the standard's own.
        webhooks: systems that tell of what happens in them, by name.
        flush: seconds that events may wait before they are written into the lake; answers know them from the start.
        letters: days for which dead letters are kept to be read and sent again; how many went after that is told.
    """

    events: dict[str, Named] = Field(default_factory=dict)
    webhooks: dict[str, Webhook] = Field(default_factory=dict)
    flush: Annotated[float, Field(gt=0, le=3600)] = 30.0
    letters: Annotated[int, Field(ge=1, le=3650)] = 90

    @field_validator("webhooks")
    @classmethod
    def _addresses(cls, value: dict[str, Webhook]) -> dict[str, Webhook]:
        for name in value:
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name):
                raise ValueError(f"the name of a webhook is part of its address: letters, digits, - and _ only, found {name!r}")
        return value

    @property
    def names(self) -> Mapping[str, Named]:
        """All names, the company's own before the standard's."""
        return {**STANDARD, **self.events}

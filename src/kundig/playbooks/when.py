"""When: one condition, or several together, as a playbook states it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from kundig.playbooks.conditions.absent import Absent
from kundig.playbooks.conditions.combined import either, every
from kundig.playbooks.conditions.condition import Condition
from kundig.playbooks.conditions.dated import Dated
from kundig.playbooks.conditions.deviation import Deviation
from kundig.playbooks.conditions.happened import Happened
from kundig.playbooks.conditions.manual import Manual
from kundig.playbooks.conditions.membership import Membership
from kundig.playbooks.conditions.scored import Scored
from kundig.playbooks.conditions.silence import Silence
from kundig.playbooks.conditions.threshold import Threshold
from kundig.playbooks.looks import Look
from kundig.settings.lengths import Clock
from kundig.touchpoints import span

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

ONE = ("happened", "absent", "threshold", "scored", "silence", "deviation", "date", "segment", "manual")
SEVERAL = ("all", "any")


class When(Condition):
    """One condition under its name, or `all` or `any` of a list; `not` stands in a list of `all`, beside something else.

    Attributes:
        happened: an event came, or the n-th within a time.
        absent: what ought to have followed has not.
        threshold: a figure crossed a value.
        scored: a score was given.
        silence: a pause is longer than the customer's own.
        deviation: a rule of a target journey was broken.
        date: a day comes, such as a renewal.
        segment: the golden record came to fit an expression, or ceased to.
        manual: a person decides; written `manual: {}`.
        all: each of these came true within a stretch of time; it comes true with the last.
        any: one of these came true.
        not: this did not come true in the stretch.
        within: the stretch of `all`; any time before, if it is left out.
    """

    happened: Happened | None = None
    absent: Absent | None = None
    threshold: Threshold | None = None
    scored: Scored | None = None
    silence: Silence | None = None
    deviation: Deviation | None = None
    date: Dated | None = None
    segment: Membership | None = None
    manual: Manual | None = None
    all_: Annotated[tuple[When, ...], Field(alias="all")] = ()
    any_: Annotated[tuple[When, ...], Field(alias="any")] = ()
    not_: Annotated[When | None, Field(alias="not")] = None
    within: Clock | None = None

    @model_validator(mode="after")
    def _one(self) -> When:
        given = [name for name in (*ONE, "all_", "any_", "not_") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"expected one of {', '.join((*ONE, *SEVERAL, 'not'))}, found {' and '.join(name.rstrip('_') for name in given) or 'none'}; write several as a list under `all:` or `any:`")
        if self.within is not None and not self.all_:
            raise ValueError(f"within: a stretch of {self.within} goes with `all:`")
        if any(part.not_ is not None for part in self.any_):
            raise ValueError("any: what did not come is at no moment; write `not:` in a list under `all:`")
        if self.all_ and all(part.not_ is not None for part in self.all_):
            raise ValueError("all: what did not come is at no moment; write beside `not:` what came")
        return self

    @property
    def alone(self) -> Condition | None:
        """The one condition; None where there are several."""
        return next((getattr(self, name) for name in ONE if getattr(self, name) is not None), None)

    @property
    def parts(self) -> tuple[When, ...]:
        """The conditions in the list; none where there is one alone."""
        return self.all_ or self.any_

    def matches(self, journal: Journal, since: datetime | None = None) -> ir.Table:
        """See Condition."""
        if self.alone is not None:
            return self.alone.matches(journal, since)
        if self.any_:
            return either(self.any_, journal, since)
        came = [part for part in self.all_ if part.not_ is None]
        return every(came, [part.not_ for part in self.all_ if part.not_ is not None], self.within, journal, since)

    @property
    def own(self) -> bool:
        """See Condition."""
        return self.alone.own if self.alone is not None else self.not_.own if self.not_ is not None else all(part.own for part in self.parts)

    @property
    def looks(self) -> tuple[Look, ...]:
        """See Condition."""
        if self.alone is not None:
            return self.alone.looks
        if self.not_ is not None:
            return self.not_.looks
        reach = None if self.all_ and self.within is None else span(self.within) if self.within is not None else timedelta(0)
        return tuple(look.further(reach) for part in self.parts for look in part.looks)

    @property
    def described(self) -> tuple[str, ...]:
        """See Condition."""
        if self.alone is not None:
            return self.alone.described
        return tuple(text for part in (*self.parts, *((self.not_,) if self.not_ is not None else ())) for text in part.described)

    def __str__(self) -> str:
        """In short words."""
        if self.alone is not None:
            return str(self.alone)
        if self.not_ is not None:
            return f"not ({self.not_})"
        return (" and " if self.all_ else " or ").join(f"({part})" for part in self.parts) + (f" within {self.within}" if self.within else "")

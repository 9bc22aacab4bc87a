"""Looks: which events a playbook asks of a customer's past, and how far back; so that of millions of customers just these need be at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from kundig.playbooks.meant import Meant

if TYPE_CHECKING:
    from kundig.playbooks.playbook import Playbook


@dataclass(frozen=True)
class Look:
    """Events that are looked at, and how far before a moment they still count for it; None for ever.

    Attributes:
        event: which events are meant.
        back: how far back.
        cases: whether those of the same case count, whoever's they are.
    """

    event: Meant
    back: timedelta | None = timedelta(0)
    cases: bool = False

    def further(self, by: timedelta | None) -> Look:
        """The same look from a moment that lies up to so much earlier; None for any.

        >>> Look(Meant(kind=("order",)), timedelta(days=2)).further(timedelta(days=7)).back
        datetime.timedelta(days=9)
        """
        return replace(self, back=None if by is None or self.back is None else self.back + by)


def looks(playbook: Playbook) -> tuple[Look, ...]:
    """All that a playbook which hangs on a customer's own events looks at: for its condition, its goal and its steps."""
    from kundig.playbooks.steps import walked  # noqa: PLC0415 -- steps import conditions

    goal = [Look(playbook.goal)] if playbook.goal is not None else []
    return (*playbook.when.looks, *goal, *(Look(step.wait_until.event) for _, step in walked(playbook.steps) if step.wait_until is not None))


def traits(playbook: Playbook) -> frozenset[str]:
    """The fields of the golden record that a playbook looks at: for whom it is, and the ways of its steps."""
    from kundig.playbooks.expression import named  # noqa: PLC0415 -- slow import
    from kundig.playbooks.steps import walked  # noqa: PLC0415 -- as above

    texts: Iterable[str | None] = (playbook.who, *playbook.when.described, *(step.branch.where for _, step in walked(playbook.steps) if step.branch is not None))
    return frozenset(name for text in texts if text is not None for name in named(text))

"""The trial of a playbook: what its effect is measured in, what it costs, and by which rule it ends before its time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from kundig.definition import Definition
from kundig.value.effects import Outcome

Stop = Literal["harm", "effect"]


class Trial(Definition):
    """How a playbook is measured against those who are left alone, and when it is over.

    The rule is stated before anybody comes in, and goes by the interval that holds however often one looks: `harm`, as soon as all of
    it is below nothing; `effect`, as soon as all of it is above. Then a person switches the playbook off, or has nobody left alone
    any more; with `acts: itself` the worker does.

    Attributes:
        outcome: what decides: `retention` or `revenue`; the page shows both.
        days: how long after coming in it is measured.
        cost: what one customer who comes in costs, in the company's currency; what agents grant comes on top.
        stops_for: `harm`, `effect`, or both.
        acts: who ends it: `person` or `itself`.

    >>> Trial().stopped({"always_low": 0.01, "always_high": 0.08}), Trial(stops_for=("harm",)).stopped({"always_low": 0.01, "always_high": 0.08})
    ('effect', None)
    """

    outcome: Outcome = "retention"
    days: Annotated[int, Field(ge=1, le=3650)] = 90
    cost: Annotated[float, Field(ge=0)] | None = None
    stops_for: tuple[Stop, ...] = ("harm", "effect")
    acts: Literal["person", "itself"] = "person"

    def stopped(self, found: Mapping[str, Any]) -> Stop | None:
        """Why the trial is over; None while it goes on, or has no figure.

        Args:
            found: the row of `value.effects` in the outcome that decides.
        """
        low, high = found.get("always_low"), found.get("always_high")
        if low is None or high is None:
            return None
        why: Stop | None = "harm" if high < 0 else "effect" if low > 0 else None
        return why if why in self.stops_for else None

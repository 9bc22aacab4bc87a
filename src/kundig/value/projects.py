"""What improvement projects did: each as a programme beside those that the company has settled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kundig.settings.programmes import Programme
from kundig.value.effects import Outcome, effects

if TYPE_CHECKING:
    from kundig.estimates import Estimate
    from kundig.journal import Journal

Stated = tuple[str, str | None, str | None, str | None, str | None]
"""A project: its name, the day since when, the product it met, the campaign, the group held out."""


def brought(journal: Journal, *, projects: tuple[Stated, ...], outcome: Outcome = "retention") -> Estimate:
    """`value.effects` with projects among the programmes; several are corrected for together.

    Args:
        journal: what is known.
        projects: each by its name; without a day and without a group held out there is `no evidence possible`.
        outcome: what the effect is measured in.

    >>> from kundig.journal import told
    >>> brought(told([("ada", "shop", "2026-03-01")]), projects=(("letters", "2026-02-01", None, None, None),)).execute()[["programme", "verdict"]].to_dict("records")
    [{'programme': 'letters', 'verdict': 'no evidence possible'}]
    """
    stated = {name: Programme.model_validate({"since": since, "product": product, "campaign": campaign, "control": control}) for name, since, product, campaign, control in projects}
    settings = journal.settings.model_copy(update={"programmes": {**journal.settings.programmes, **stated}})
    return effects(replace(journal, settings=settings), outcome=outcome)

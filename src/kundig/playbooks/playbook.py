"""A playbook: when something happens or does not, for whom, what is done, and what it is to bring."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from kundig.definition import Definition, plainly_named, read
from kundig.playbooks.conditions.membership import Described
from kundig.playbooks.meant import Meant
from kundig.playbooks.steps import Step, walked
from kundig.playbooks.trial import Trial
from kundig.playbooks.when import When
from kundig.playbooks.wording import Texts
from kundig.settings.languages import LANGUAGES
from kundig.touchpoints import span

LOST = "kind = 'cancellation' or (kind = 'contract' and outcome = 'ended')"
"""What losing a customer is, where a playbook says nothing else."""


class Limits(Definition):
    """How much a playbook may do.

    Attributes:
        ask_above: if more customers than this would enter at once, a person is asked first.
        a_week: tasks that a department can do in a week, by department; what the simulation compares with.
    """

    ask_above: Annotated[int, Field(ge=1)] = 200
    a_week: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)


class Playbook(Definition):
    """What is done for whom and when.

    Attributes:
        title: its name for people.
        owner: who answers for it.
        why: what it is for.
        purpose: what its letters are written for, by which consent, limits and unsubscribing go: `service`, `advertising`, or one of `contact: purposes:`.
        who: an expression over the golden record; everybody, if it is left out.
        when: the condition that lets customers in.
        steps: what is done, one after the other.
        goal: the event that it is for; whoever reaches it is through.
        again: whether a customer comes in again: `never`, `when ended`, `always`, or a pause such as `90 days` since the last time.
        hold_out: the share of customers, drawn by chance, who are left alone, so that the effect can be measured.
        lost: the event by which a customer is lost, for the base rate of the simulation.
        limits: how much it may do.
        trial: in what its effect is measured, what it costs, and by which rule the trial ends.
        on: whether it runs.
    """

    title: Texts
    owner: str
    why: Texts
    purpose: str | None = None
    who: Described | None = None
    when: When
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    goal: Meant | None = None
    again: str = "never"
    hold_out: Annotated[float, Field(ge=0, le=0.9)] = 0.1
    lost: Meant = Field(default_factory=lambda: Meant(where=LOST))
    limits: Limits = Field(default_factory=Limits)
    trial: Trial = Field(default_factory=Trial)
    on: bool = False

    @field_validator("again")
    @classmethod
    def _again(cls, text: str) -> str:
        if text not in AGAIN:
            try:
                span(text)
            except ValueError:
                raise ValueError(f"expected {', '.join(AGAIN)}, or a pause such as '90 days', found {text!r}") from None
        return text

    @model_validator(mode="after")
    def _purposed(self) -> Playbook:
        if self.purpose is None:
            for path, step in walked(self.steps):
                if step.kind == "email":
                    raise ValueError(f"purpose: step {path} writes to customers; say what for, such as `purpose: service` or `purpose: advertising`")
        return self

    @property
    def own(self) -> bool:
        """Whether it hangs on a customer's own events alone: steps and goals always do."""
        return self.when.own

    @property
    def pause(self) -> timedelta | None:
        """The pause before a customer comes in again; None where something else decides."""
        return None if self.again in AGAIN else span(self.again)


AGAIN: tuple[Literal["never"], Literal["when ended"], Literal["always"]] = ("never", "when ended", "always")


class Playbooks(Definition):
    """A file of playbooks, each under its name."""

    playbooks: Annotated[dict[str, Playbook], AfterValidator(plainly_named)] = Field(default_factory=dict)


READY = Path(__file__).parent / "ready"


def ready() -> dict[str, Playbook]:
    """The playbooks that come with kundig, by name; each is off until a company takes it over."""
    return dict(_ready())


@lru_cache(maxsize=1)
def _ready() -> tuple[tuple[str, Playbook], ...]:
    """They come with the package, and so are read once."""
    return tuple(sorted(read(Playbooks, *sorted(READY.glob("*.yaml"))).playbooks.items()))


def stated(folder: Path) -> dict[str, Playbook]:
    """The playbooks of a workspace: every YAML file in its folder `playbooks/`, by name.

    Raises:
        ConfigError: a definition cannot be meant; with file, line and the nearest known name.
    """
    files = sorted([*folder.glob("playbooks/*.yaml"), *folder.glob("playbooks/*.yml")])
    return dict(sorted(read(Playbooks, *files).playbooks.items())) if files else {}


def missing(playbooks: dict[str, Playbook]) -> list[str]:
    """Where a playbook lacks a language that people read it in."""
    return [f"{name}: {field} is missing in {language}" for name, one in playbooks.items() for field in ("title", "why") for language in LANGUAGES if language not in getattr(one, field)]

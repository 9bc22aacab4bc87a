"""Steps: what a playbook does one after the other, each a frozen value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from kundig.definition import Definition
from kundig.playbooks.conditions.membership import Described
from kundig.playbooks.meant import Meant
from kundig.playbooks.wording import Texts
from kundig.settings.languages import Worded
from kundig.settings.lengths import Clock, Within
from kundig.touchpoints import span

Name = Annotated[str, Field(pattern=r"^\w[\w .-]*$")]


class Task(Definition):
    """Work for a person.

    Attributes:
        department: whose work it is.
        person: whose of them, by login; whoever takes it, if it is left out.
        title: what is to be done.
        text: what is good to know beside it.
        due: how soon, from when the step is reached; in business time if it says so.
        leeway: up to how much may be granted without asking, in the company's currency.
    """

    department: str
    title: Texts
    person: str | None = None
    text: Texts | None = None
    due: Within = "2 business days"
    leeway: Annotated[float, Field(ge=0)] | None = None


class Webhook(Definition):
    """A message to another system, as Standard Webhooks have it.

    Attributes:
        url: where to, by https.
        secret: the name of the environment variable with the signing secret.
    """

    url: str
    secret: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] = "KUNDIG_WEBHOOK_SECRET"  # noqa: S105 -- the name of a variable

    @model_validator(mode="after")
    def _reached(self) -> Webhook:
        parts = urlsplit(self.url)
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
            raise ValueError(f"url: expected an address such as https://example.org/hook without a password in it, found {self.url!r}")
        return self


class Escalation(Definition):
    """Work that goes higher up.

    Attributes:
        to: `lead` of the department, `cco`, or `ceo`, whose list is short.
        title: what is to be decided.
        department: whose matter it is.
    """

    to: Literal["lead", "cco", "ceo"]
    title: Texts
    department: str | None = None


class Email(Definition):
    """A letter by e-mail, in the customer's language.

    Whether it goes out hangs on the playbook's `purpose`: consent, unsubscribing, hours and limits; what does not go out is kept with its reason.

    Attributes:
        subject: its subject.
        text: what it says; variables such as `{given_name}` are filled in.
    """

    subject: Texts
    text: Texts


class Chat(Definition):
    """A message to a channel of the company's own chat, through Apprise; needs the extra `kundig[chat]`.

    Attributes:
        to: the name of the environment variable with the channel's Apprise address, such as `KUNDIG_CHAT_SERVICE`.
        text: what it says.
    """

    to: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    text: Texts


class Points(Definition):
    """Loyalty points, as an event of the customer.

    Attributes:
        points: how many.
        reason: what for; kept with them.
    """

    points: Annotated[float, Field(gt=0)]
    reason: Worded


class Offer(Definition):
    """An offer that the customer may take up, as an event; a letter tells of it in a step of its own.

    Attributes:
        name: by which it is known, such as a code.
        worth: what it is worth, in the company's currency.
        holds: how long.
    """

    name: Name
    worth: Annotated[float, Field(ge=0)] | None = None
    holds: Clock | None = None


class Set(Definition):
    """A trait of the customer, said by the playbook from now on.

    Attributes:
        trait: `segment`, or a name of the company's own.
        value: what it is.
    """

    trait: Name
    value: Annotated[str, Field(min_length=1, max_length=200)]


class Asked(Definition):
    """A survey by e-mail; whether the customer is asked hangs on the survey's sampling, rests and quota, on consent and on limits.

    Attributes:
        survey: its name.
    """

    survey: Name


class Until(Definition):
    """Wait for an event, and go one way if it comes, and another if it does not.

    Attributes:
        event: what is waited for; it counts if it happened after the step was reached, and is known in time.
        within: how long.
        then: steps if it came.
        otherwise: steps if it did not.
    """

    event: Meant
    within: Clock
    then: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()


class Branch(Definition):
    """Go one way or the other, by who the customer is.

    Attributes:
        where: an expression over the golden record.
        then: steps where it holds.
        otherwise: steps where it does not, or where it is not known.
    """

    where: Described
    then: tuple[Step, ...] = ()
    otherwise: tuple[Step, ...] = ()


class Way(Definition):
    """One way of a random split.

    Attributes:
        share: of those who come, between 0 and 1.
        steps: what is done with them.
    """

    share: Annotated[float, Field(gt=0, le=1)]
    steps: tuple[Step, ...] = ()


class Split(Definition):
    """Ways that chance chooses between; each customer is drawn once for each playbook.

    Attributes:
        ways: by name; their shares make 1.
    """

    ways: Annotated[dict[Name, Way], Field(min_length=2)]

    @model_validator(mode="after")
    def _whole(self) -> Split:
        whole = sum(way.share for way in self.ways.values())
        if abs(whole - 1) > 1e-9:  # noqa: PLR2004 -- shares are written in decimals
            raise ValueError(f"ways: expected shares that make 1, found {whole:g}")
        return self


ACTS = ("task", "webhook", "escalate", "email", "chat", "survey", "points", "offer", "set")
"""Steps that do something; each is recorded, done or held back."""


class Step(Definition):
    """One step, under its name.

    Attributes:
        task: work for a person.
        webhook: a message to another system.
        escalate: work that goes higher up.
        email: a letter.
        chat: a message to colleagues.
        survey: questions.
        points: loyalty points.
        offer: an offer.
        set: a trait.
        wait: a length of time.
        wait_until: an event, or the time in which it ought to come.
        branch: by who the customer is.
        split: by chance.
        end: nothing more; written `end: true`.
    """

    task: Task | None = None
    webhook: Webhook | None = None
    escalate: Escalation | None = None
    email: Email | None = None
    chat: Chat | None = None
    survey: Asked | None = None
    points: Points | None = None
    offer: Offer | None = None
    set_: Annotated[Set | None, Field(alias="set")] = None
    wait: Clock | None = None
    wait_until: Until | None = None
    branch: Branch | None = None
    split: Split | None = None
    end: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> Step:
        given = [name.rstrip("_") for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"expected one of {', '.join(name.rstrip('_') for name in type(self).model_fields)}, found {' and '.join(given) or 'none'}; write each step as an item of the list")
        return self

    @property
    def kind(self) -> str:
        """The name under which it is written."""
        return next(name.rstrip("_") for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def what(self) -> Any:
        """What is written under the name."""
        return next(getattr(self, name) for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def department(self) -> str | None:
        """Whose work the step makes; None where it makes none."""
        return self.what.department if self.kind in {"task", "escalate"} else None

    @property
    def ways(self) -> dict[str, tuple[Step, ...]]:
        """The ways that lead on from here, by name; none where the next step of the list follows."""
        match self.kind:
            case "wait_until" | "branch":
                return {"then": self.what.then, "otherwise": self.what.otherwise}
            case "split":
                return {name: way.steps for name, way in self.what.ways.items()}
            case _:
                return {}

    @property
    def waits(self) -> timedelta | None:
        """How long the step waits at most; None where it does not."""
        if self.wait is not None:
            return span(self.wait)
        return span(self.wait_until.within) if self.wait_until is not None else None


for one in (Until, Branch, Way, Split, Step):
    one.model_rebuild()


def walked(steps: tuple[Step, ...], before: str = "") -> Iterator[tuple[str, Step]]:
    """Every step with its path, such as `2` or `2.then.1`: the second of the list, and the first of its way `then`."""
    for number, step in enumerate(steps, start=1):
        path = f"{before}{number}"
        yield path, step
        for name, way in step.ways.items():
            yield from walked(way, f"{path}.{name}.")

"""A survey: its questions, whom it asks how often, and how it asks."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from kundig.definition import Definition, plainly_named, read
from kundig.errors import nearest
from kundig.playbooks.conditions.membership import Described
from kundig.playbooks.golden import FIELDS
from kundig.playbooks.wording import Texts
from kundig.settings.languages import LANGUAGES, Worded
from kundig.settings.lengths import Clock
from kundig.surveys.question import Question

DIGITS = 12


class Invitation(Definition):
    """How the survey asks by e-mail; below the text stand the answers to the first question, to press, or one link.

    Attributes:
        subject: of the letter.
        text: what it says; variables such as `{given_name}` are filled in.
    """

    subject: Texts
    text: Texts


class Quota(Definition):
    """When enough have answered; in all, or in each group of customers.

    Attributes:
        most: answers, after which nobody more is asked; with `by`, of each group.
        within: in which time.
        by: a field of the golden record that parts customers into groups, such as `segment` or `country`; those of whom it is not known are one.
        each: other numbers for groups of their own, such as `{gold: 100}`; 0 asks nobody of it.
    """

    most: Annotated[int, Field(ge=1)]
    within: Clock
    by: str | None = None
    each: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _grouped(self) -> Quota:
        if self.by is not None and self.by not in FIELDS:
            raise ValueError(f"by: found {self.by!r}; {nearest(self.by, FIELDS)}")
        if self.each and self.by is None:
            raise ValueError("each: numbers for groups need `by:`, what parts customers into groups")
        return self

    def of(self, group: str) -> int:
        """How many answers are enough in a group.

        >>> quota = Quota(most=50, within="30 days", by="segment", each={"gold": 100})
        >>> quota.of("gold"), quota.of("basic"), quota.of("")
        (100, 50, 50)
        """
        return self.each.get(group, self.most)


class Survey(Definition):
    """What is asked, of whom, and how often.

    Attributes:
        title: its name for people.
        owner: who answers for it.
        touchpoint: where the customer meets the company in it; answers belong there.
        intro: what stands above the first question.
        questions: one after the other.
        thanks: what stands at the end.
        invitation: the letter by e-mail.
        about: `relational` if it is about the relationship as a whole, `transactional` if about one matter; what kundig.yaml says, if it is left out.
        sample: the share of those who could be asked that is asked, drawn by chance each time.
        rest: how long a customer is not asked this survey again.
        rest_of_all: how long a customer is not asked after any survey, by whatever channel or system.
        quota: when enough have answered; never, if it is left out.
        reminders: after which times without an answer somebody is reminded.
        closes: how long an invitation can be answered.
        on: whether anybody is asked.
    """

    title: Worded
    owner: str
    touchpoint: str
    intro: Worded | None = None
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=30)]
    thanks: Worded
    invitation: Invitation
    about: Literal["relational", "transactional"] | None = None
    sample: Annotated[float, Field(gt=0, le=1)] = 1.0
    rest: Clock = "90 days"
    rest_of_all: Clock = "30 days"
    quota: Quota | None = None
    reminders: Annotated[tuple[Clock, ...], Field(max_length=2)] = ()
    closes: Clock = "30 days"
    on: bool = False

    @model_validator(mode="after")
    def _apart(self) -> Survey:
        keys = [question.key for question in self.questions]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise ValueError(f"questions: the key {twice!r} stands there twice")
        return self

    @property
    def metric(self) -> str | None:
        """What its first question with a scale measures."""
        return next((question.metric for question in self.questions if question.metric), None)

    def question(self, key: str) -> Question | None:
        """The question of a key."""
        return next((question for question in self.questions if question.key == key), None)

    def drawn(self, name: str, key: str) -> bool:
        """Whether the lot falls on an invitation; the same whenever it is drawn, and nobody can foresee it from a customer's number."""
        lot = int(sha256(f"survey\x1f{name}\x1f{key}".encode()).hexdigest()[:DIGITS], 16)
        return bool(lot < self.sample * 16**DIGITS)


class Panel(Definition):
    """Customers who have agreed to be asked: a beta group, an advisory board, people who build along.

    Attributes:
        title: its name for people.
        owner: who answers for it.
        who: an expression over the golden record.
        members: customers by their ids, beside those.
    """

    title: Worded
    owner: str
    who: Described | None = None
    members: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _somebody(self) -> Panel:
        if self.who is None and not self.members:
            raise ValueError("expected whom it holds: `who:`, `members:`, or both")
        return self


class Surveys(Definition):
    """A file of surveys and panels, each under its name."""

    surveys: Annotated[dict[str, Survey], AfterValidator(plainly_named)] = Field(default_factory=dict)
    panels: Annotated[dict[str, Panel], AfterValidator(plainly_named)] = Field(default_factory=dict)


def stated(folder: Path) -> Surveys:
    """The surveys and panels of a workspace: every YAML file in its folder `surveys/`.

    Raises:
        ConfigError: a definition cannot be meant; with file, line and the nearest known name.
    """
    files = sorted([*folder.glob("surveys/*.yaml"), *folder.glob("surveys/*.yml")])
    return read(Surveys, *files) if files else Surveys()


READY = Path(__file__).parent / "ready.yaml"


def ready() -> dict[str, Survey]:
    """The surveys that come with kundig, by name; each is off until a company takes it over."""
    return dict(_ready())


@lru_cache(maxsize=1)
def _ready() -> tuple[tuple[str, Survey], ...]:
    """They come with the package, and so are read once."""
    return tuple(sorted(read(Surveys, READY).surveys.items()))


def missing(surveys: dict[str, Survey]) -> list[str]:
    """Where a survey lacks a language that customers read it in."""
    found = []
    for name, one in surveys.items():
        texts = {"title": one.title, "thanks": one.thanks, "invitation.subject": one.invitation.subject, "invitation.text": one.invitation.text}
        texts |= {f"questions.{question.key}": question.ask for question in one.questions}
        texts |= {f"questions.{question.key}.options.{key}": words for question in one.questions for key, words in question.options.items()}
        found += [f"{name}: {field} is missing in {language}" for field, words in texts.items() for language in LANGUAGES if language not in words]
    return found

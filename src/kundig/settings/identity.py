"""Who is who: which identifiers join subjects, whose word counts, and when a run refuses to go on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from kundig.definition import Definition
from kundig.errors import nearest
from kundig.events import TRAITS

Form = Literal["email", "phone", "code", "text", "folded", "person", "street", "birth_date", "company"]


class Key(Definition):
    """An identifier that joins the subjects who share it.

    Attributes:
        name: how links name it.
        column: a column of traits, or `properties.NAME` of traits and events.
        form: the normal form in which two values are compared.
        one: a customer has at most one of it, so that two different ones keep customers apart.
        most: how many subjects a value may join; one that joins more is a shop terminal or info@, and joins none.
        personal: a value whose subjects have different given names or days of birth belongs to a family, and joins none.
        subjects: prefixes of subjects that are the identifier themselves, as `email` in `email:ada@example.de`.
        refers: its value may be the whole name of a subject, such as `web:a1b2`, and then joins that one too.
    """

    name: str
    column: str
    form: Form = "code"
    one: bool = False
    most: Annotated[int, Field(ge=2)] = 1000
    personal: bool = False
    subjects: tuple[str, ...] = ()
    refers: bool = False


KEYS = (
    Key(name="customer number", column="properties.customer_number", one=True),
    Key(name="login", column="properties.user_id", form="text", subjects=("user",), refers=True),
    Key(name="alias", column="properties.previous_id", form="text", subjects=("anonymous",), refers=True),
    Key(name="IBAN", column="properties.iban_hash", form="text", most=20, personal=True),
    Key(name="e-mail", column="email", form="email", most=100, personal=True, subjects=("email", "mail")),
    Key(name="phone", column="phone", form="phone", most=50, personal=True, subjects=("phone", "tel")),
)
"""The keys where a company names none, the strongest first."""

Order = Literal["newest", "frequent"]


class Precedence(Definition):
    """Whose value of a field is taken where sources differ.

    Attributes:
        sources: the first of these that says anything is believed; sources that are not named come after them.
        then: among the values of equally believed sources, the newest or the most frequent.
    """

    sources: tuple[str, ...] = ()
    then: Order = "newest"

    @field_validator("sources", mode="before")
    @classmethod
    def _one(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class Identity(Definition):
    """Who is who.

    Attributes:
        keys: strong identifiers, the strongest first.
        resemblance: whether subjects that share no key are compared by name, day of birth, address and the like.
        threshold: the probability from which resemblance joins; by default the data's own estimated error decides.
        precision: the share of links by resemblance that must be expected to be right.
        review: the probability from which a pair that is not joined is shown to somebody.
        guard: how many subjects a customer may be made of; a run that would make a larger one changes nothing.
        country: of telephone numbers without one, ISO 3166.
        precedence: whose word counts, by field of traits; `default` stands for all others.
        personal_domains: further domains of e-mail addresses that are no company's own.
    """

    keys: tuple[Key, ...] = KEYS
    resemblance: bool = True
    threshold: Annotated[float, Field(gt=0.5, le=1)] | None = None
    precision: Annotated[float, Field(gt=0.5, lt=1)] = 0.9
    review: Annotated[float, Field(gt=0, lt=1)] = 0.1
    guard: Annotated[int, Field(ge=2)] = 1000
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "DE"
    precedence: dict[str, Precedence] = Field(default_factory=dict)
    personal_domains: tuple[str, ...] = ()

    @field_validator("precedence")
    @classmethod
    def _fields(cls, value: dict[str, Precedence]) -> dict[str, Precedence]:
        known = [column.name for column in TRAITS if column.name not in {"subject", "known_at", "source", "consents", "properties"}]
        for name in value:
            if name not in known and name != "default":
                raise ValueError(f"there is no field {name!r}; {nearest(name, [*known, 'default'], most=30)}")
        return value

    @field_validator("keys")
    @classmethod
    def _names(cls, value: tuple[Key, ...]) -> tuple[Key, ...]:
        names = [key.name for key in value]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two keys are called {name!r}; links name the key, so each needs its own")
        return value

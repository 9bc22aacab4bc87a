"""What a strong identifier is: where it stands, how it is normalised, and how far it can be believed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from kundig.definition import Definition

Form = Literal["email", "phone", "code", "text", "folded", "person", "street", "birth_date", "company"]


class Key(Definition):
    """An identifier that joins the subjects who share it.

    Attributes:
        name: how links name it.
        column: a column of traits, or `properties.NAME`.
        form: the normal form in which two values are compared.
        one: a customer has at most one of it, so that two different ones keep customers apart.
        most: how many subjects a value may join; one that joins more is a shop terminal or info@, and joins none.
        personal: a value whose subjects have different given names belongs to a family, and joins none.
    """

    name: str
    column: str
    form: Form = "code"
    one: bool = False
    most: Annotated[int, Field(ge=2)] = 1000
    personal: bool = False


KEYS = (
    Key(name="customer number", column="properties.customer_number", one=True),
    Key(name="login", column="properties.user_id", form="text"),
    Key(name="alias", column="properties.previous_id", form="text"),
    Key(name="IBAN", column="properties.iban_hash", form="text", most=20, personal=True),
    Key(name="e-mail", column="email", form="email", most=20, personal=True),
    Key(name="phone", column="phone", form="phone", most=10, personal=True),
)
"""The keys where a workspace names none, the strongest first."""

"""The golden record: whose word counts, and what else was said."""

import pytest

from kundig.identity.golden import values
from kundig.identity.subjects import identified
from kundig.journal import told
from kundig.settings import Settings
from kundig.settings.identity import Identity, Precedence

SAID = [
    {"subject": "crm:1", "source": "crm", "known_at": "2026-01-01", "city": "Bonn", "email": "ada@old.example"},
    {"subject": "shop:1", "source": "shop", "known_at": "2026-02-01", "city": "Ulm"},
    {"subject": "shop:1", "source": "shop", "known_at": "2026-03-01", "city": "Jena"},
    {"subject": "web:a", "source": "web", "known_at": "2026-02-15", "city": "Ulm"},
    {"subject": "crm:2", "source": "crm", "known_at": "2026-01-01", "city": "Kiel"},
]
ONE = [{"subject": name, "customer_id": "crm:1", "since": "2026-02-10"} for name in ("crm:1", "shop:1", "web:a")]


def journal(**precedence):
    return told([], SAID, identities=ONE, settings=Settings(identity=Identity(precedence=precedence)))


def cities(journal):
    return {row["customer_id"]: row["city"] for row in journal.customers.select("customer_id", "city").to_pyarrow().to_pylist()}


@pytest.mark.parametrize(
    ("precedence", "city"),
    [
        ({}, "Jena"),
        ({"city": Precedence(sources="crm")}, "Bonn"),
        ({"city": Precedence(sources=("billing", "shop"))}, "Jena"),
        ({"city": Precedence(then="frequent")}, "Ulm"),
        ({"default": Precedence(sources="web")}, "Ulm"),
        ({"default": Precedence(sources="web"), "city": Precedence()}, "Jena"),
    ],
)
def test_the_field_s_own_precedence_decides_whose_word_counts(precedence, city):
    assert cities(journal(**precedence)) == {"crm:1": city, "crm:2": "Kiel"}


def test_before_the_link_was_known_each_subject_has_a_record_of_its_own():
    assert cities(journal().as_of("2026-02-05")) == {"crm:1": "Bonn", "shop:1": "Ulm", "crm:2": "Kiel"}


def test_nothing_that_was_said_is_lost_and_what_is_picked_is_marked():
    here = journal()
    rows = values(identified(here.traits, here.identities)).filter(lambda row: row.customer_id == "crm:1").to_pyarrow().to_pylist()
    assert [(row["field"], row["value"], row["source"], row["picked"]) for row in rows] == [
        ("city", "Bonn", "crm", False),
        ("city", "Ulm", "shop", False),
        ("city", "Ulm", "web", False),
        ("city", "Jena", "shop", True),
        ("email", "ada@old.example", "crm", True),
    ]


def test_a_field_that_is_not_there_names_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'city'"):
        Identity(precedence={"citty": Precedence()})

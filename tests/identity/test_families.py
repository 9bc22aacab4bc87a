"""One mailbox, and whether one person or a family is behind it."""

import pyarrow as pa
import pytest

from kundig.identity.exact import exact

COLUMNS = ("subject", "given_name", "family_name", "name", "birth_date", "email")


def shared(*people):
    """What becomes of one mailbox that these people have: who is together, and why it joins nobody."""
    rows = [{name: person.get(name) for name in COLUMNS} | {"subject": f"s{number}", "email": "home@example.de"} for number, person in enumerate(people)]
    found = exact(pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in COLUMNS])))
    return len(set(found.subjects.column("cluster").to_pylist())), found.demoted.column("reason").to_pylist(), found.muted.num_rows


ADA = {"given_name": "Ada", "family_name": "Berg", "birth_date": "1990-03-07"}


@pytest.mark.parametrize(
    "other",
    [
        {"given_name": "Berg", "family_name": "Ada"},
        {"given_name": "Ada Maria"},
        {"given_name": "Maria Ada"},
        {"given_name": "Dr. Ada", "birth_date": "07.03.1990"},
        {**ADA, "birth_date": "1990-07-03"},
        {**ADA, "birth_date": "1982-11-29"},
        {**ADA, "birth_date": "1900-01-01"},
        {"name": "Berg, Ada"},
        {},
    ],
    ids=["given and family name transposed", "second given name", "given names in another order", "title", "day and month transposed", "a wrong date", "a date that stands for none", "one text", "nothing"],
)
def test_ada_is_one_person_however_she_is_written(other):
    assert shared(ADA, other) == (1, [], 0)


def test_day_and_month_transposed_are_one_day_though_four_digits_differ():
    assert shared({"birth_date": "1990-12-05"}, {"birth_date": "1990-05-12"}) == (1, [], 0)


def test_ada_and_ben_share_a_mailbox_and_are_two():
    assert shared(ADA, {"given_name": "Ben", "family_name": "Berg", "birth_date": "1988-11-20"}) == (2, ["different given names"], 2)
    assert shared({"given_name": "Ada"}, {"given_name": "Ben"}, {}) == (3, ["different given names"], 3)


def test_given_names_that_only_sound_alike_are_two():
    assert shared({"given_name": "Emre", "family_name": "Hagen"}, {"given_name": "Marie", "family_name": "Hagen"}) == (2, ["different given names"], 2)


def test_a_wife_called_after_her_husband_s_given_name_is_not_he():
    assert shared({"given_name": "Ada", "family_name": "Martin"}, {"given_name": "Martin", "family_name": "Lohe"}) == (2, ["different given names"], 2)


def test_father_and_son_of_one_name_are_a_generation_apart():
    assert shared(ADA, {**ADA, "birth_date": "1961-11-23"}) == (2, ["different days of birth"], 2)


def test_of_twins_the_mailbox_joins_nobody_but_may_still_be_compared():
    assert shared(ADA, {**ADA, "given_name": "Ben"}) == (2, ["different given names, one day of birth"], 0)


def test_without_a_given_name_two_days_of_birth_leave_it_open():
    assert shared({"birth_date": "1990-03-07"}, {"birth_date": "1988-11-20"}) == (2, ["different days of birth, no given name"], 0)

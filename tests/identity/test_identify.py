"""Who is who, from what sources say to the customer of every subject."""

from datetime import datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.errors import IdentityError
from kundig.identity.decisions import Decision
from kundig.identity.identify import identify
from kundig.settings import Identity

START = datetime(2026, 3, 1, tzinfo=timezone.utc)
COLUMNS = ("given_name", "family_name", "birth_date", "city", "email", "phone", "company", "account")
KEYS_ALONE = Identity(resemblance=False)


def day(number):
    return START + timedelta(days=number)


def traits(*rows):
    schema = pa.schema([("subject", pa.string()), ("known_at", pa.timestamp("us", "UTC")), *((name, pa.string()) for name in COLUMNS), ("properties", pa.map_(pa.string(), pa.string()))])
    return pa.Table.from_pylist([{"known_at": START, "properties": [], **row} for row in rows], schema=schema)


def told(found):
    return [(row["subject"], row["customer_id"], row["how"], row["probability"]) for row in found.identities.to_pylist() if row["until"] is None]


def ids(found):
    """The customer of every subject."""
    now = {subject: customer for subject, customer, _, _ in told(found)}
    return {subject: now.get(subject, subject) for subject in found.order.column("subject").to_pylist()}


def at(found, moment):
    """Who was held to be whom at a moment."""
    rows = [row for row in found.identities.to_pylist() if (row["since"] is None or row["since"] <= moment) and (row["until"] is None or row["until"] > moment)]
    now = {row["subject"]: row["customer_id"] for row in rows}
    return {subject: now.get(subject, subject) for subject in found.order.column("subject").to_pylist()}


MAIL = traits({"subject": "crm:1", "email": "ada@example.de"}, {"subject": "shop:1", "email": "ada@example.de"}, {"subject": "web:b"})


def test_every_subject_that_is_with_others_says_whose_it_is_and_why():
    assert told(identify(MAIL, at=START)) == [("crm:1", "crm:1", "e-mail", 1.0), ("shop:1", "crm:1", "e-mail", 1.0)]


def test_a_login_repairs_what_was_before_and_is_known_only_since_it_happened():
    rows = traits({"subject": "web:a"}, {"subject": "crm:1", "email": "ada@example.de", "known_at": day(1)}, {"subject": "web:a", "email": "ada@example.de", "known_at": day(5)})
    found = identify(rows, at=day(9), settings=KEYS_ALONE)
    assert ids(found) == {"web:a": "web:a", "crm:1": "web:a"}
    assert at(found, day(4)) == {"web:a": "web:a", "crm:1": "crm:1"}
    assert at(found, day(5)) == {"web:a": "web:a", "crm:1": "web:a"}


def test_a_subject_named_after_its_mailbox_or_number_is_that_mailbox_or_number():
    rows = traits({"subject": "crm:1", "email": "ada@example.de", "phone": "0171 2345678"}, {"subject": "email:ADA@example.de"}, {"subject": "phone:+49 171 2345678"})
    assert set(ids(identify(rows, at=START, settings=KEYS_ALONE)).values()) == {"crm:1"}


def test_an_alias_names_the_subject_that_somebody_was_before():
    rows = traits({"subject": "web:a1"}, {"subject": "user:ada", "properties": [("previous_id", "web:a1")]}, {"subject": "app:9", "properties": [("user_id", "ada")]})
    assert len(set(ids(identify(rows, at=START, settings=KEYS_ALONE)).values())) == 1


def test_a_decision_counts_more_than_the_machine_and_says_who_made_it():
    merge = Decision("merge", "web:b", "crm:1", "Cyd", START)
    split = Decision("split", "crm:1", "shop:1", "Cyd", START)
    assert told(identify(MAIL, at=START, decisions=[merge, split])) == [
        ("crm:1", "crm:1", "merge by Cyd on 2026-03-01", 1.0),
        ("web:b", "crm:1", "merge by Cyd on 2026-03-01", 1.0),
    ]


def test_what_was_decided_can_be_taken_back():
    split = Decision("split", "crm:1", "shop:1", "Cyd", START)
    undo = Decision("undo", "shop:1", "crm:1", "Ben", day(1))
    assert identify(MAIL, at=day(2), decisions=[split, undo]).identities.equals(identify(MAIL, at=day(2)).identities)
    assert told(identify(MAIL, at=day(2), decisions=[split])) == []


PAIRS = [{"subject": f"x{n}{part}", "given_name": f"N{n}", "family_name": f"F{n % 7}", "birth_date": f"19{50 + n}-01-01", "city": f"T{n % 5}"} for n in range(30) for part in "ab"]
ADA = {"given_name": "Ada", "family_name": "Berg", "birth_date": "1990-03-07", "city": "Ulm"}


def test_resemblance_never_joins_two_customer_numbers():
    rows = traits({"subject": "a", **ADA, "properties": [("customer_number", "1")]}, {"subject": "b", **ADA, "properties": [("customer_number", "2")]}, *PAIRS)
    found = ids(identify(rows, at=START))
    assert found["a"] != found["b"]
    assert all(found[f"x{n}a"] == found[f"x{n}b"] for n in range(30))


def test_father_and_son_of_one_name_at_one_address_are_two_and_wait_for_somebody_to_look():
    rows = traits({"subject": "a", **ADA}, {"subject": "b", **ADA, "birth_date": "1961-11-23"}, *PAIRS)
    found = identify(rows, at=START)
    assert ids(found)["a"] != ids(found)["b"]
    assert ("a", "b") in {(row["subject"], row["other"]) for row in found.review.to_pylist()}


def test_a_family_mailbox_that_joins_nobody_is_no_resemblance_either():
    rows = traits({"subject": "a", **ADA, "email": "home@example.de"}, {"subject": "b", **ADA, "given_name": "Ben", "email": "home@example.de"}, {"subject": "email:home@example.de", "given_name": "Ada", "family_name": "Berg"}, *PAIRS)
    found = identify(rows, at=START)
    assert [ids(found)[name] for name in ("a", "b", "email:home@example.de")] == ["a", "b", "email:home@example.de"]
    assert found.demoted.to_pylist() == [{"how": "e-mail", "value": "home@example.de", "subjects": 3, "reason": "different given names"}]


def test_a_customer_that_explodes_is_refused_and_the_key_is_named():
    rows = traits(*({"subject": f"s{number}", "properties": [("user_id", "demo")]} for number in range(30)))
    with pytest.raises(IdentityError, match="made of 30 subjects, more than the 20 that `identity.guard` allows; nothing was changed. 29 of its links are by login"):
        identify(rows, at=START, settings=Identity(resemblance=False, guard=20))


def test_100000_records_with_one_number_and_empty_columns_are_no_trouble_for_the_model():
    crowd = [{"subject": f"s{number}", "phone": "030 1234567", "city": f"T{number % 50}"} for number in range(100_000)]
    found = identify(traits(*crowd, *PAIRS), at=START)
    assert found.demoted.to_pylist() == [{"how": "phone", "value": "+49301234567", "subjects": 100_000, "reason": "joins too many"}]
    assert [warning for warning in found.warnings if warning.startswith(("email", "company"))] == [
        "email: holds no value that can be read as e-mail; it joins nobody",
        "email: is empty in all 60 records; it is left out",
        "company: is empty in all 60 records; it is left out",
    ]
    assert all(ids(found)[f"x{n}b"] == f"x{n}a" for n in range(30))


def test_a_later_subject_takes_no_ones_name_even_if_its_source_knew_it_earlier():
    first = identify(traits({"subject": "crm:1", "email": "ada@example.de"}), at=START, settings=KEYS_ALONE)
    rows = traits({"subject": "crm:1", "email": "ada@example.de"}, {"subject": "old:7", "email": "ada@example.de", "known_at": day(-400)})
    assert ids(identify(rows, at=day(1), settings=KEYS_ALONE, order=first.order)) == {"crm:1": "crm:1", "old:7": "crm:1"}
    assert set(ids(identify(rows, at=day(1), settings=KEYS_ALONE)).values()) == {"old:7"}


def test_where_the_account_is_the_customer_persons_belong_to_it_by_key_domain_and_name():
    rows = traits(
        {"subject": "crm:1", "email": "ada@nordwind.example", "company": "Nordwind GmbH"},
        {"subject": "crm:2", "email": "ben@nordwind.example"},
        {"subject": "crm:3", "email": "cyd@gmail.com", "company": "NORDWIND AG"},
        {"subject": "crm:4", "email": "dora@gmail.com"},
        {"subject": "crm:5", "email": "emil@werft.example", "account": "A7"},
        {"subject": "crm:6", "email": "frieda@hafen.example", "account": "A7"},
    )
    found = identify(rows, at=START, settings=KEYS_ALONE, unit="account")
    assert told(found) == [
        ("crm:1", "crm:1", "domain", 1.0), ("crm:2", "crm:1", "domain", 1.0), ("crm:3", "crm:1", "company", 1.0),
        ("crm:5", "crm:5", "account", 1.0), ("crm:6", "crm:5", "account", 1.0),
    ]  # fmt: skip
    assert told(identify(rows, at=START, settings=KEYS_ALONE)) == []


def test_two_keys_that_sources_give_keep_accounts_apart_whatever_their_domain():
    rows = traits({"subject": "crm:1", "email": "ada@group.example", "account": "A1"}, {"subject": "crm:2", "email": "ben@group.example", "account": "A2"})
    assert told(identify(rows, at=START, settings=KEYS_ALONE, unit="account")) == []


def test_who_comes_later_joins_by_the_model_that_was_learned_before_and_nobody_else_moves():
    first = identify(traits(*PAIRS), at=START)
    late = {"subject": "z", "given_name": "N3", "family_name": "F3", "birth_date": "1953-01-01", "city": "T3", "known_at": day(3)}
    then = identify(traits(*PAIRS, late), at=day(4), order=first.order, model=first.model)
    assert ids(then) == {**ids(first), "z": "x3a"}
    assert then.model.parameters == first.model.parameters
    assert at(then, day(2))["z"] == "z"


mails = st.lists(st.sampled_from(["x@example.de", "y@example.de", None]), min_size=2, max_size=5)


@settings(max_examples=8, deadline=None)
@given(mails, st.data())
def test_merge_then_split_equals_before(mails, data):
    rows = traits(*({"subject": f"s{number}", "email": mail} for number, mail in enumerate(mails)))
    before = identify(rows, at=START, settings=KEYS_ALONE)
    a, b = data.draw(st.sampled_from(sorted(ids(before)))), data.draw(st.sampled_from(sorted(ids(before))))
    if ids(before)[a] == ids(before)[b]:
        return
    merge, split = Decision("merge", a, b, "Cyd", day(1)), Decision("split", a, b, "Cyd", day(2))
    during = identify(rows, at=merge.at, settings=KEYS_ALONE, order=before.order, decisions=[merge])
    assert len(set(ids(during).values())) == len(set(ids(before).values())) - 1
    after = identify(rows, at=split.at, settings=KEYS_ALONE, order=during.order, decisions=[merge, split])
    assert after.identities.equals(before.identities)


people = st.lists(st.fixed_dictionaries({"email": st.sampled_from([None, "x@example.de", "y@example.de"]), "phone": st.sampled_from([None, "0171 2345678", "0171 2345679"])}), min_size=1, max_size=6)


@settings(max_examples=8, deadline=None)
@given(people, st.integers(0, 6))
def test_step_by_step_gives_what_all_at_once_gives(people, cut):
    rows = [{"subject": f"s{number}", "known_at": day(number), **said} for number, said in enumerate(people)]
    first = identify(traits(*rows[:cut]), at=day(10), settings=KEYS_ALONE)
    then = identify(traits(*rows), at=day(11), settings=KEYS_ALONE, order=first.order)
    assert then.identities.equals(identify(traits(*rows), at=day(11), settings=KEYS_ALONE).identities)

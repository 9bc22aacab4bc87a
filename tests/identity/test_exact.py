import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.errors import ConfigError
from kundig.identity.exact import exact
from kundig.settings.identity import KEYS, Key

COLUMNS = ("subject", "given_name", "email", "phone")


def traits(*rows):
    """Rows of subject and what is said of it; `number` is the customer number."""
    schema = pa.schema([*((name, pa.string()) for name in COLUMNS), ("properties", pa.map_(pa.string(), pa.string()))])
    full = []
    for row in rows:
        known = {name: row.get(name) for name in COLUMNS}
        properties = {"customer_number": row.get("number"), "user_id": row.get("login"), "previous_id": row.get("alias")}
        full.append({**known, "properties": [(key, value) for key, value in properties.items() if value is not None]})
    return pa.Table.from_pylist(full, schema=schema)


def clusters(found):
    together = {}
    for row in found.subjects.to_pylist():
        together.setdefault(row["cluster"], []).append(row["subject"])
    return sorted(together.values())


def test_subjects_that_share_a_mailbox_or_a_number_are_one_and_the_link_says_why():
    found = exact(
        traits(
            {"subject": "crm:1", "given_name": "Ada", "email": "Ada@Example.de"},
            {"subject": "shop:7", "email": "ada@example.de", "phone": "0171 2345678"},
            {"subject": "app:x", "phone": "+49 171 2345678"},
            {"subject": "crm:2", "given_name": "Ben", "email": "ben@example.de"},
        )
    )
    assert clusters(found) == [["app:x", "crm:1", "shop:7"], ["crm:2"]]
    assert found.links.to_pylist() == [
        {"subject": "shop:7", "other": "crm:1", "how": "e-mail", "value": "ada@example.de", "subjects": 2, "since": None},
        {"subject": "shop:7", "other": "app:x", "how": "phone", "value": "+491712345678", "subjects": 2, "since": None},
    ]
    assert (found.demoted.to_pylist(), found.warnings) == ([], ())


def test_a_login_ties_an_anonymous_visitor_to_a_person_over_time():
    found = exact(traits({"subject": "web:a1"}, {"subject": "web:a1", "login": "ada"}, {"subject": "app:9", "login": "ada"}, {"subject": "web:b2"}))
    assert clusters(found) == [["app:9", "web:a1"], ["web:b2"]]


def test_two_customer_numbers_keep_ada_and_ben_apart_though_they_share_a_mailbox():
    found = exact(traits({"subject": "crm:1", "number": "1", "email": "home@example.de"}, {"subject": "crm:2", "number": "2", "email": "home@example.de"}, {"subject": "web:c", "email": "home@example.de"}))
    assert clusters(found) == [["crm:1"], ["crm:2"], ["web:c"]]
    assert found.demoted.to_pylist() == [{"how": "e-mail", "value": "home@example.de", "subjects": 3, "reason": "joins what must stay apart"}]
    assert found.links.to_pylist() == []


def test_the_veto_reaches_through_a_chain():
    found = exact(
        traits(
            {"subject": "a", "number": "1", "email": "ada@example.de"},
            {"subject": "b", "email": "ada@example.de", "phone": "0171 2345678"},
            {"subject": "c", "number": "2", "phone": "0171 2345678"},
        )
    )
    assert clusters(found) == [["a", "b"], ["c"]]


def test_a_family_mailbox_joins_nobody_but_a_short_form_of_the_name_does_not_make_a_family():
    found = exact(
        traits(
            {"subject": "crm:1", "given_name": "Ada", "email": "family@example.de"},
            {"subject": "crm:2", "given_name": "Ben", "email": "family@example.de"},
            {"subject": "crm:3", "given_name": "Cyd", "email": "cyd@example.de"},
            {"subject": "crm:4", "given_name": "Cydney", "email": "cyd@example.de"},
        )
    )
    assert clusters(found) == [["crm:1"], ["crm:2"], ["crm:3", "crm:4"]]
    assert found.demoted.to_pylist() == [{"how": "e-mail", "value": "family@example.de", "subjects": 2, "reason": "different given names"}]


def test_the_number_of_a_shop_terminal_joins_nobody_and_takes_no_time_to_find():
    crowd = [{"subject": f"shop:{number}", "phone": "030 1234567"} for number in range(100_000)]
    found = exact(traits(*crowd, {"subject": "crm:1", "phone": "0171 2345678"}, {"subject": "crm:2", "phone": "0171 2345678"}))
    assert found.demoted.to_pylist() == [{"how": "phone", "value": "+49301234567", "subjects": 100_000, "reason": "joins too many"}]
    assert [sorted(one) for one in clusters(found) if len(one) > 1] == [["crm:1", "crm:2"]]


def test_somebody_who_knows_counts_more_than_a_key():
    rows = traits({"subject": "a", "email": "ada@example.de"}, {"subject": "b", "email": "ada@example.de"}, {"subject": "c"})
    assert clusters(exact(rows, merged=[("a", "c")], apart=[("a", "b")])) == [["a", "c"], ["b"]]


def test_a_column_without_a_readable_value_is_named():
    found = exact(traits({"subject": "a", "email": "none"}, {"subject": "b", "email": ""}))
    assert found.warnings == ("email: holds no value that can be read as e-mail; it joins nobody", "phone: holds no value that can be read as phone; it joins nobody")
    assert clusters(found) == [["a"], ["b"]]


def test_no_traits_at_all_are_nobody():
    found = exact(traits())
    assert (found.subjects.to_pylist(), found.links.to_pylist(), found.warnings) == ([], [], ())


def test_a_key_on_a_column_that_is_not_there_names_the_nearest():
    with pytest.raises(ConfigError, match="did you mean 'email'"):
        exact(traits(), [Key(name="mail", column="emial")])


people = st.lists(
    st.fixed_dictionaries(
        {"subject": st.sampled_from("abcdefgh"), "email": st.sampled_from([None, "x@example.de", "y@example.de", "z@example.de"]), "phone": st.sampled_from([None, "0171 2345678", "0171 2345679"]), "number": st.sampled_from([None, "1", "2"])}),
    max_size=12,
)


@settings(max_examples=12, deadline=None)
@given(people, st.integers())
def test_neither_the_order_of_rows_nor_the_order_of_sources_matters(rows, seed):
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    assert clusters(exact(traits(*rows))) == clusters(exact(traits(*shuffled)))


@settings(max_examples=12, deadline=None)
@given(people)
def test_without_a_veto_customers_are_the_connected_components(rows):
    keys = [key for key in KEYS if not key.one and key.column in {"email", "phone"}]
    together = {row["subject"]: {row["subject"]} for row in rows}
    for a in rows:
        for b in rows:
            if any(a[key.column] and a[key.column] == b[key.column] for key in keys):
                union = together[a["subject"]] | together[b["subject"]]
                for one in union:
                    together[one] = union
    assert clusters(exact(traits(*rows), keys)) == sorted(sorted(one) for one in {frozenset(one) for one in together.values()})

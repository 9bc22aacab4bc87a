from datetime import datetime, timedelta, timezone

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.identity.decisions import Decision
from kundig.identity.identify import identify

START = datetime(2026, 3, 1, tzinfo=timezone.utc)
COLUMNS = ("given_name", "family_name", "birth_date", "city", "email", "phone")


def traits(*rows):
    schema = pa.schema([("subject", pa.string()), ("known_at", pa.timestamp("us", "UTC")), *((name, pa.string()) for name in COLUMNS), ("properties", pa.map_(pa.string(), pa.string()))])
    return pa.Table.from_pylist([{"known_at": START, "properties": [], **row} for row in rows], schema=schema)


def told(found):
    ids = {}
    return [(row["subject"], ids.setdefault(row["customer_id"], len(ids)), row["how"], row["probability"]) for row in found.identities.to_pylist()]


MAIL = traits({"subject": "crm:1", "email": "ada@example.de"}, {"subject": "shop:1", "email": "ada@example.de"}, {"subject": "web:b"})


def test_every_subject_says_whose_it_is_and_why():
    assert told(identify(MAIL, at=START)) == [("crm:1", 0, "e-mail", 1.0), ("shop:1", 0, "e-mail", 1.0), ("web:b", 1, "alone", None)]


def test_a_decision_counts_more_than_the_machine_and_says_who_made_it():
    merge = Decision("merge", "web:b", "crm:1", "Cyd", START)
    split = Decision("split", "crm:1", "shop:1", "Cyd", START)
    assert told(identify(MAIL, at=START, decisions=[merge, split])) == [
        ("crm:1", 0, "merge by Cyd on 2026-03-01", 1.0),
        ("shop:1", 1, "alone", None),
        ("web:b", 0, "merge by Cyd on 2026-03-01", 1.0),
    ]


def test_resemblance_never_joins_two_customer_numbers():
    same = {"given_name": "Ada", "family_name": "Berg", "birth_date": "1990-03-07", "city": "Ulm"}
    others = [{"subject": f"x{n}{part}", "given_name": f"N{n}", "family_name": f"F{n % 7}", "birth_date": f"19{50 + n}-01-01", "city": f"T{n % 5}"} for n in range(30) for part in "ab"]
    rows = traits({"subject": "a", **same, "properties": [("customer_number", "1")]}, {"subject": "b", **same, "properties": [("customer_number", "2")]}, *others)
    ids = {row["subject"]: row["customer_id"] for row in identify(rows, at=START).identities.to_pylist()}
    assert ids["a"] != ids["b"]
    assert all(ids[f"x{n}a"] == ids[f"x{n}b"] for n in range(30))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(["x@example.de", "y@example.de", None]), min_size=2, max_size=5), st.data())
def test_merge_then_split_equals_before(mails, data):
    rows = traits(*({"subject": f"s{number}", "email": mail} for number, mail in enumerate(mails)))
    before = identify(rows, at=START, resemblance=False).identities
    ids = {row["subject"]: row["customer_id"] for row in before.to_pylist()}
    a, b = data.draw(st.sampled_from(sorted(ids))), data.draw(st.sampled_from(sorted(ids)))
    if ids[a] == ids[b]:
        return
    merge = Decision("merge", a, b, "Cyd", START + timedelta(days=1))
    split = Decision("split", a, b, "Cyd", START + timedelta(days=2))
    history = before.select(["subject", "customer_id", "since"])
    during = identify(rows, at=merge.at, history=history, decisions=[merge], resemblance=False).identities
    assert len(set(during.column("customer_id").to_pylist())) == len(set(ids.values())) - 1
    history = pa.concat_tables([history, during.select(["subject", "customer_id", "since"])])
    after = identify(rows, at=split.at, history=history, decisions=[merge, split], resemblance=False).identities
    assert after.drop_columns("since").equals(before.drop_columns("since"))

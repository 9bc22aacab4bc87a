"""The default configuration on sets that nothing was fitted to: few are joined wrongly, and what cannot be told waits for somebody."""

from collections import Counter
from datetime import datetime, timezone

import pyarrow as pa
import pytest

from kundig.identity.identify import identify
from tests.identity.shapes import SHAPES

FIELDS = ("given_name", "family_name", "name", "birth_date", "street", "postcode", "city", "company", "email", "phone")
AT = datetime(2026, 3, 1, tzinfo=timezone.utc)


def traits(rows):
    there = [name for name in FIELDS if any(row.get(name) for row in rows)]
    schema = pa.schema([("subject", pa.string()), ("known_at", pa.timestamp("us", "UTC")), *((name, pa.string()) for name in there)])
    return pa.Table.from_pylist([{"subject": row["subject"], "known_at": AT, **{name: row.get(name) for name in there}} for row in rows], schema=schema)


def asked(rows):
    return identify(traits(rows), at=AT)


def figures(found, rows, truth):
    """Precision and recall of pairs, and how many of the pairs that wait are true."""
    now = {row["subject"]: row["customer_id"] for row in found.identities.to_pylist() if row["until"] is None}
    label = [now.get(row["subject"], row["subject"]) for row in rows]

    def pairs(values):
        return sum(n * (n - 1) // 2 for n in Counter(values).values())

    right, said, true = pairs(zip(label, truth, strict=True)), pairs(label), pairs(truth)
    return right / max(said, 1), right / true


LEAST = {"two clean lists": (0.99, 0.99), "scans, many of each": (0.99, 0.99), "married and moved": (0.99, 0.95), "names from everywhere": (0.99, 0.9), "companies and branches": (0.95, 0.95), "dirty days of birth": (0.9, 0.95)}


@pytest.mark.parametrize("name", ["scans, many of each", "names from everywhere"])
def test_what_is_joined_is_one(name):
    rows, truth = SHAPES[name](21, 200)
    precision, recall = figures(asked(rows), rows, truth)
    assert (precision >= LEAST[name][0], recall >= LEAST[name][1]) == (True, True), (precision, recall)


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(LEAST))
def test_what_is_joined_is_one_in_sets_of_every_shape(name):
    rows, truth = SHAPES[name](22)
    precision, recall = figures(asked(rows), rows, truth)
    assert (precision >= LEAST[name][0], recall >= LEAST[name][1]) == (True, True), (precision, recall)


def test_who_lives_together_is_not_taken_for_one_person():
    """Each household has one address and one number; that made one customer of each before mistakes were counted against each other."""
    rows, truth = SHAPES["households"](21, 250)
    precision, recall = figures(asked(rows), rows, truth)
    assert (precision >= 0.75, recall >= 0.95) == (True, True), (precision, recall)


@pytest.mark.soak
def test_what_a_name_and_a_city_cannot_tell_waits_for_somebody():
    rows, truth = SHAPES["only name and city"](22)
    found = asked(rows)
    assert figures(found, rows, truth)[0] >= 0.85
    assert found.review.num_rows >= 100

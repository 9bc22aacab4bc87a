from datetime import datetime, timedelta, timezone

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.identity.stable import history_schema, stable

START = datetime(2026, 3, 1, tzinfo=timezone.utc)


def runs(*partitions):
    """The customer of each subject after each run; a run is clusters such as "ab c"."""
    history = history_schema().empty_table()
    answers = []
    for day, partition in enumerate(partitions):
        clusters = pa.table({"subject": [one for group in partition.split() for one in group], "cluster": [number for number, group in enumerate(partition.split()) for _ in group]})
        found = stable(clusters, history, START + timedelta(days=day))
        rows = found.to_pylist()
        known = {(row["subject"], row["customer_id"], row["since"]) for row in history.to_pylist()}
        fresh = [row for row in rows if (row["subject"], row["customer_id"], row["since"]) not in known]
        history = pa.concat_tables([history, pa.Table.from_pylist(fresh, schema=history_schema())])
        answers.append({row["subject"]: row["customer_id"] for row in rows})
    return answers


def test_a_customer_keeps_its_id_over_reruns_and_when_a_subject_joins_it():
    first, second, third = runs("ab c", "ab c", "abd c")
    assert second == first
    assert third == {**first, "d": first["a"]}


def test_on_a_merge_the_older_id_survives():
    first, second, third = runs("b", "b a", "ba")
    assert second == {**first, "a": second["a"]}
    assert third == {"a": first["b"], "b": first["b"]}


def test_on_a_split_the_id_stays_with_most_and_the_rest_gets_a_new_one():
    first, second = runs("abc", "bc a")
    assert (second["b"], second["c"]) == (first["b"], first["b"])
    assert second["a"] != first["a"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=7), st.data())
def test_merge_then_split_equals_before(labels, data):
    def written(labels):
        return " ".join("".join("abcdefg"[place] for place, label in enumerate(labels) if label == one) for one in sorted(set(labels)))

    a, b = data.draw(st.sampled_from(labels)), data.draw(st.sampled_from(labels))
    merged = [a if label == b else label for label in labels]
    before, _, after = runs(written(labels), written(merged), written(labels))
    assert after == before


def test_no_two_customers_have_one_id_whatever_happened():
    for answer in runs("abc", "bc a", "b c a", "abc", "c ab", "a b c"):
        assert answer.keys() == {"a", "b", "c"}
    final = runs("abc", "bc a", "b c a")[-1]
    assert len(set(final.values())) == 3

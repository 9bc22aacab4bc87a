from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.journal import told
from kundig.journeys import variants
from tests.answers import answer
from tests.oracles import lives, variant_counts


def rows(table):
    return table.to_pyarrow().to_pylist()


def test_the_most_frequent_way_comes_first_and_other_is_always_there():
    journal = told([
        ("ada", "shop", "2026-03-01"), ("ada", "pay", "2026-03-02"),
        ("ben", "shop", "2026-03-01"), ("ben", "pay", "2026-03-02"),
        ("cyd", "shop", "2026-03-05"),
    ])  # fmt: skip
    assert rows(variants(journal)) == [
        {"group": None, "rank": 1, "variant": "shop → pay", "steps": 2, "variants": 1, "n": 2, "share": 2 / 3, "cumulative_share": 2 / 3},
        {"group": None, "rank": 2, "variant": "shop", "steps": 1, "variants": 1, "n": 1, "share": 1 / 3, "cumulative_share": 1.0},
        {"group": None, "rank": None, "variant": "other", "steps": None, "variants": 0, "n": 0, "share": 0.0, "cumulative_share": 1.0},
    ]


def test_rare_ways_stand_together_in_other():
    journal = told([("ada", "a", "2026-03-01"), ("ben", "b", "2026-03-01"), ("cyd", "c", "2026-03-01"), ("dan", "c", "2026-03-01")])
    assert rows(variants(journal, most=1)) == [
        {"group": None, "rank": 1, "variant": "c", "steps": 1, "variants": 1, "n": 2, "share": 0.5, "cumulative_share": 0.5},
        {"group": None, "rank": None, "variant": "other", "steps": None, "variants": 2, "n": 2, "share": 0.5, "cumulative_share": 1.0},
    ]


def test_no_journey_gives_no_row():
    assert rows(variants(told([]))) == []


def test_a_touchpoint_called_other_is_not_lost_among_the_others():
    journal = told([("ada", "other", "2026-03-01"), ("ben", "shop", "2026-03-01")])
    assert [(row["rank"], row["variant"], row["n"]) for row in rows(variants(journal))] == [(1, "other", 1), (2, "shop", 1), (None, "other", 0)]


@given(lives(), st.sampled_from(["customer", "case"]))
@settings(deadline=None)
def test_variants_are_what_plain_python_counts(events, unit):
    found = {row["variant"]: row["n"] for row in answer(variants, told(events), unit=unit, most=1000).to_pylist() if row["rank"] is not None}
    assert found == dict(variant_counts(events, unit))


@given(lives())
@settings(deadline=None)
def test_shares_add_up_to_one(events):
    shares = [row["share"] for row in answer(variants, told(events), most=1).to_pylist()]
    assert not shares or abs(sum(shares) - 1) < 1e-12

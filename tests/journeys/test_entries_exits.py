from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.journal import told
from kundig.journeys import entries_exits
from tests.oracles import end_counts, lives


def rows(table):
    return table.to_pyarrow().to_pylist()


def test_shares_carry_wilsons_interval():
    journal = told([(f"customer{number}", "shop" if number < 8 else "phone", "2026-03-01") for number in range(10)])
    found = rows(entries_exits(journal))
    assert [(row["end"], row["step"], row["n"], row["share"], round(100 * row["low"], 1), round(100 * row["high"], 1)) for row in found] == [
        ("entry", "shop", 8, 0.8, 49.0, 94.3),
        ("entry", "phone", 2, 0.2, 5.7, 51.0),
        ("exit", "shop", 8, 0.8, 49.0, 94.3),
        ("exit", "phone", 2, 0.2, 5.7, 51.0),
    ]


@given(lives(), st.sampled_from(["customer", "case"]))
@settings(deadline=None)
def test_ends_are_what_plain_python_counts(events, unit):
    found = {(row["end"], row["step"]): row["n"] for row in rows(entries_exits(told(events), unit=unit))}
    assert found == dict(end_counts(events, unit))

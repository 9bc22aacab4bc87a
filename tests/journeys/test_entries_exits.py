from hypothesis import given, settings
from hypothesis import strategies as st

from kundig.journal import told
from kundig.journeys import entries_exits
from tests.answers import answer
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


LIFE = [("ada", "shop", "2026-01-01"), ("ada", "help", "2026-03-01"), ("ben", "shop", "2026-01-01"), ("ben", "pay", "2026-03-02"), ("ben", "pay", "2026-04-10"), ("cyd", "shop", "2026-01-05"), ("dan", "shop", "2026-04-01")]


def test_after_a_long_pause_it_is_known_who_came_back_and_with_what():
    found = rows(entries_exits(told(LIFE), unit="session", pause="30 days").filter(lambda table: table.end == "exit"))
    assert [tuple(row[name] for name in ("step", "n", "open", "returned", "returned_share", "next", "next_n")) for row in found] == [
        # Ada and Ben came back, Cyd did not, and Dan's pause is not over.
        ("shop", 4, 1, 2, 2 / 3, "help", 1),
        ("pay", 2, 1, 1, 1.0, "pay", 1),
        ("help", 1, 0, 0, 0.0, None, 0),
    ]
    assert [round(found[0][name], 3) for name in ("returned_low", "returned_high")] == [0.208, 0.939]


def test_what_came_after_a_whole_life_is_not_asked():
    assert {row["returned"] for row in rows(entries_exits(told(LIFE)))} == {None}


@given(lives(), st.sampled_from(["customer", "case"]))
@settings(deadline=None)
def test_ends_are_what_plain_python_counts(events, unit):
    found = {(row["end"], row["step"]): row["n"] for row in answer(entries_exits, told(events), unit=unit).to_pylist()}
    assert found == dict(end_counts(events, unit))

"""Behind every row of every answer are those whom it counts."""

from collections import Counter, defaultdict

import ibis
import pytest

from kundig.analysis import analyses
from kundig.customers import UNCOUNTED, Row, counted, everybody, members
from kundig.errors import ArgumentError
from kundig.estimates import Estimate
from kundig.journal import told, unbound
from tests import answers
from tests.test_every_analysis import arguments, life, of_life

ASKED = {"metric": "csat", "floor": 2, "snapshots": 1, "contacts": "shop, rate", "touches": "shop", "purchase": "pay", "ended_after": "0 days", "won": "started", "lost": "ended", "resolved": "rate"}
BY = {
    "feedback.moods": {"by": "touchpoint", "every": "week"}, "feedback.scores": {"by": "channel", "every": "week", "repeated": "latest"}, "journeys.flows": {"unit": "session", "by": "product"},
    "journeys.entries_exits": {"unit": "session", "by": "product"}, "journeys.funnel": {"by": "channel", "stages": "post?, pay, rate"}, "journeys.variants": {"by": "product", "most": 2}, "value.cost_to_serve": {"by": "channel, concern"},
    "value.retention": {"by": "product"}, "value.revenue_bridge": {"by": "product", "every": "quarter"}, "value.survival": {"cohort": "quarter"}, "value.lifetime_value": {"level": "all"}, "feedback.drivers": {"metric": "leaving", "within": "30 days", "after": "10 days"},
}
"""How some are asked beside their defaults: parted, so that a key counts."""
OTHERS = {"value.loyalty_effect": "to whom the outcome applies now"}
"""Where the column `customers` says something else than who is behind the row."""
COUNTED = [name for name in analyses() if counted(name)]


def test_every_analysis_counts_its_customers_names_them_or_says_why_not():
    named = [name for name, of in analyses().items() if "customer_id" in of.columns]
    assert sorted([*COUNTED, *named, *UNCOUNTED]) == sorted(analyses())


def test_keys_and_counts_are_columns_of_the_answer_and_all_that_stands_beside_a_customer():
    wrong = []
    for name in COUNTED:
        of, behind = analyses()[name], counted(name)
        columns = behind.of(told(life()), arguments(of)).columns
        takes = set(behind.takes) - {argument.name for argument in of.arguments}
        if not {*behind.keys, *behind.counts} <= set(of.columns) or set(columns) != {*behind.keys, *behind.counts, "customer_id"} or takes:
            wrong.append((name, columns, takes))
    assert wrong == []


def test_it_compiles_for_the_other_engine_too():
    pytest.importorskip("pyspark")
    # Naming the backend registers the options that its compiler reads.
    assert ibis.pyspark.name == "pyspark"
    for name in COUNTED:
        behind = counted(name).of(unbound(), arguments(analyses()[name]))
        parts = behind.parts if isinstance(behind, Estimate) else [behind]
        assert (name, ["SELECT" in ibis.to_sql(part, dialect="pyspark") for part in parts]) == (name, [True] * len(parts))


@pytest.mark.parametrize(("name", "more"), [*((name, {}) for name in COUNTED), *BY.items()])
def test_behind_every_row_are_as_many_as_it_says(name, more):
    of, behind, journal = analyses()[name], counted(name), told(life())
    values = arguments(of, **ASKED | more)
    rows = answers.answer(of.function, journal, **values).to_pylist() if more else of_life(name)
    sums, who = defaultdict(Counter), defaultdict(set)
    for row in answers.answer(_of(behind), journal, **values).to_pylist():
        key = tuple(None if row[one] is None else str(row[one]) for one in behind.keys)
        sums[key].update({one: row[one] for one in behind.counts})
        if row[behind.counts[0]]:
            who[key].add(row["customer_id"])
    compared = 0
    for row in rows:
        if behind.only and str(row[behind.only[0]]) not in behind.only[1]:
            continue
        key = tuple(None if row[one] is None else str(row[one]) for one in behind.keys)
        told_ = {one: row[one] for one in behind.counts if isinstance(row[one], int)}
        assert (key, {one: sums[key][one] for one in told_}) == (key, told_)
        compared += len(told_)
        if "customers" in row and "customers" not in behind.counts and name not in OTHERS and None not in who[key]:
            assert (key, len(who[key])) == (key, row["customers"])
    assert compared


def _of(behind):
    """Everybody behind an answer, asked as the answer is."""

    def asked(journal, **values):
        return behind.of(journal, values)

    asked.__module__ = behind.function.__module__
    return asked


def test_the_lost_of_a_month_are_whom_retention_counts_as_lost():
    journal = told(life())
    [row] = [row for row in answers.answer(analyses()["value.retention"].function, journal, floor=2).to_pylist() if row["lost"]]
    asked = Row("value.retention", (), (("group", None), ("period", str(row["period"]))), "lost")
    found = members(journal, asked).to_pyarrow().to_pylist()
    ended = {f"c{number:02}" for number in range(0, 24, 5)}
    assert (sum(one["n"] for one in found), {one["customer_id"] for one in found} <= ended) == (row["lost"], True)


def test_what_takes_statistics_is_there_for_all_rows_at_once_and_for_one():
    journal = told(life())
    whole = everybody(journal, Row("feedback.themes", (("floor", 1),))).to_pyarrow().to_pylist()
    theme = min(row["theme"] for row in whole)
    one = members(journal, Row("feedback.themes", (("floor", 1),), (("theme", theme),))).to_pyarrow().to_pylist()
    assert Counter({row["customer_id"]: row["n"] for row in one}) == sum((Counter({row["customer_id"]: row["n"]}) for row in whole if row["theme"] == theme), Counter())


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (Row("journeys.consistency"), "not made of customers"),
        (Row("journeys.nothing"), "not made of customers"),
        (Row("value.retention", where=(("colour", "red"),)), "counts nobody by 'colour'"),
        (Row("value.retention", count="closing"), "counts nobody by 'closing'"),
    ],
)
def test_what_a_row_has_not_is_told(row, says):
    with pytest.raises(ArgumentError, match=says):
        members(told([]), row)

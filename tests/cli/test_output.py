"""Tables that fit a terminal, and say what found no room."""

from decimal import Decimal

import pyarrow as pa
import pytest
from rich.console import Console

from kundig.cli.output import duration, fitted, table
from tests.cli.test_ask import folder, kundig

__all__ = ["folder"]
ROWS = pa.table({"touchpoint": ["shop", "hotline"], "n": [1200, 7], "median_seconds": [93784.0, 59.0], "share": [0.994, 0.006], "empty": [None, None], "advice": ["call back", None]})


def lines(drawn, width=80):
    screen = Console(width=width, color_system=None)
    with screen.capture() as caught:
        screen.print(drawn)
    return [line.rstrip() for line in caught.get().splitlines()]


def test_a_table_leaves_out_what_is_empty_and_writes_as_people_do():
    assert lines(table(ROWS)) == [
        "touchpoint      n  median time   share  advice",
        "shop        1,200      1 d 2 h  99.4 %  call back",
        "hotline         7         59 s   0.6 %  –",
    ]


def test_of_a_history_too_long_for_the_screen_the_latest_is_shown(tmp_path):
    (tmp_path / "kundig.yaml").write_text("company: {name: Nord}\nsources: {contracts: {read: {csv: contracts.csv}, events: {kind: contract, subject: 'crm:{who}', at: at, outcome: what, case_id: who, amount: price}}}")
    (tmp_path / "contracts.csv").write_text("who,at,what,price\nada,2021-01-05,started,20\nben,2026-04-02,started,10\n")
    kundig(tmp_path, "import")
    told = [line.rstrip() for line in kundig(tmp_path, "ask", "revenue_bridge").stdout.splitlines()]
    assert [line.split()[0] for line in told[4:64]] == [f"{2021 + month // 12}-{1 + month % 12:02}-01" for month in range(3, 63)]
    assert "the latest 60 of 63 rows; --format csv gives all" in told


@pytest.mark.parametrize(("width", "left"), [(49, []), (44, ["advice"]), (30, ["share", "advice"]), (18, ["median_seconds", "share", "advice"]), (3, ["n", "median_seconds", "share", "advice"])])
def test_columns_that_find_no_room_are_named(width, left):
    drawn, beyond = fitted(ROWS, width)
    assert (beyond, max(map(len, lines(drawn, width))) <= max(width, 10)) == (left, True)


def test_an_answer_says_which_columns_and_rows_are_not_shown(folder):
    told = kundig(folder, "ask", "feedback.scores", "--metric", "csat", "--by=touchpoint", COLUMNS="40").stdout.splitlines()
    assert [line.rstrip() for line in told[6:]] == [
        "group  metric  state  n  customers",
        "=cmd   csat    ok     6          6",
        "shop   csat    ok     8          8",
        "",
        "5 more columns beyond this width: score,",
        "low, high, mean, occasion; --format csv",
        "gives all",
        "",
        "kundig ask feedback.scores --help says",
        "how this is defined.",
    ]


def test_lengths_of_time_stand_in_their_two_largest_units():
    assert [duration(seconds) for seconds in (0, 61, 3600, 864000)] == ["0 s", "1 min 1 s", "1 h", "10 d"]


def test_small_figures_beside_large_ones_keep_what_they_tell_and_money_stands_to_the_cent():
    figures = pa.table({"mean": [55.62, 0.907, 0.0004, -1e-17], "point": [0.5, 0.00042, -0.0000001, 0.0], "amount": [Decimal("33700.0000"), Decimal("0.0035"), Decimal("-12.5000"), Decimal(0)]})
    assert lines(table(figures)) == [
        "   mean    point     amount",
        "   55.6    0.500  33,700.00",
        "   0.91  0.00042     0.0035",
        "0.00040    0.000     -12.50",
        "    0.0    0.000       0.00",
    ]


@pytest.mark.parametrize(("of", "row"), [("lift", "50.0 %  0.500  0.400  0.600"), ("difference", "50.0 %       0.500  0.400  0.600")])
def test_the_ends_of_a_shares_interval_are_shares_and_those_of_another_figure_are_not(of, row):
    ends = {"low": [0.4], "high": [0.6]}
    assert lines(table(pa.table({"n": [9], "share": [0.5], **ends})))[1] == "9  50.0 %  40.0 %  60.0 %"
    assert lines(table(pa.table({"share": [0.5], of: [0.5], **ends})))[1] == row
    assert lines(table(pa.table({of: [0.5], **ends, "share": [0.5]})))[1].split() == ["0.500", "0.400", "0.600", "50.0", "%"]


def test_several_values_of_a_cell_are_parted_and_none_is_a_dash():
    told = pa.table({"theme": ["delivery", "app"], "terms": [["late", "parcel"], []]})
    assert lines(table(told)) == ["theme     terms", "delivery  late; parcel", "app       –"]

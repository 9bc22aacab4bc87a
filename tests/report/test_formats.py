"""Numbers and dates as readers write them; what rounds to nothing has no sign."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kundig.report.formats import Formats

DE, EN = Formats("de"), Formats("en")


@given(st.decimals(min_value=-10**9, max_value=10**9, places=2))
def test_a_number_can_be_read_back(value):
    read = DE.number(value, 2).replace(".", "").replace(",", ".").replace("\u2212", "-")
    assert Decimal(read) == value


@given(st.floats(-0.0049, 0.0049))
def test_what_rounds_to_zero_has_no_sign(value):
    assert (DE.number(value, 2), EN.change(value, 2), EN.money(value)) == ("0,00", "±0.00", "€0.00")


def test_what_is_not_known_is_a_dash():
    assert [DE.number(None), DE.percent(None), DE.money(None), DE.short_money(None), DE.interval(None, 1), DE.span(None), DE.number(float("nan"))] == ["–"] * 7


@pytest.mark.parametrize(
    ("amount", "german", "english"),
    [(412, "412 €", "€412"), (96_400, "96 Tsd. €", "€96k"), (1_900_000, "1,9 Mio. €", "€1.9m"), (-1_500_000, "−1,5 Mio. €", "−€1.5m"), (2_340_000_000, "2,3 Mrd. €", "€2.3bn"), (149_600_000, "150 Mio. €", "€150m")],
)
def test_money_in_headlines_is_short(amount, german, english):
    assert (DE.short_money(amount).replace("\u00a0", " "), EN.short_money(amount)) == (german, english)


def test_the_company_s_currency_stands_where_the_language_puts_it():
    assert (Formats("de", "CHF").money(1234), Formats("en", "CHF").money(1234), Formats("en", "GBP").money(3)) == ("1.234,00\u00a0CHF", "CHF\u00a01,234.00", "£3.00")


def test_days_from_to_leave_out_what_both_share():
    assert [DE.days(date(2026, 11, 16), last) for last in (date(2026, 11, 16), date(2026, 11, 22), date(2026, 12, 1), date(2027, 1, 3))] == [
        "16. Nov. 2026",
        "16.–22. Nov. 2026",
        "16. Nov. – 1. Dez. 2026",
        "16. Nov. 2026 – 3. Jan. 2027",
    ]


def test_the_week_of_the_new_year_is_iso_s():
    assert (DE.week(date(2027, 1, 1)), EN.week_days(date(2027, 1, 1))) == ("KW\u00a053", "week 53, 28 Dec 2026 – 3 Jan 2027")


@pytest.mark.parametrize(("seconds", "german"), [(0, "0 Sekunden"), (59, "59 Sekunden"), (60, "1 Minute"), (5400, "1,5 Stunden"), (86400, "1 Tag"), (86400 * 45, "45 Tage"), (86400 * 366 * 2, "2 Jahre")])
def test_a_span_is_told_in_its_largest_unit(seconds, german):
    assert DE.span(seconds) == german

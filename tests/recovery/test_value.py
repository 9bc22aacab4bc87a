"""What customers pay, and who spends more, counted on the journal in plain SQL."""

from __future__ import annotations

import numpy as np
import pytest

NOW = """SELECT person, product, arg_max(amount, moment)::DOUBLE AS amount, arg_max(properties['hardware'], moment) AS hardware, any_value(properties['discount']) AS discount, date_diff('month', min(moment), DATE '2026-06-30') AS tenure
    FROM told WHERE source = 'contracts' GROUP BY ALL HAVING NOT bool_or(kind = 'cancellation')"""


def penalty(company, product, where="true"):
    """How much more customers of over 36 months pay than those of up to 12."""
    [(old, new)] = company.rows(f"SELECT avg(amount) FILTER (tenure > 36), avg(amount) FILTER (tenure <= 12) FROM ({NOW}) WHERE product = '{product}' AND {where}")
    return old / new - 1


def test_loyal_customers_pay_eighteen_per_cent_more_in_tariff_l(company):
    assert penalty(company, "Nordwind L") == pytest.approx(company.truth["3_loyalty_penalty"]["size"], abs=0.025)


def test_loyal_customers_pay_the_same_in_tariff_s(company):
    assert penalty(company, "Nordwind S") == pytest.approx(0, abs=0.02)


def test_in_tariff_m_the_difference_is_the_hardware_plan(company):
    assert penalty(company, "Nordwind M") > 0.08
    alike = f"SELECT hardware, discount, count(DISTINCT amount) FROM ({NOW}) WHERE product = 'Nordwind M' GROUP BY ALL"
    assert {prices for _, _, prices in company.rows(alike)} == {1}, "with and without the plan everybody pays the same, whatever the tenure"


def test_advocates_spend_more_and_half_of_it_is_their_tariff_and_age(company):
    planted = company.truth["11_advocates"]["size"]
    rows = company.rows("""WITH said AS (SELECT person, arg_max(score, moment) >= 9 AS advocate FROM told WHERE metric = 'nps' GROUP BY person),
        spent AS (SELECT person, avg(amount)::DOUBLE AS spend FROM told WHERE kind = 'invoice' AND moment >= '2025-07-01' GROUP BY person)
        SELECT said.advocate, spend, tariff, age FROM said JOIN spent USING (person) JOIN persons USING (person)""")
    advocate, spend, age = (np.array([row[index] for row in rows], dtype=float) for index in (0, 1, 3))
    tariff = np.array([row[2] for row in rows])
    one, other = spend[advocate == 1], spend[advocate == 0]
    error = one.mean() / other.mean() * np.sqrt(one.var() / len(one) / one.mean() ** 2 + other.var() / len(other) / other.mean() ** 2)
    assert abs(one.mean() / other.mean() - 1 - planted["all"]) < 3.3 * error
    known = np.column_stack([np.ones(len(spend)), *(tariff == name for name in sorted(set(tariff))[1:]), age, advocate])
    fitted, *_ = np.linalg.lstsq(known, np.log(spend), rcond=None)
    rest = np.log(spend) - known @ fitted
    own_error = np.sqrt(rest.var() * np.linalg.inv(known.T @ known)[-1, -1])
    assert abs(np.exp(fitted[-1]) - 1 - planted["own"]) < 3.3 * own_error + 0.02
    assert np.exp(fitted[-1]) - 1 < one.mean() / other.mean() - 1

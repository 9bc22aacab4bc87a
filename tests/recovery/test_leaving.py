"""Why customers leave, counted on the journal in plain SQL."""

from __future__ import annotations

import pytest

from tests.recovery.noise import difference_is, share_is, times_is

CAUSES = ("slow_porting", "repeated_errors", "handed_around", "silent_start")
PLANTED = {"slow_porting": "slow porting", "repeated_errors": "repeated invoice errors", "handed_around": "handed around"}


def leaving(company, cause):
    """Notices and months of customers with this cause alone, then of those with none."""
    flags = " AND ".join(f"{'' if name == cause else 'NOT '}{name}" for name in CAUSES)
    calm = " AND ".join(f"NOT {name}" for name in CAUSES)
    [row] = company.rows(f"SELECT count(*) FILTER (leaves AND {flags}), count(*) FILTER ({flags}), count(*) FILTER (leaves AND {calm}), count(*) FILTER ({calm}) FROM panel")
    return row


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_makes_customers_leave_as_often_as_planted(company, cause):
    size = company.truth["9_onboarding_silence"]["size"] if cause == "silent_start" else company.truth["2_reasons_for_leaving"]["size"][PLANTED[cause]]
    assert times_is(*leaving(company, cause), size)


def test_all_causes_together_are_no_chance(company):
    flags = " OR ".join(CAUSES)
    [(left, n, calm_left, calm)] = company.rows(f"SELECT count(*) FILTER (leaves AND ({flags})), count(*) FILTER ({flags}), count(*) FILTER (leaves AND NOT ({flags})), count(*) FILTER (NOT ({flags})) FROM panel")
    assert left / n > 1.8 * calm_left / calm


def test_the_journal_tells_the_causes_that_the_hazards_were_made_with(company):
    for cause in CAUSES:
        [(both, seen, true)] = company.rows(f"SELECT count(*) FILTER (p.{cause} AND h.{cause}), count(*) FILTER (p.{cause}), count(*) FILTER (h.{cause}) FROM panel p JOIN hazards h USING (person, month)")
        assert both >= 0.85 * max(seen, true), cause


def test_in_exit_interviews_they_say_it_is_the_price(company):
    [(price, n)] = company.rows("SELECT count(*) FILTER (regexp_matches(lower(text), 'preis|teuer|günst|billig')), count(*) FROM told WHERE kind = 'exit_interview'")
    assert share_is(price, n, company.truth["2_reasons_for_leaving"]["size"]["says price"], slack=0.03)


def test_the_price_rise_brings_complaints_and_hardly_anybody_leaves(company):
    decoy = company.truth["2_reasons_for_leaving"]["decoy"]
    rise = "month BETWEEN '2025-07-01' AND '2025-09-01'"
    [(left, n, others, m)] = company.rows(f"SELECT count(*) FILTER (leaves AND product = 'Nordwind M'), count(*) FILTER (product = 'Nordwind M'), count(*) FILTER (leaves AND product <> 'Nordwind M'), count(*) FILTER (product <> 'Nordwind M') FROM panel WHERE {rise}")
    assert times_is(left, n, others, m, decoy["size"])
    [(june, usual)] = company.rows("SELECT count(*) FILTER (moment BETWEEN '2025-06-01' AND '2025-07-05'), count(*) FILTER (moment < '2025-06-01') FROM told WHERE kind = 'complaint'")
    assert (june > 0, usual) == (True, 0)


def test_silence_in_the_holidays_means_nothing(company):
    pauses = "SELECT person, moment AS since FROM (SELECT person, moment, lead(moment) OVER (PARTITION BY person ORDER BY moment) AS following FROM told WHERE kind = 'usage') WHERE date_diff('day', moment, following) BETWEEN 14 AND 30 AND month(moment) IN (6, 7, 8, 12)"
    later = f"EXISTS (SELECT 1 FROM ({pauses}) x WHERE x.person = p.person AND date_diff('month', x.since, p.month) BETWEEN 1 AND 3)"
    [(left, n, others, m)] = company.rows(f"SELECT count(*) FILTER (leaves AND away), count(*) FILTER (away), count(*) FILTER (leaves AND NOT away), count(*) FILTER (NOT away) FROM (SELECT *, {later} AS away FROM panel p WHERE NOT silent_start)")
    assert n > 300
    assert times_is(left, n, others, m, 1.0)


def test_retention_calls_keep_six_more_in_a_hundred(company):
    planted = company.truth["12_retention_call"]
    rows = {group: (kept, n) for group, kept, n in company.rows("""SELECT properties['group'], count(*) FILTER (notice IS NULL OR notice >= moment + INTERVAL 6 MONTH), count(*)
        FROM told JOIN lives USING (person) WHERE kind = 'campaign' GROUP BY ALL""")}
    assert difference_is(*rows["Anruf"], *rows["Kontrolle"], planted["size"])


def test_readers_of_the_newsletter_would_have_stayed_anyway(company):
    [(left, n, other_left, m, read_hazard, other_hazard)] = company.rows("""SELECT count(*) FILTER (h.left AND newsletter), count(*) FILTER (newsletter), count(*) FILTER (h.left AND NOT newsletter),
        count(*) FILTER (NOT newsletter), avg(hazard) FILTER (newsletter), avg(hazard) FILTER (NOT newsletter) FROM hazards h JOIN persons USING (person)""")
    assert read_hazard < 0.95 * other_hazard, "they are the contented ones"
    assert times_is(left, n, other_left, m, read_hazard / other_hazard)

from kundig.journal import told
from kundig.journeys import resolutions
from kundig.touchpoints import Touchpoint

CATALOGUE = {"bill": Touchpoint(department="billing"), "repair": Touchpoint(department="technology"), "desk": Touchpoint(department="service")}


def case(name, *steps):
    """Steps of one case as `kind touchpoint day`."""
    told_steps = [step.split() for step in steps]
    return [{"subject": name, "case_id": name, "kind": kind, "touchpoint": touchpoint, "occurred_at": f"2026-03-{day}"} for kind, touchpoint, day in told_steps]


ADA = case("ada", "case_opened bill 02", "case_handover repair 04", "case_resolved bill 09", "message_in desk 12")
BEN = case("ben", "case_opened bill 02", "case_resolved bill 03")
CYD = case("cyd", "case_opened bill 02", "case_handover repair 04")


def shown(journal, *columns, **asked):
    return [tuple(row.values()) for row in resolutions(journal, **asked).select(*columns).to_pyarrow().to_pylist()]


def test_what_shows_in_billing_was_worked_on_by_technology_and_is_resolved_in_name_by_billing():
    columns = ("shows", "worked", "resolves", "state", "n", "handovers", "median_seconds")
    assert shown(told([*ADA, *BEN, *CYD], touchpoints=CATALOGUE), *columns) == [
        ("billing", "billing", "billing", "resolved", 1, 0.0, 86400.0),
        # What Ada wrote afterwards belongs to no resolution.
        ("billing", "technology", "billing", "resolved", 1, 2.0, 7 * 86400.0),
        ("billing", None, None, "open", 1, 1.0, None),
    ]


def test_shares_are_of_what_shows_in_the_same_department():
    other = case("dan", "case_opened desk 02", "case_resolved desk 03")
    found = shown(told([*ADA, *BEN, *CYD, *other], touchpoints=CATALOGUE), "shows", "n", "share")
    assert sorted(found) == [("billing", 1, 1 / 3), ("billing", 1, 1 / 3), ("billing", 1, 1 / 3), ("service", 1, 1.0)]


def test_a_department_that_the_catalogue_does_not_know_stays_unknown_and_is_counted():
    journal = told(case("ada", "case_opened walk 02", "case_resolved bill 03"), touchpoints=CATALOGUE)
    assert shown(journal, "shows", "worked", "resolves", "n") == [(None, "billing", "billing", 1)]


def test_a_case_that_is_opened_anew_is_resolved_by_the_last_resolution():
    again = case("ada", "case_opened bill 02", "case_resolved bill 03", "case_handover repair 05", "case_resolved repair 06")
    assert shown(told(again, touchpoints=CATALOGUE), "shows", "worked", "resolves", "handovers") == [("billing", "technology", "technology", 1.0)]

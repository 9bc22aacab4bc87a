import pytest

from kundig.errors import ArgumentError
from kundig.events import moment
from kundig.journal import Extract, dimensions, split, told
from kundig.touchpoints import Touchpoint

ADA_BUYS = {"event_id": "1", "subject": "crm:ada", "touchpoint": "shop", "occurred_at": "2026-03-01T10:00", "known_at": "2026-03-03T00:00"}
BEN_CALLS = {"event_id": "2", "subject": "crm:ben", "touchpoint": "phone", "occurred_at": "2026-03-02T10:00"}


def known(journal, *columns):
    return journal.events.select(*columns).order_by(columns[0]).to_pyarrow().to_pylist()


def test_an_event_belongs_to_its_subject_until_identities_are_found():
    assert known(told([ADA_BUYS, BEN_CALLS]), "event_id", "customer_id") == [{"event_id": "1", "customer_id": "crm:ada"}, {"event_id": "2", "customer_id": "crm:ben"}]


def test_as_of_goes_by_what_was_known_and_not_by_what_had_happened():
    journal = told([ADA_BUYS, BEN_CALLS])
    assert known(journal.as_of("2026-03-02T12:00"), "event_id") == [{"event_id": "2"}]
    assert known(journal.as_of("2026-03-03"), "event_id") == [{"event_id": "1"}, {"event_id": "2"}]


def test_the_catalogue_gives_stage_and_department():
    journal = told([ADA_BUYS, BEN_CALLS], touchpoints={"shop": Touchpoint(stage="buy", department="sales")})
    assert known(journal, "event_id", "stage", "department") == [
        {"event_id": "1", "stage": "buy", "department": "sales"},
        {"event_id": "2", "stage": None, "department": None},
    ]


def test_the_golden_record_takes_the_newest_value_of_each_field():
    said = [
        {"subject": "crm:ada", "known_at": "2026-01-01", "email": "ada@old.example", "city": "Bonn"},
        {"subject": "crm:ada", "known_at": "2026-02-01", "email": "ada@new.example"},
    ]
    journal = told([], said)

    def golden(journal):
        return journal.customers.select("customer_id", "email", "city", "segment").to_pyarrow().to_pylist()

    assert golden(journal) == [{"customer_id": "crm:ada", "email": "ada@new.example", "city": "Bonn", "segment": None}]
    assert golden(journal.as_of("2026-01-15")) == [{"customer_id": "crm:ada", "email": "ada@old.example", "city": "Bonn", "segment": None}]
    assert golden(journal.as_of("2025-01-01")) == []


@pytest.mark.parametrize("by", sorted(dimensions()))
def test_every_dimension_splits_every_event_once(by):
    journal = told([ADA_BUYS, BEN_CALLS], [{"subject": "crm:ada", "known_at": "2026-01-01", "segment": "gold"}])
    events, value = split(journal, journal.events, by)
    assert events.select("event_id", value=value).count().to_pyarrow().as_py() == 2


def test_an_unknown_dimension_names_the_nearest():
    journal = told([])
    with pytest.raises(ArgumentError, match="did you mean 'department'"):
        split(journal, journal.events, "departement")


def test_an_extract_begins_at_its_first_moment_ends_before_its_last_and_leaves_kinds_out():
    days = [("ada", "shop", f"2026-03-0{day}") for day in range(1, 6)]
    journal = told([*days, {"subject": "ada", "kind": "usage", "occurred_at": "2026-03-03"}])
    extract = Extract(moment("2026-03-02"), moment("2026-03-04"), ("usage",))
    assert known(journal.only(extract), "event_id") == [{"event_id": "e1"}, {"event_id": "e2"}]
    assert known(journal.only(Extract()), "event_id") == known(journal, "event_id")
    assert known(journal.as_of("2026-03-02").only(extract), "event_id") == [{"event_id": "e1"}]

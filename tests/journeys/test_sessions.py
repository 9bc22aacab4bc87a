import pytest

from kundig.errors import ArgumentError
from kundig.journal import told
from kundig.journeys import entries_exits, flows, variants

ADA = [("ada", "shop", "2026-03-01T09:00"), ("ada", "pay", "2026-03-01T09:20"), ("ada", "help", "2026-03-05T09:00"), ("ada", "shop", "2026-03-05T09:31")]
BEN = [{"subject": "ben", "touchpoint": step, "channel": "web", "occurred_at": at} for step, at in (("shop", "2026-03-01T10:00"), ("pay", "2026-03-01T10:05"))]


def rows(table, *columns):
    return table.select(*columns).to_pyarrow().to_pylist()


def test_a_longer_pause_ends_a_session_and_one_as_long_does_not():
    journal = told([*ADA, *BEN])
    assert rows(variants(journal, unit="session", pause="31 minutes"), "variant", "n")[:2] == [{"variant": "shop → pay", "n": 2}, {"variant": "help → shop", "n": 1}]
    assert rows(variants(journal, unit="session", pause="30 minutes"), "variant", "n")[:3] == [{"variant": "shop → pay", "n": 2}, {"variant": "help", "n": 1}, {"variant": "shop", "n": 1}]
    assert rows(flows(journal, unit="session", pause="30 minutes"), "source", "target", "n", "customers", "cases") == [{"source": "shop", "target": "pay", "n": 2, "customers": 2, "cases": 2}]


def test_only_the_events_that_are_asked_for_count():
    traits = [{"subject": "ada", "known_at": "2026-01-01", "segment": "gold"}]
    journal = told([*ADA, *BEN], traits=traits)
    assert rows(entries_exits(journal, where="channel=web"), "end", "step", "n") == [{"end": "entry", "step": "shop", "n": 1}, {"end": "exit", "step": "pay", "n": 1}]
    assert rows(variants(journal, where="segment=gold"), "variant", "n") == [{"variant": "shop → pay → help → shop", "n": 1}, {"variant": "other", "n": 0}]


def test_what_cannot_be_meant_says_what_was_expected():
    with pytest.raises(ArgumentError, match="--pause: expected a length of time"):
        flows(told(ADA), unit="session", pause="long")
    with pytest.raises(ArgumentError, match="--where expects attributes with their values and commas between them, such as 'segment=gold, channel=web', found 'segment'"):
        flows(told(ADA), where="segment")
    with pytest.raises(ArgumentError, match="cannot split by 'chanel'; did you mean 'channel'"):
        flows(told(ADA), where="chanel=web")

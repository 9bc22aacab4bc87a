from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings

from kundig.definition import validated
from kundig.errors import ConfigError
from kundig.journal import told
from kundig.playbooks.narrowed import narrowed
from kundig.playbooks.when import When
from kundig.settings import Settings
from tests.playbooks.histories import HOUR, SEEDS, START, as_seen_at, history, moments, rows

CONDITIONS = {
    "happened": {"happened": {"event": "order"}},
    "several": {"happened": {"event": "complaint", "times": 2, "within": "3 days"}},
    "several of a case": {"happened": {"event": {"kind": ["order", "complaint"]}, "times": 2, "within": "4 days", "same": "case"}},
    "absent": {"absent": {"after": "order", "expected": "delivery", "within": "2 days", "grace": "6 hours"}},
    "of one case": {"absent": {"after": "order", "expected": "delivery", "within": "30 hours", "same": "case", "grace": "0 hours"}},
    "silence": {"silence": {"event": {"kind": ["order", "delivery"]}, "pauses": 3, "at_least": "1 hour", "grace": "2 hours"}},
    "date": {"date": {"of": "order", "months": 1, "before": "25 days", "unless": "complaint"}},
    "all": {"all": [{"happened": {"event": "order"}}, {"happened": {"event": "complaint"}}, {"not": {"happened": {"event": "delivery"}}}], "within": "2 days"},
    "any": {"any": [{"happened": {"event": "complaint"}}, {"absent": {"after": "order", "expected": "delivery", "within": "1 day"}}]},
}


def when(value):
    return When.model_validate(value)


def at(day, hour=0):
    return datetime(2026, 3, day, hour, tzinfo=timezone.utc)


def holds_at_every_moment(name, seed, then):
    condition, journal = when(CONDITIONS[name]), told(history(seed))
    # A journal without a moment is of its newest event, which can be before `then`.
    whole = rows(condition.matches(journal.as_of(max(then, *(event["known_at"] for event in history(seed))))))
    assert rows(condition.matches(journal.as_of(then))) == as_seen_at(whole, then)
    return whole


@pytest.mark.parametrize("name", CONDITIONS)
@settings(max_examples=2)
@given(seed=SEEDS, then=moments)
def test_a_journal_of_an_earlier_moment_gives_what_the_later_one_gives_up_to_then(name, seed, then):
    holds_at_every_moment(name, seed, then)


def test_of_two_parts_that_say_the_same_of_one_cause_the_one_that_holds_longest_counts_every_time():
    """An order that was corrected to a complaint is both, each for a while."""
    told_of = [holds_at_every_moment("all", 5_000_000, START + 114 * HOUR) for _ in range(6)]
    assert [row["taken_back_at"] for whole in told_of for row in whole if row["cause"] == "e040"] == [datetime(2026, 3, 7, 4, tzinfo=timezone.utc)] * 6


def holds_of_those_and_since(name, seed, then):
    condition, journal = when(CONDITIONS[name]), told(history(seed)).as_of(then)
    since, few = then - 30 * HOUR, [f"c{number:02}" for number in range(0, 12, 3)]
    whole = rows(condition.matches(journal))
    assert rows(condition.matches(journal, since)) == [row for row in whole if row["due_at"] > since]
    if condition.own:
        near = rows(condition.matches(narrowed(journal, few)))
        assert [row for row in near if row["customer_id"] in few] == [row for row in whole if row["customer_id"] in few]
    return whole


@pytest.mark.parametrize("name", CONDITIONS)
@settings(max_examples=1)
@given(seed=SEEDS, then=moments)
def test_what_became_due_since_then_and_what_a_few_customers_give_is_a_part_of_the_whole(name, seed, then):
    holds_of_those_and_since(name, seed, then)


@pytest.mark.soak
@pytest.mark.parametrize("name", CONDITIONS)
@settings(max_examples=40)
@given(seed=SEEDS, then=moments)
def test_so_are_many_parts_of_many_histories(name, seed, then):
    holds_of_those_and_since(name, seed, then)


def test_a_few_customers_are_enough_where_a_condition_hangs_on_their_own_events():
    assert {name: when(value).own for name, value in CONDITIONS.items()} == {"happened": True, "several": True, "several of a case": True, "absent": False, "of one case": False, "silence": False, "date": True, "all": True, "any": False}


@pytest.mark.soak
@pytest.mark.parametrize("name", CONDITIONS)
@settings(max_examples=60)
@given(seed=SEEDS, then=moments)
def test_so_it_is_in_many_histories(name, seed, then):
    holds_at_every_moment(name, seed, then)


def test_the_random_histories_make_every_condition_come_true_and_some_be_taken_back():
    found = {name: holds_at_every_moment(name, 7, START + 150 * HOUR) for name in ("absent", "silence", "all")}
    assert all(len(whole) >= 3 for whole in found.values())
    assert any(row["taken_back_at"] for row in found["absent"])


def versions_of(story, kind):
    """Each version of each event that is of a kind, with the moment from which on it no longer holds."""
    for event in story:
        later = [other["known_at"] for other in story if other["event_id"] == event["event_id"] and other["known_at"] > event["known_at"]]
        if event["kind"] == kind:
            yield {**event, "until": min(later, default=None)}


def absent_oracle(story, within, grace):
    """What `absent` says, event by event, in plain Python; within one customer."""
    asked, came, found = list(versions_of(story, "order")), list(versions_of(story, "delivery")), []
    for order in asked:
        if any(other["event_id"] == order["event_id"] and other["known_at"] < order["known_at"] for other in asked):
            continue
        otherwise = [event["known_at"] for event in story if event["event_id"] == order["event_id"] and event["kind"] != "order" and event["known_at"] > order["known_at"]]
        back, deadline = min(otherwise, default=None), order["occurred_at"] + within
        start = max(deadline + grace, order["known_at"])
        of_source = {source: min((event["known_at"] for event in came if event["source"] == source), default=None) for source in ("shop", "parcels")}
        first_teller = min((known for known in of_source.values() if known), default=None)
        step = int(deadline.timestamp()) // 300
        past = [event for event in story if int(event["occurred_at"].timestamp()) // 300 > step]
        by_any = max([start, min((event["known_at"] for event in past), default=None)]) if past else None
        by_teller = min((max(start, event["known_at"], of_source[event["source"]]) for event in past if of_source[event["source"]]), default=None)
        due = by_any if by_any and (first_teller is None or by_any < first_teller) else by_teller
        if due is None or (back and back <= due):
            continue
        in_time = [event for event in came if event["subject"] == order["subject"] and order["occurred_at"] <= event["occurred_at"] <= deadline and event["event_id"] != order["event_id"]]
        if any(event["known_at"] <= due and (event["until"] is None or event["until"] > due) for event in in_time):
            continue
        word = [moment for moment in [back, *(event["known_at"] for event in in_time if event["known_at"] > due)] if moment]
        found.append({"customer_id": order["subject"], "cause": order["event_id"], "at": deadline, "due_at": due, "taken_back_at": min(word, default=None)})
    now = max((event["known_at"] for event in story), default=None)
    found = [{**row, "taken_back_at": row["taken_back_at"]} for row in found if row["due_at"] <= now]
    return sorted(found, key=lambda row: (row["due_at"], row["cause"], row["customer_id"]))


@settings(max_examples=6)
@given(seed=SEEDS)
def test_absent_is_what_plain_python_says(seed):
    story = history(seed)
    condition = when({"absent": {"after": "order", "expected": "delivery", "within": "2 days", "grace": "6 hours"}})
    found = [{name: row[name] for name in ("customer_id", "cause", "at", "due_at", "taken_back_at")} for row in rows(condition.matches(told(story)))]
    assert found == absent_oracle(story, timedelta(days=2), timedelta(hours=6))


def order(subject, day, **more):
    return {"event_id": f"order {subject}", "subject": subject, "case_id": subject, "kind": "order", "source": "shop", "occurred_at": at(day), **more}


def delivery(subject, day, hour=0, **more):
    return {"event_id": f"delivery {subject}", "subject": subject, "case_id": subject, "kind": "delivery", "source": "parcels", "occurred_at": at(day, hour), **more}


LATE = {"absent": {"after": "order", "expected": "delivery", "within": "3 days", "same": "case", "grace": "1 day"}}


def test_ben_gets_no_delivery_and_it_is_dated_at_the_deadline_whenever_somebody_looks():
    story = [order("ada", 1), delivery("ada", 3), order("ben", 1), delivery("cyd", 20)]
    [found] = rows(when(LATE).matches(told(story)))
    assert found == {"customer_id": "ben", "cause": "order ben", "key": "ben", "at": at(4), "due_at": at(20), "taken_back_at": None}


def test_on_the_deadline_is_in_time_and_a_second_later_is_not():
    story = [order("ada", 1), delivery("ada", 4), order("ben", 1), delivery("ben", 4) | {"occurred_at": at(4) + timedelta(seconds=1)}, delivery("cyd", 20)]
    assert [row["customer_id"] for row in rows(when(LATE).matches(told(story)))] == ["ben"]


def test_word_that_arrives_within_the_grace_stops_it_and_later_word_takes_it_back():
    tellers = [delivery("cyd", 4, 12), delivery("dot", 6)]
    in_grace = [order("ada", 1), delivery("ada", 3, known_at=at(4, 20)), *tellers]
    assert rows(when(LATE).matches(told(in_grace))) == []
    too_late = [order("ada", 1), delivery("ada", 3, known_at=at(6)), *tellers]
    [found] = rows(when(LATE).matches(told(too_late)))
    assert (found["at"], found["due_at"], found["taken_back_at"]) == (at(4), at(5), at(6))


def test_while_the_source_is_silent_nobody_says_that_the_customer_is():
    story = [delivery("dot", 1), order("ada", 1), *(order(f"other {day}", day) for day in range(2, 20))]
    assert rows(when(LATE).matches(told(story))) == []
    [found, *_] = rows(when(LATE).matches(told([*story, delivery("cyd", 19)])))
    assert (found["customer_id"], found["at"], found["due_at"]) == ("ada", at(4), at(19))


def test_an_order_that_becomes_known_after_its_deadline_fires_when_it_is_known():
    story = [order("ada", 1, known_at=at(12)), delivery("cyd", 10)]
    [found] = rows(when(LATE).matches(told(story)))
    assert (found["at"], found["due_at"]) == (at(4), at(12))


def test_an_order_that_was_none_takes_its_firing_back():
    story = [order("ada", 1), {**order("ada", 1), "kind": "quote", "known_at": at(9)}, delivery("cyd", 6)]
    [found] = rows(when(LATE).matches(told(story)))
    assert (found["due_at"], found["taken_back_at"]) == (at(6), at(9))
    early = [order("ada", 1), {**order("ada", 1), "kind": "quote", "known_at": at(5)}, delivery("cyd", 6)]
    assert rows(when(LATE).matches(told(early))) == []


def test_two_cases_of_one_customer_are_kept_apart():
    cart = {"kind": "cart", "subject": "ada", "occurred_at": at(1)}
    story = [{**cart, "case_id": "one"}, {**cart, "case_id": "two"}, {"kind": "checkout", "subject": "ada", "case_id": "two", "occurred_at": at(1, 5)}, ("cyd", "visit", "2026-03-09"), {"kind": "checkout", "subject": "cyd", "case_id": "3", "occurred_at": at(9)}]
    condition = when({"absent": {"after": "cart", "expected": "checkout", "within": "1 day", "same": "case"}})
    assert [row["key"] for row in rows(condition.matches(told(story)))] == ["one"]


def test_in_business_time_a_weekend_does_not_count():
    zone = Settings.model_validate({"company": {"name": "Nordwind", "timezone": "Europe/Berlin"}})
    # 6 March 2026 is a Friday; a business day is 24 hours of Monday to Friday.
    story = [{"subject": "ben", "kind": "order", "occurred_at": "2026-03-06T11:00"}, {"subject": "cyd", "kind": "delivery", "occurred_at": "2026-03-20"}]
    [found] = rows(when({"absent": {"after": "order", "expected": "delivery", "within": "2 business days"}}).matches(told(story, settings=zone)))
    assert found["at"] == datetime(2026, 3, 10, 11, tzinfo=timezone.utc)


def test_the_second_complaint_within_two_weeks_matches_once_it_is_known():
    story = [("ada", "complaint", "2026-03-01"), {"subject": "ada", "kind": "complaint", "event_id": "second", "occurred_at": at(10), "known_at": at(11)}, ("ben", "complaint", "2026-03-01"), ("ben", "complaint", "2026-03-16")]
    [found] = rows(when({"happened": {"event": "complaint", "times": 2, "within": "14 days"}}).matches(told(story)))
    assert (found["customer_id"], found["cause"], found["at"], found["due_at"]) == ("ada", "second", at(10), at(11))


def test_ben_pauses_longer_than_ever_ada_does_not_and_cyd_has_no_rhythm_yet():
    def weekly(who, weeks):
        return [{"subject": who, "kind": "usage", "event_id": f"{who} {week}", "occurred_at": START + timedelta(weeks=week)} for week in weeks]

    story = [*weekly("ada", range(12)), *weekly("ben", range(6)), *weekly("cyd", range(2))]
    [found] = rows(when({"silence": {"event": "usage", "pauses": 4}}).matches(told(story)))
    week = timedelta(weeks=1)
    assert (found["customer_id"], found["cause"], found["at"], found["due_at"]) == ("ben", "ben 5", START + 6 * week + timedelta(seconds=1), START + 7 * week)


def test_rises_of_a_signal_cross_once_and_fall_below_before_they_cross_again():
    story = [("ben", "usage", day) for day in ("2026-01-01", "2026-02-20")] + [("ada", "usage", "2026-04-20")]
    found = rows(when({"threshold": {"figure": "days_since_usage", "above": 20, "every": "7 days"}}).matches(told(story)))
    assert [(row["customer_id"], row["at"].date().isoformat()) for row in found] == [("ben", "2026-01-26"), ("ben", "2026-03-16")]


def test_a_figure_of_an_analysis_can_be_a_threshold():
    story = [("ada", "usage", "2026-02-20"), ("ada", "usage", "2026-03-01"), ("ben", "usage", "2026-01-20"), ("cyd", "usage", "2026-03-04")]
    found = rows(when({"threshold": {"figure": "foresight.signals.n", "above": 1, "every": "7 days"}}).matches(told(story), since=at(1)))
    assert [(row["customer_id"], row["cause"]) for row in found] == [("ada", "foresight.signals.n@2026-03-02T00:00")]


def test_a_leap_day_has_its_anniversary_on_the_last_of_february():
    started = [{"subject": "ada", "kind": "contract", "occurred_at": "2024-02-29"}, ("cyd", "visit", "2026-12-31")]
    found = rows(when({"date": {"of": "contract", "months": 12}}).matches(told(started)))
    assert [row["at"].date().isoformat() for row in found] == ["2025-02-28", "2026-02-28"]


def test_who_leaves_a_segment_is_seen_and_who_was_never_in_it_is_not():
    said = [{"subject": who, "segment": segment, "known_at": day} for who, segment, day in (("ada", "gold", "2026-01-01"), ("ada", "basic", "2026-02-01"), ("ben", "basic", "2026-01-01"), ("ben", "basic", "2026-02-01"))]
    condition = when({"segment": {"where": "segment = 'gold'", "moves": "leaves"}})
    assert [(row["customer_id"], row["at"].date().isoformat()) for row in rows(condition.matches(told([("ada", "shop", "2026-03-01")], traits=said)))] == [("ada", "2026-02-01")]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({}, "expected one of happened, absent, threshold"),
        ({"happend": {"event": "order"}}, "unknown key 'happend'; did you mean 'happened'?"),
        ({"happened": {"event": {"knd": "order"}}}, "unknown key 'knd'; did you mean 'kind'?"),
        ({"happened": {"event": {}}}, "expected which events are meant"),
        ({"happened": {"event": {"where": "amout > 3"}}}, "names 'amout', which is not there; did you mean 'amount'?"),
        ({"happened": {"event": {"where": "(select 1) = 1"}}}, "is not allowed in the expression"),
        ({"happened": {"event": {"where": "amount > 'x' + kind"}}}, "does not fit together"),
        ({"happened": {"event": {"where": "amount"}}}, "expected an expression that is true or not"),
        ({"absent": {"after": "order", "expected": "delivery", "within": "soon"}}, "expected a length of time such as '2 days'"),
        ({"absent": {"after": "order", "expected": "delivery", "within": "2 days", "same": "cas"}}, "did you mean 'case'?"),
        ({"scored": {"metric": "nsp", "group": "detractor"}}, "did you mean 'nps'?"),
        ({"scored": {"metric": "csat", "at_most": 9}}, "csat goes from 1 to 5"),
        ({"threshold": {"figure": "days_since_use", "above": 3}}, "did you mean 'days_since_usage'?"),
        ({"threshold": {"figure": "journeys.flows.n", "above": 3}}, "has no row for each customer"),
        ({"threshold": {"figure": "price"}}, "expected one of above, below, enters, leaves and changes_by, found none"),
        ({"all": [{"not": {"happened": {"event": "order"}}}]}, "write beside `not:` what came"),
        ({"happened": {"event": "order"}, "scored": {"metric": "nps", "group": "detractor"}}, "found happened and scored"),
        ({"segment": {"where": "segmnt = 'gold'"}}, "did you mean 'segment'?"),
        ({"date": {"of": "contract", "months": 1, "before": "30 days"}}, "expected less than the 1 months"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused_with_the_nearest_that_can(written, said):
    with pytest.raises(ConfigError) as error:
        validated(When, written)
    assert said in str(error.value)


def test_a_condition_is_the_same_after_it_was_written_and_read():
    for written in CONDITIONS.values():
        condition = when(written)
        assert When.model_validate_json(condition.model_dump_json(exclude_defaults=True, by_alias=True)) == condition



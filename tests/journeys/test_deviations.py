import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from kundig.conformance.obligations import obligations
from kundig.definition import validated
from kundig.errors import ArgumentError, ConfigError
from kundig.journal import told
from kundig.journeys import deviations, violations
from kundig.settings import Settings
from kundig.settings.journeys import target
from tests.oracles import lives, rule_states

ONE_STEP = ("existence", "absence", "exactly", "init", "end")
TWO_STEPS = ("response", "precedence", "succession", "chain_response", "responded_existence", "not_coexistence")
UNDATED = ("absence", "init", "end", "not_coexistence")


def rows(table, *columns):
    return (table.select(*columns) if columns else table).to_pyarrow().to_pylist()


def order(case, *steps, subject="ada"):
    """Steps of one case as `kind day`, days of March."""
    return [{"subject": subject, "case_id": case, "kind": step.split()[0], "occurred_at": f"2026-03-{step.split()[1]:0>2}"} for step in steps]


ADA = order("1", "order 1", "delivery 3")
BEN = order("2", "order 1", subject="ben")
CYD = order("3", "order 5", subject="cyd")


def day(number):
    return datetime(2026, 3, number, tzinfo=timezone.utc)


def test_each_rule_says_how_often_it_was_kept_and_how_it_was_broken():
    journal = told([*ADA, *BEN, *CYD])
    assert rows(deviations(journal, rules="response(order, delivery) within 3 days; absence(complaint)", ended_after="0 days")) == [
        {"rule": "response(order, delivery) within 3 days", "group": None, "n": 3, "journeys": 3, "fulfilled": 1, "violated": 1, "accepted": 0, "pending": 1, "missing": 1, "late": 0,
         "too_early": 0, "out_of_order": 0, "repeated": 0, "forbidden": 0, "share": 0.5, "low": pytest.approx(0.0945, abs=1e-4), "high": pytest.approx(0.9055, abs=1e-4)},
        {"rule": "absence(complaint)", "group": None, "n": 3, "journeys": 3, "fulfilled": 3, "violated": 0, "accepted": 0, "pending": 0, "missing": 0, "late": 0,
         "too_early": 0, "out_of_order": 0, "repeated": 0, "forbidden": 0, "share": 1.0, "low": pytest.approx(0.4385, abs=1e-4), "high": pytest.approx(1.0)},
    ]  # fmt: skip


def test_what_did_not_come_is_violated_at_its_deadline_and_not_before():
    journal = told([*ADA, *BEN])
    asked = {"rules": "response(order, delivery) within 3 days"}
    shown = ("state", "deviation", "violated_at", "journey", "customer_id", "event_id", "activated_at", "due_at", "n")
    due = {"journey": "2", "customer_id": "ben", "event_id": "e2", "activated_at": day(1), "due_at": day(4), "n": 1}
    assert rows(violations(journal.as_of("2026-03-03T23:59"), **asked), *shown) == [{"state": "pending", "deviation": None, "violated_at": None, **due}]
    for later in ("2026-03-04", "2026-06-01"):
        assert rows(violations(journal.as_of(later), **asked), *shown) == [{"state": "violated", "deviation": "missing", "violated_at": day(4), **due}]


def test_a_late_message_about_an_event_in_time_takes_the_violation_back():
    known_late = {**order("2", "delivery 3", subject="ben")[0], "known_at": "2026-03-09"}
    journal = told([*BEN, known_late])
    asked = {"rules": "response(order, delivery) within 3 days"}
    assert rows(violations(journal.as_of("2026-03-08"), **asked), "deviation", "violated_at") == [{"deviation": "missing", "violated_at": day(4)}]
    assert rows(violations(journal.as_of("2026-03-09"), **asked)) == []


@pytest.mark.parametrize(("rule", "steps", "expected"), [
    ("existence(order)", ["pay 1"], ("missing", 2)),
    ("existence(order, 2) within 2 days", ["order 1", "order 4"], ("late", 3)),
    ("absence(complaint)", ["order 1", "complaint 2"], ("forbidden", 2)),
    ("absence(call, 2)", ["call 1", "call 2", "call 3"], ("repeated", 2)),
    ("exactly(pay)", ["pay 1", "pay 2"], ("repeated", 2)),
    ("exactly(pay)", ["order 1"], ("missing", 1 + 1)),
    ("init(order)", ["pay 1", "order 2"], ("out of order", 1)),
    ("init(order)", ["pay 1"], ("missing", 1)),
    ("end(delivery)", ["delivery 1", "call 2"], ("out of order", 3)),
    ("response(order, delivery)", ["order 1"], ("missing", 2)),
    ("response(order, delivery)", ["delivery 1", "order 2"], ("out of order", 3)),
    ("response(order, delivery) within 1 day", ["order 1", "delivery 3"], ("late", 2)),
    ("precedence(order, delivery)", ["delivery 1", "order 2"], ("too early", 1)),
    ("precedence(order, delivery)", ["delivery 1"], ("missing", 1)),
    ("precedence(order, delivery) within 1 day", ["order 1", "delivery 3"], ("late", 3)),
    ("chain_response(order, pay)", ["order 1", "call 2", "pay 3"], ("out of order", 2)),
    ("chain_response(order, pay)", ["order 1", "call 2"], ("missing", 2)),
    ("chain_response(order, pay) within 1 day", ["order 1", "pay 3"], ("late", 2)),
    ("responded_existence(order, pay)", ["order 1"], ("missing", 2)),
    ("responded_existence(order, pay) within 1 day", ["pay 1", "order 4"], ("too early", 5)),
    ("responded_existence(order, pay) within 1 day", ["order 1", "pay 4"], ("late", 2)),
    ("not_coexistence(return, review)", ["return 1", "review 2"], ("forbidden", 2)),
])  # fmt: skip
def test_a_deviation_has_a_kind_and_a_date(rule, steps, expected):
    journal = told(order("1", *steps)).as_of("2026-03-31")
    found = [(row["deviation"], row["violated_at"].day) for row in rows(violations(journal, rules=rule, ended_after="1 day"))]
    assert found == [expected]


def test_a_second_order_without_delivery_is_missing_and_not_out_of_order():
    journal = told(order("ada", "order 1", "delivery 2", "order 3"))
    assert rows(violations(journal, rules="response(order, delivery)", ended_after="0 days"), "deviation") == [{"deviation": "missing"}]


def test_events_of_one_instant_get_the_benefit_of_the_doubt():
    journal = told(order("1", "order 1", "delivery 1"))
    rules = "; ".join(f"{name}({pair})" for pair in ("order, delivery", "delivery, order") for name in ("response", "precedence", "chain_response"))
    rules += "; init(order); init(delivery); end(order); end(delivery)"
    assert [(row["fulfilled"], row["n"]) for row in rows(deviations(journal, rules=rules, ended_after="0 days"))] == [(1, 1)] * 10


def test_it_reads_moments_as_a_store_types_them():
    told_so = told([*ADA, *BEN])
    fine = dict.fromkeys(("occurred_at", "known_at", "known_until"), "timestamp('UTC', 6)")
    journal = replace(told_so, history=told_so.history.cast(fine))
    rules = "; ".join(f"{name}(order)" for name in ONE_STEP) + "; " + "; ".join(f"{name}(order, delivery)" for name in TWO_STEPS)
    assert rows(deviations(journal, rules=rules)) == rows(deviations(told_so, rules=rules))
    assert rows(violations(journal, rules=rules)) == rows(violations(told_so, rules=rules))


def test_a_case_called_na_is_a_case():
    assert rows(deviations(told(order("NA", "order 1")), rules="init(order)"), "n", "fulfilled") == [{"n": 1, "fulfilled": 1}]


def test_a_rule_that_nothing_activates_is_shown_with_n_0_and_no_share():
    found = rows(deviations(told(ADA), rules="response(return, payment)"), "n", "share", "low", "high")
    assert found == [{"n": 0, "share": None, "low": None, "high": None}]


@pytest.mark.parametrize(("text", "message"), [
    ("respons(order, pay)", "found the unknown rule 'respons'; did you mean 'response'?"),
    ("response(order)", "response expects two steps, found 'response\\(order\\)'"),
    ("existence(order, pay)", "existence expects one step, found 'existence\\(order, pay\\)'"),
    ("response(pay, pay)", "response expects two different steps, found 'pay' twice"),
    ("response(order, pay) within soon", "expected a length of time such as '2 days', '36 hours' or '2 business days', found 'soon'"),
    ("absence(call) within 2 days", "absence has no deadline, found absence\\(call\\) within 2 days; leave out `within`"),
    ("order then pay", "expected a rule such as 'response\\(order, delivery\\) within 3 days', found 'order then pay'"),
    (" ; ", "--rules expects rules such as"),
])  # fmt: skip
def test_a_rule_that_cannot_be_meant_says_what_was_expected(text, message):
    with pytest.raises(ArgumentError, match=message):
        deviations(told(ADA), rules=text)


def test_every_rule_that_cannot_be_meant_is_named_at_once():
    with pytest.raises(ArgumentError) as raised:
        deviations(told(ADA), rules="response(order); init(order); absence(call, 0)")
    assert str(raised.value) == "--rules: response expects two steps, found 'response(order)'\ntimes: Input should be greater than or equal to 1, found 0"


def test_an_end_that_is_no_length_of_time_says_what_was_expected():
    with pytest.raises(ArgumentError, match="--ended-after: expected a length of time such as '2 days' or '36 hours', found 'soon'"):
        deviations(told(ADA), ended_after="soon")


def test_a_step_may_have_any_name_in_quotes():
    events = [{"subject": "ada", "case_id": "1", "touchpoint": name, "occurred_at": "2026-03-01"} for name in ("Check (first), then pay; done", "3", "it's")]
    rules = "response(\"Check (first), then pay; done\", '3'); existence(\"it's\")"
    found = rows(deviations(told(events), rules=rules, level="touchpoint", ended_after="0 days"), "rule", "n", "fulfilled")
    assert found == [
        {"rule": 'response("Check (first), then pay; done", "3")', "n": 1, "fulfilled": 1},
        {"rule": 'existence("it\'s")', "n": 1, "fulfilled": 1},
    ]


ORDER = {"starts": "order", "ends": "delivery", "rules": ("response(order, delivery) within 3 days", "absence(complaint)")}


def company(**target):
    return Settings.model_validate({"journeys": {"order": {**ORDER, **target}}})


def test_a_target_journey_of_the_company_is_asked_for_by_its_name():
    ticket = order("t", "complaint 2", "call 3")
    journal = told([*ADA, *BEN, *ticket], settings=company()).as_of("2026-03-08")
    shown = rows(deviations(journal, journey="order"), "rule", "n", "fulfilled", "violated", "pending")
    assert shown == [
        {"rule": "response(order, delivery) within 3 days", "n": 2, "fulfilled": 1, "violated": 1, "pending": 0},
        # Ada's order is over with its delivery; Ben's may still bring a complaint. The ticket is no order.
        {"rule": "absence(complaint)", "n": 2, "fulfilled": 1, "violated": 0, "pending": 1},
    ]
    with pytest.raises(ArgumentError, match="--journey does not know 'ordre'; did you mean 'order'"):
        deviations(journal, journey="ordre")
    with pytest.raises(ArgumentError, match="write target journeys under `journeys:` in kundig.yaml"):
        deviations(told(ADA), journey="order")


OFFICE = {"hours": dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-17:00"), "closed": ["2026-03-09"]}


@pytest.mark.parametrize(("rule", "came", "expected"), [
    # Ben orders on Friday at four; Monday is closed: one business day is over on Tuesday at four.
    ("response(order, delivery) within 1 business day", "2026-03-10T16:00", "fulfilled"),
    ("response(order, delivery) within 1 business day", "2026-03-10T16:01", "violated"),
    ("existence(delivery) within 1 business day", "2026-03-10T16:01", "violated"),
    ("precedence(order, delivery) within 1 business day", "2026-03-10T16:00", "fulfilled"),
    ("precedence(order, delivery) within 1 business day", "2026-03-10T16:01", "violated"),
    ("responded_existence(delivery, order) within 8 business hours", "2026-03-10T16:00", "fulfilled"),
    ("chain_response(order, delivery) within 9 business hours", "2026-03-10T16:30", "fulfilled"),
    ("succession(order, delivery) within 2 business hours", "2026-03-10T12:00", "violated"),
])  # fmt: skip
def test_a_deadline_in_business_time_waits_for_the_company_to_open(rule, came, expected):
    events = [{"subject": "ben", "case_id": "2", "kind": kind, "occurred_at": at} for kind, at in (("order", "2026-03-06T16:00"), ("delivery", came))]
    journal = told(events, settings=Settings.model_validate({"calendar": OFFICE})).as_of("2026-04-01")
    counted = rows(deviations(journal, rules=rule, ended_after="0 days"), "fulfilled", "violated", "late")
    n = 2 if rule.startswith("succession") else 1
    assert counted == [{"fulfilled": n if expected == "fulfilled" else 0, "violated": n if expected == "violated" else 0, "late": n if expected == "violated" else 0}]
    if expected == "violated" and rule.startswith("response"):
        assert rows(violations(journal, rules=rule), "due_at") == [{"due_at": datetime(2026, 3, 10, 16, tzinfo=timezone.utc)}]


def test_an_accepted_deviation_is_counted_apart_and_no_longer_listed():
    let_be = [{"rule": "response(order,delivery) within 3 days", "deviation": "missing", "journeys": ["2"], "why": "Ben fetches it himself"}]
    journal = told([*ADA, *BEN, *CYD], settings=company(accepted=let_be)).as_of("2026-04-01")
    counted = rows(deviations(journal, journey="order"), "n", "fulfilled", "violated", "accepted", "share")
    assert counted[0] == {"n": 3, "fulfilled": 1, "violated": 2, "accepted": 1, "share": 0.5}
    assert {state: [row["journey"] for row in rows(violations(journal, journey="order", state=state))] for state in ("violated", "accepted")} == {"violated": ["3"], "accepted": ["2"]}


def test_a_target_journey_that_cannot_be_meant_says_what_was_expected():
    with pytest.raises(ConfigError, match=re.escape("accepted: 'absence(call)' is no rule of this journey; did you mean 'absence(complaint)'? There are: absence(complaint), response(order, delivery) within 3 days")):
        validated(Settings, {"journeys": {"order": {**ORDER, "accepted": [{"rule": "absence(call)", "why": "never mind"}]}}})


def rules():
    names = st.permutations(["shop", "pay", "help"])
    deadline = st.sampled_from([None, 2, 6])
    one = st.tuples(st.sampled_from(ONE_STEP), names.map(lambda order: order[0]), st.integers(1, 3), deadline)
    two = names.flatmap(lambda order: st.tuples(st.sampled_from(TWO_STEPS), st.just(order[0]), st.just(order[1]), deadline))
    return st.one_of(one, two).map(lambda rule: (*rule[:3], None if rule[0] in UNDATED else rule[3])).map(lambda rule: (*rule[:2], 1, rule[3]) if rule[0] in {"init", "end"} else rule)


def written(rule):
    template, a, b, hours = rule
    return f"{template}({a}{'' if b == 1 else f', {b}'})" + (f" within {hours} hours" if hours else "")


def asked_of(events, rules, quiet, at):
    """The journal, the rules in words, and what plain Python says became of each."""
    journal, known, present = told(events), events, max((event["known_at"] for event in events), default=None)
    if at is not None:
        present = day(1) + timedelta(hours=at)
        journal = journal.as_of(present)
        known = [event for event in events if event["known_at"] <= present]
    expected = [rule_states(known, (*rule[:3], timedelta(hours=rule[3]) if rule[3] else None), present, timedelta(hours=quiet)) for rule in rules]
    return journal, "; ".join(written(rule) for rule in rules), expected, any(event["case_id"] for event in known)


LIFE = {"events": lives(), "quiet": st.sampled_from([0, 4, 30]), "at": st.integers(0, 30) | st.none()}


@given(**LIFE, asked=st.lists(rules(), min_size=3, max_size=6, unique=True))
@tried(max_examples=30, deadline=None)
def test_every_rule_is_judged_as_plain_python_judges_it(events, asked, quiet, at):
    journal, text, expected, _ = asked_of(events, asked, quiet, at)
    of = target(text).model_copy(update={"level": "touchpoint", "ended_after": f"{quiet} hours"})
    found = Counter((row["number"], row["state"], row["deviation"], row["violated_at"]) for row in rows(obligations(journal, of), "number", "state", "deviation", "violated_at"))
    assert found == Counter({(number, *key): n for number, states in enumerate(expected) for key, n in states.items()})


@given(**LIFE, asked=st.lists(rules(), min_size=3, max_size=6, unique=True))
@tried(max_examples=5, deadline=None)
def test_what_became_of_rules_is_counted_and_listed(events, asked, quiet, at):
    journal, text, expected, any_case = asked_of(events, asked, quiet, at)
    ended = f"{quiet} hours"
    counted = rows(deviations(journal, rules=text, level="touchpoint", ended_after=ended))
    assert len(counted) == (len(asked) if any_case else 0)
    for row, states in zip(counted, expected, strict=False):
        of_state, of_kind = Counter(), Counter()
        for (state, kind, _), n in states.items():
            of_state[state] += n
            of_kind[kind] += n
        assert [row[state] for state in ("fulfilled", "violated", "pending")] == [of_state[state] for state in ("fulfilled", "violated", "pending")]
        assert [row[kind.replace(" ", "_")] for kind in ("missing", "late", "too early", "out of order", "repeated", "forbidden")] == [
            of_kind[kind] for kind in ("missing", "late", "too early", "out of order", "repeated", "forbidden")
        ]
    listed = Counter((row["rule"], row["state"], row["deviation"], row["violated_at"]) for row in rows(violations(journal, rules=text, level="touchpoint", ended_after=ended)))
    assert listed == Counter({(written(rule), *key): n for rule, states in zip(asked, expected, strict=True) for key, n in states.items() if key[0] != "fulfilled"})

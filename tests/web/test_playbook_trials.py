"""A trial ends by the rule that was stated before it began: for harm or for an effect, by a person or by itself, and it can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kundig.journal import told
from kundig.playbooks.measuring import effect
from tests.playbooks.test_simulation import at, playbook
from tests.web.test_playbook_ticks import on, state

__all__ = ["state"]

CUSTOMERS = [f"c{number:03}" for number in range(400)]
COMPLAINED = [(one, "complaint", "2026-03-02") for one in CUSTOMERS]
STEPS = [{"task": {"department": "service", "title": "Call", "leeway": 50}}, {"wait": "300 days"}]
LATER = at(2) + timedelta(days=200)


def running(**trial):
    """Four hundred who complained, half of them left alone by lot."""
    from kundig.state.ticking import tick

    on(playbook(steps=STEPS, hold_out=0.5, limits={"ask_above": 1000}, trial={"cost": 2, **trial}))
    tick(told(COMPLAINED), at(2))


def journal(leaves):
    """Of those who came in, or of those who were left alone, all who leave."""
    from kundig.state.judging import trialled

    drawn = trialled("late")
    gone = [who for who, alone in zip(drawn["customer_id"], drawn["held_out"], strict=True) if alone == (leaves == "left alone")]
    return told([*COMPLAINED, *((one, "cancellation", "2026-04-01") for one in gone), ("dot", "visit", "2026-09-01")])


def test_a_playbook_that_drives_customers_away_switches_itself_off_and_lets_go_of_who_is_on_the_way(state):
    from kundig.state.enrolments import Enrolment
    from kundig.state.judging import judged
    from kundig.state.playbooks import newest

    running(acts="itself")
    assert judged(told(COMPLAINED), at(3)) == {}
    assert judged(journal("came in"), LATER) == {"late": "harm"}
    version = newest("late")
    assert (version.on, version.by, version.number) == (False, "the stop rule", 2)
    assert set(Enrolment.objects.values_list("state", "until")) == {("ended", None)}
    assert judged(journal("came in"), LATER) == {}


def test_a_playbook_that_helps_leaves_nobody_alone_any_more_and_its_evidence_stays_that_of_the_trial(state):
    from kundig.state.judging import judged, table, trialled
    from kundig.state.playbooks import newest
    from kundig.state.ticking import tick

    running(acts="itself")
    found = journal("left alone")
    assert judged(found, LATER) == {"late": "effect"}
    version = newest("late")
    assert (version.on, version.playbook.hold_out) == (True, 0)
    tick(told([*COMPLAINED, ("new", "complaint", "2026-09-21")]), at(2) + timedelta(days=204))
    from kundig.state.enrolments import Enrolment

    assert Enrolment.objects.get(customer="new").held_out is False
    assert "new" not in trialled("late")["customer_id"]
    assert effect(found, "late", table(trialled("late")))["verdict"] == "helps"


@pytest.mark.parametrize(("trial", "leaves"), [({"acts": "person"}, "came in"), ({"acts": "itself", "stops_for": ["effect"]}, "came in"), ({"acts": "itself", "stops_for": ["harm"]}, "left alone")])
def test_without_being_told_so_nothing_ends_by_itself(state, trial, leaves):
    from kundig.state.judging import judged
    from kundig.state.playbooks import newest

    running(**trial)
    assert (judged(journal(leaves), LATER), newest("late").number) == ({}, 1)


@pytest.mark.parametrize(
    ("given", "fault"),
    [({"stops_for": ["boredom"]}, "trial.stops_for"), ({"days": 0}, "trial.days"), ({"cost": -1}, "trial.cost"), ({"until": "tomorrow"}, "trial.until"), ({"outcome": "nps"}, "trial.outcome")],
)
def test_a_rule_that_cannot_be_meant_is_refused_with_its_place(given, fault):
    from kundig.definition import validated
    from kundig.errors import ConfigError
    from kundig.playbooks.playbook import Playbook

    of = playbook(steps=STEPS).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    with pytest.raises(ConfigError, match=fault):
        validated(Playbook, {**of, "trial": given})


def found(low, high):
    row = {"state": "ok", "verdict": "helps", "effect": (low + high) / 2, "low": low, "high": high, "always_low": low, "always_high": high, "n": 400, "treated": 200, "control": 200, "pending": 0, "per_euro": None}
    return {"effects": [{"outcome": "retention", **row}, {"outcome": "revenue", **row}], "money": {"spent": 400.0, "gained": 900.0, "gained_low": 100.0, "gained_high": 1700.0, "left": 500.0, "left_low": -300.0, "left_high": 1300.0}}


@pytest.mark.parametrize(("low", "high", "why", "words"), [(-0.2, -0.1, "harm", "schadet"), (0.1, 0.2, "effect", "hilft")])
def test_the_page_says_that_the_trial_is_over_and_a_person_ends_it_and_takes_it_back(client, monkeypatch, low, high, why, words):
    from kundig.state.playbooks import newest
    from kundig.web.views import playbooks

    running()
    monkeypatch.setattr(playbooks, "brought", lambda request, version: (found(low, high), False))
    assert f"Nach seiner Regel ist der Versuch vorbei: Das Playbook {words}." in client("cora", "de").get("/playbooks/late/").content.decode()
    # Who may not switch playbooks sees it, and has no button.
    assert "/playbooks/late/end/" not in client("vera").get("/playbooks/late/").content.decode()
    cora = client("cora")
    cora.post("/playbooks/late/end/", {"why": "harm" if why == "effect" else "effect"})
    assert newest("late").number == 1
    page = cora.post("/playbooks/late/end/", {"why": why}, follow=True)
    assert (newest("late").on, newest("late").playbook.hold_out, newest("late").by) == ((False, 0.5, "Cora") if why == "harm" else (True, 0, "Cora"))
    assert "/playbooks/late/versions/1/restore/" in page.content.decode()
    assert cora.get("/playbooks/late/").context["stopped"] is None


def test_the_page_shows_effect_interval_cost_and_money(client, monkeypatch):
    from kundig.state.outbox import Work
    from kundig.web.views import playbooks

    running()
    Work.objects.filter(pk=Work.objects.first().pk).update(granted=30)
    monkeypatch.setattr(playbooks, "brought", lambda request, version: (found(-0.01, 0.05), False))
    page = client("vera", "de").get("/playbooks/late/")
    text = " ".join(page.content.decode().split())
    for shown in ("Kosten eines Kunden, der hineinkommt</dt><dd>2,00", "Von Mitarbeitern insgesamt gewährt</dt><dd>30,00", "Bleibt</dt><dd>500", "Vorab festgelegt: Der Versuch richtet sich nach gehaltenen Kunden.", "+2,0 %"):
        assert shown in text, shown
    assert page.context["stopped"] is None


def test_what_a_customer_cost_is_what_is_stated_and_the_share_in_what_was_granted(state):
    from kundig.state.enrolments import Enrolment
    from kundig.state.judging import cost
    from kundig.state.outbox import Work
    from kundig.state.playbooks import newest

    running()
    assert cost(newest("late")) == 2
    came = Enrolment.objects.filter(held_out=False).count()
    Work.objects.filter(pk=Work.objects.first().pk).update(granted=came)
    assert cost(newest("late")) == 3

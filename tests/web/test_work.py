"""Work from hand to hand: a board by when it is due, remarks, hand-overs that the journal hears of, and going higher up when it is late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.playbooks.test_simulation import COMPLAINTS, at, playbook
from tests.web.test_playbook_pages import made
from tests.web.test_playbook_ticks import on, state, ticked

__all__ = ["state"]


def task(department="billing"):
    from kundig.state.outbox import Work

    return Work.objects.filter(department=department).order_by("customer").first()


def test_work_is_handed_over_with_a_reason_and_the_journal_hears_of_it(state):
    from kundig.state.told import Told
    from kundig.state.working import handed_over

    made()
    one = task()
    assert handed_over(one, "logistics", "Axel", "it is a parcel", at(3)) is True
    # Somebody else still had the old page open.
    assert handed_over(one, "service", "Ben", "", at(3)) is False
    one.refresh_from_db()
    assert (one.department, one.due_at, [(turn.what, turn.text, turn.by) for turn in one.turns.all()]) == ("logistics", at(4), [("handed over", "billing → logistics: it is a parcel", "Axel")])
    told = [(row.said["subject"], row.said["kind"], row.said["touchpoint"], row.said.get("text")) for row in Told.objects.filter(source="work")]
    assert told == [("ada", "case_opened", "work.billing", None), ("ada", "case_handover", "work.logistics", "it is a parcel")]
    assert len({row.said["case_id"] for row in Told.objects.filter(source="work")}) == 1
    handed_over(one, "billing", "Lisa", "", at(3, 1))
    assert [row.said["touchpoint"] for row in Told.objects.filter(source="work")] == ["work.billing", "work.logistics", "work.billing"]


def test_a_hand_over_is_one_of_interlocks_once_the_catalogue_names_the_departments(state):
    from kundig.journal import told
    from kundig.journeys import interlocks
    from kundig.settings import Settings
    from kundig.state.told import Told
    from kundig.state.working import handed_over

    made()
    handed_over(task(), "logistics", "Axel", "", at(3))
    settings = Settings.model_validate({"touchpoints": {f"work.{name}": {"department": name} for name in ("billing", "logistics")}})
    events = [{name: row.said[name] for name in ("event_id", "subject", "kind", "touchpoint", "case_id")} | {"occurred_at": when} for row, when in zip(Told.objects.filter(source="work"), (at(1), at(3)), strict=True)]
    rows = interlocks(told(events, settings=settings)).to_pyarrow().to_pylist()
    assert [(row["source"], row["target"], row["n"]) for row in rows] == [("billing", "logistics", 1)]


def test_late_work_goes_higher_up_one_at_a_time_and_stays_on_the_last_list(state):
    from kundig.settings import Settings
    from kundig.state.working import gone_higher

    made()
    settings = Settings()
    assert gone_higher(at(4), settings) == 0
    # Two business days from when it is found late: Monday, Thursday, Tuesday.
    levels = []
    for day in (9, 12, 17, 24):
        gone_higher(at(day), settings)
        gone_higher(at(day), settings)
        levels.append((task().level, task().due_at.day))
    assert levels == [("lead", 11), ("cco", 14), ("ceo", 19), ("ceo", 19)]
    assert [(turn.what, turn.text) for turn in task().turns.all()] == [("higher up", "lead"), ("higher up", "cco"), ("higher up", "ceo")]


def test_an_escalation_of_a_playbook_is_on_its_list(client):
    on(playbook(steps=[{"escalate": {"to": "ceo", "title": "Decide", "department": "service"}}]))
    ticked(COMPLAINTS, [at(2)])
    axel = client("axel")
    assert [task["title"] for task in axel.get("/work/?level=ceo").context["tasks"]] == ["Decide", "Decide"]
    assert axel.get("/work/?level=lead").context["tasks"] == []


def test_the_board_holds_what_the_list_holds(client):
    made()
    axel = client("axel", "de")
    listed, board = axel.get("/work/").context["tasks"], axel.get("/work/?view=board").context["board"]
    assert sum(column["many"] for column in board) == len(listed) == 4
    assert [(column["name"], column["many"]) for column in board] == [("late", 4), ("today", 0), ("week", 0), ("later", 0)]
    assert "überfällig · 4" in axel.get("/work/?view=board").content.decode()


def test_what_is_at_stake_is_what_the_contracts_bring_in_a_year(client):
    from kundig.web.desk import Question, desk

    directory = desk().future(Question("customers.directory")).result().to_pylist()
    rich = next(row for row in directory if row["monthly"])
    on(playbook(), "late")
    ticked([(rich["customer_id"], "complaint", "2026-03-01")], [at(2)])
    [one] = client("leo").get("/work/").context["tasks"]
    assert (one["who"], one["stake"]) == (rich["name"], rich["monthly"] * 12)


def test_a_task_has_a_page_with_remarks_and_hand_over_for_who_may_see_it(client):
    made()
    one = task()
    axel = client("axel")
    assert axel.post(f"/work/{one.pk}/", {"text": "<b>called</b> twice"}, follow=True).status_code == 200
    page = axel.get(f"/work/{one.pk}/")
    assert ([(turn.by, turn.text) for turn in page.context["turns"]], "<b>called" in page.content.decode()) == ([("Axel", "<b>called</b> twice")], False)
    lisa = client("lisa")
    assert lisa.get(f"/work/{task('service').pk}/").status_code == 404
    assert "Write the remark." in axel.post(f"/work/{one.pk}/", {}, follow=True).content.decode()
    assert "It could not be handed over" in axel.post(f"/work/{one.pk}/", {"department": "nobody"}, follow=True).content.decode()
    gone = lisa.post(f"/work/{one.pk}/", {"department": "service"}, follow=True)
    assert "Handed over to service." in gone.content.decode()
    assert lisa.get(f"/work/{one.pk}/").status_code == 404


@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1)])
def test_work_is_late_after_its_moment_and_not_at_it(state, late):
    from kundig.settings import Settings
    from kundig.state.working import gone_higher

    made()
    assert bool(gone_higher(task().due_at + late, Settings())) is bool(late)


def settled():
    """What was begun for a page is there when it is looked at again."""
    from kundig.web.desk import desk

    for running in list(desk()._running.values()):
        running.result()


def given(client, customer, department="service"):
    """A task about a customer of the company."""
    from kundig.state.outbox import Work

    made()
    one = task(department) or task()
    Work.objects.filter(pk=one.pk).update(customer=customer, department=department)
    client.get(f"/work/{one.pk}/")
    settled()
    return client.get(f"/work/{one.pk}/")


def test_beside_a_task_stands_how_the_customer_is_what_is_open_last_words_and_last_events(client):
    from kundig.web.desk import Question, desk

    rows = desk().future(Question("customers.directory")).result().to_pylist()
    ada = max((row for row in rows if row["open_cases"] and row["monthly"]), key=lambda row: (row["open_cases"], row["n"]))
    page = given(client("axel", "de"), ada["customer_id"])
    context, text = page.context, page.content.decode()
    assert (context["late"], len(context["cases"]) == min(ada["open_cases"], 8), bool(context["days"]), context["task"]["stake"] == ada["monthly"] * 12) == (False, True, True, True)
    assert all(one["resolved"] is None for one in context["cases"])
    assert ("Letzte Ereignisse" in text, "Offene" in text, context["outlook"]["health"] != []) == (True, True, True)
    # The board and the list say what is open as well.
    assert next(task for task in client("axel").get("/work/").context["tasks"] if task["one"].customer == ada["customer_id"])["open_cases"] == ada["open_cases"]


def test_whoever_sees_one_department_sees_beside_a_task_what_happened_in_it_alone(client):
    from kundig.journal import Extract
    from kundig.web.desk import Question, desk

    theirs = desk().future(Question("customers.directory", extract=Extract(unit="billing"))).result()["customer_id"].to_pylist()
    page = given(client("lisa"), theirs[0], "billing")
    assert {group.event["department"] for day in page.context["days"] for group in day.groups} == {"billing"}


def test_of_a_customer_who_is_not_known_it_says_so(client):
    page = given(client("axel"), "nobody")
    assert (page.context["gone"], "Nothing of this customer is known here." in page.content.decode()) == (True, True)

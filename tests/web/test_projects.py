"""Improvement projects: causes with their figures as they were, changes that can be undone, and the effect or why there is none."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pytest

from tests.playbooks.test_simulation import at
from tests.web.test_playbook_ticks import state

__all__ = ["state"]

CAUSE = {"analysis": "feedback.moments", "query": "metric=csat", "row": "abc", "figures": {"moment": "shop", "n": 30}, "unit": ""}


def begun(**more):
    from kundig.state.projects import begun as new

    return new({"title": "Parcels", "owner": "Leo", "departments": ["logistics"], **more}, "Leo", at(1))


def form(**more):
    return {"title": "Parcels", "owner": "Leo", "state": "planned", "departments": ["billing", "service"], "expected": "", "until": "", "since": "", "product": "", "campaign": "", "control": "", **more}


def test_a_change_says_what_was_before_and_is_taken_back_as_a_further_one(state):
    from kundig.state.projects import changed, taken_back

    one = begun()
    step = changed(one, {"state": "running", "since": date(2026, 2, 1), "title": "Parcels"}, "Ada", at(2))
    assert (step.before, step.after) == ({"state": "planned", "since": None}, {"state": "running", "since": "2026-02-01"})
    assert changed(one, {"state": "running"}, "Ada", at(2)) is None
    back = taken_back(step, "Ben", at(3))
    one.refresh_from_db()
    assert (one.state, one.since, one.by) == ("planned", None, "Ben")
    taken_back(back, "Ben", at(4))
    one.refresh_from_db()
    assert (one.state, one.since) == ("running", date(2026, 2, 1))


def test_a_cause_is_in_a_project_once_with_its_figures_of_then(state):
    from kundig.state.projects import bundled, taken_out

    one = begun()
    cause, new = bundled(one, CAUSE, "Leo", at(1))
    again, newer = bundled(one, {**CAUSE, "figures": {"moment": "shop", "n": 31}}, "Ada", at(2))
    assert (new, newer, again.pk, again.figures["n"]) == (True, False, cause.pk, 30)
    assert (taken_out(cause), taken_out(cause)) == (True, False)
    # Put in anew, it has the figures of that day.
    assert bundled(one, {**CAUSE, "figures": {"moment": "shop", "n": 31}}, "Ada", at(2))[0].figures["n"] == 31


def test_a_moment_goes_into_a_project_by_the_button_beside_it_with_the_figures_that_are_shown(client):
    from kundig.state.projects import Cause, Project

    leo = client("leo")
    page = leo.get("/questions/feedback.moments/?floor=5")
    line, row = page.context["table"].lines[0], page.context["answer"].table.to_pylist()[0]
    assert parse_qs(urlsplit(line.cause).query)["query"] == ["floor=5"]
    assert leo.get(line.cause).status_code == 200
    made = leo.post(line.cause, {"title": "<i>Shops</i>"}, follow=True)
    one, cause = Project.objects.get(), Cause.objects.get()
    assert (one.title, one.owner, cause.figures["moment"], cause.figures["n"], cause.query) == ("<i>Shops</i>", "Leo", row["moment"], row["n"], "floor=5")
    assert ("<i>Shops" in made.content.decode(), len(made.context["causes"]), made.context["causes"][0]["table"].lines[0].cells[0].text) == (False, 1, line.cells[0].text)
    assert "already" in leo.post(line.cause, {"project": one.pk}, follow=True).content.decode()
    assert "Choose a project" in leo.post(line.cause, {"project": ""}, follow=True).content.decode()
    out = leo.post(f"/projects/cause/{cause.pk}/out/", follow=True)
    assert out.context["causes"] == []
    assert len(leo.post(f"/projects/cause/{cause.pk}/out/", follow=True).context["causes"]) == 1


def test_a_row_that_is_gone_or_no_cause_is_refused(client):
    leo = client("leo")
    assert "no such row" in leo.get("/projects/cause/?analysis=feedback.moments&row=nothing", follow=True).content.decode()
    assert [leo.get(f"/projects/cause/?{query}").status_code for query in ("analysis=feedback.scores&row=a", "analysis=feedback.moments&query=nonsense%3D1", "")] == [404, 404, 404]
    # Who may not put one in is shown no button.
    assert client("axel").get("/questions/feedback.moments/").context["table"].causes is False


def test_rows_of_every_such_answer_can_be_told_apart(client):
    from kundig.web.causes import CAUSES, key

    leo = client("leo")
    for name in sorted(CAUSES):
        rows = leo.get(f"/questions/{name}/").context["answer"].table.to_pylist()
        assert len({key(row) for row in rows}) == len(rows), name


def test_a_project_is_written_changed_and_undone_on_its_pages(client):
    from kundig.state.projects import Project

    leo = client("leo", "de")
    made = leo.post("/projects/new/", form(), follow=True)
    one = Project.objects.get()
    assert (made.redirect_chain[-1][0], one.departments, one.by) == (f"/projects/{one.pk}/", ["billing", "service"], "Leo")
    kept = leo.post(f"/projects/{one.pk}/edit/", form(state="running", expected="5 Punkte"), follow=True)
    assert "läuft" in kept.content.decode()
    leo.post(f"/projects/changes/{one.steps.get().pk}/undo/")
    one.refresh_from_db()
    assert (one.state, one.expected) == ("planned", "")


@pytest.mark.parametrize(("given", "fault"), [({"product": "Fiber"}, "since"), ({"since": "2026-01-01", "control": "none"}, "control"), ({"campaign": "calls"}, "control"), ({"title": ""}, "title"), ({"departments": ["moon"]}, "departments")])
def test_half_a_way_to_know_the_effect_is_refused(given, fault, client):
    page = client("leo").post("/projects/new/", form(**given))
    assert (page.status_code, list(page.context["form"].errors)) == (422, [fault])


def effects(leo, one):
    from kundig.web.desk import Question, desk
    from kundig.web.views.projects import OUTCOMES, stated

    for outcome in OUTCOMES:
        desk().future(Question("projects.brought", (("outcome", outcome), ("projects", stated())))).result()
    return leo.get(f"/projects/{one.pk}/").context["effects"]


def test_the_effect_is_that_of_effects_or_it_says_why_there_is_none(client):
    leo = client("leo")
    alone, product = begun(since=date(2025, 6, 1)), begun(since=date(2025, 6, 1), product="Moonbeam")
    none = begun()
    assert [row["state"] for row in effects(leo, alone)] == ["no evidence possible"] * 2
    assert [row["state"] for row in effects(leo, none)] == ["no evidence possible"] * 2
    # A product that nobody has is told by its name.
    assert [row["state"] for row in effects(leo, product)] == ["too few customers of the product “Moonbeam” in a month, or none"] * 2


def test_the_page_shows_what_effects_gives(client):
    from kundig.web.views.projects import shown_effect

    one = begun()
    row = {"programme": f"project {one.pk}", "design": "hold-out", "state": "ok", "n": 200, "treated": 100, "control": 100, "effect": 0.1, "low": 0.02, "high": 0.18, "verdict": "helps"}
    assert shown_effect("retention", pa.Table.from_pylist([row]), one) == {"outcome": "retention", **row}


def test_whoever_has_a_department_sees_its_projects_and_no_figures_of_others(client):
    from kundig.state.projects import bundled

    ours, theirs = begun(departments=["billing", "service"]), begun(departments=["service"])
    bundled(ours, CAUSE, "Leo", at(1))
    lisa = client("lisa")
    assert [row["one"].pk for row in lisa.get("/projects/").context["rows"]] == [ours.pk]
    assert [lisa.get(f"/projects/{one.pk}/").status_code for one in (ours, theirs)] == [200, 404]
    [cause] = lisa.get(f"/projects/{ours.pk}/").context["causes"]
    assert (cause["theirs"], cause["table"]) == (False, None)
    assert lisa.post(f"/projects/{theirs.pk}/edit/", form()).status_code == 404


def test_a_project_is_measured_from_its_form_to_its_page_by_those_whom_the_lot_left_out(state):
    from kundig.journal import told
    from kundig.value.projects import brought
    from kundig.web.views.projects import OUTCOMES, shown_effect, stated

    one = begun(campaign="call", control="left out", state="running")
    other = begun(since=date(2025, 6, 1), state="running")
    # Every second is called, and of those who are left out half leave.
    called = [{"subject": f"c{n}", "kind": "campaign", "occurred_at": "2025-01-01", "properties": {"campaign": "call", "group": ("left out", "called")[n % 2]}} for n in range(400)]
    left = [{"subject": f"c{n}", "kind": "cancellation", "occurred_at": "2025-03-01"} for n in range(0, 400, 4)]
    journal = told([*called, *left, ("eve", "visit", "2026-01-31")])
    shown = {outcome: shown_effect(outcome, brought(journal, projects=stated(), outcome=outcome).to_pyarrow(), one) for outcome in OUTCOMES}
    kept = shown["retention"]
    assert (kept["design"], kept["state"], kept["verdict"], kept["treated"], kept["control"], kept["effect"]) == ("hold-out", "ok", "helps", 200, 200, 0.5)
    assert 0.4 < kept["low"] < 0.5 < kept["high"] < 0.6
    assert (shown["revenue"]["state"], shown["revenue"]["verdict"], shown["revenue"]["effect"]) == ("ok", "no effect shown", 0.0)
    assert shown_effect("retention", brought(journal, projects=stated()).to_pyarrow(), other)["verdict"] == "no evidence possible"

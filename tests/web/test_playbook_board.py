"""The storyboard, the list behind each of its counts, why somebody is in or not, and writing with a history that can be undone."""

from __future__ import annotations

import re

import pytest

from tests.playbooks.test_simulation import COMPLAINTS, WAY, at, playbook
from tests.web.test_playbook_ticks import on, ticked

STORY = [*COMPLAINTS, ("dot", "complaint", "2026-03-01"), ("ada", "visit", "2026-03-05"), ("eve", "order", "2026-03-02"), ("dot", "order", "2026-03-02")]


def made(until=4):
    """Ada and Ben wait for a visit; Dot has ordered, and is through by it."""
    on(playbook(steps=WAY, goal="order"))
    ticked(STORY, [at(day) for day in range(1, until + 1)])


def test_counts_of_the_storyboard_agree_with_the_list_behind_them(client):
    from kundig.state.playbooks import newest
    from kundig.state.standing import standing, those

    made()
    version = newest("late")
    found = standing(version)
    assert (found.came, found.through, dict(found.here), dict(found.stopped)) == (3, 0, {"3": 2}, {("2", "goal"): 1})
    assert sum(found.here.values()) + found.through + sum(found.stopped.values()) == found.came
    assert {path: len(those(version, at=path)) for path in ("1", "2", "3", "4")} == {path: found.here[path] for path in ("1", "2", "3", "4")}
    page = client("axel").get("/playbooks/late/people/?at=3")
    assert {row["one"].customer for row in page.context["rows"]} == {"ada", "ben"}
    assert [row["path"] for row in page.context["rows"]] == ["3", "3"]


def test_a_week_later_nobody_is_left_on_the_way_and_the_counts_still_agree(client):
    from kundig.state.playbooks import newest
    from kundig.state.standing import standing

    made(7)
    found = standing(newest("late"))
    assert (found.came, found.through, dict(found.here)) == (3, 2, {})
    assert (found.flows["3", "then"], found.flows["3", "otherwise"]) == (1, 1)


def test_each_circle_leads_to_those_who_are_there_for_who_may_see_customers(client):
    made()
    board = str(client("axel").get("/playbooks/late/").context["board"])
    assert re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"', board)[2] == ("/playbooks/late/people/?at=3", "Wait until: kind visit, 3 days. 2 came to it, 2 are here now")
    assert "<a href" not in str(client("vera").get("/playbooks/late/").context["board"])
    assert "Warten auf" in str(client("axel", "de").get("/playbooks/late/").context["board"])


def test_the_page_explains_what_was_done_and_what_was_held_back(client):
    from kundig.state.outbox import Outbox

    made()
    Outbox.objects.filter(kind="task").update(state="withheld", reason="the reason of the test")
    page = client("axel").get("/playbooks/late/explain/?customer=nobody")
    assert (page.status_code, page.context["told"].state) == (200, "nobody known")
    assert "nobody is not known." in page.content.decode()
    assert [act["one"].reason for act in client("axel").get("/playbooks/late/explain/?customer=ben").context["acts"]] == ["the reason of the test"]


def test_a_definition_that_cannot_be_meant_is_refused_with_line_and_nearest_name(client):
    from kundig.state.playbooks import newest

    made()
    cora = client("cora")
    text = cora.get("/playbooks/late/edit/").context["text"]
    wrong = text.replace("department:", "departement:", 1)
    refused = cora.post("/playbooks/late/edit/", {"text": wrong, "keep": "1"})
    assert refused.status_code == 422
    [fault] = [fault for fault in refused.context["faults"] if "departement" in fault]
    line = next(number for number, words in enumerate(wrong.splitlines(), start=1) if "departement" in words)
    assert fault.startswith(f"playbook:{line}: ")
    assert "did you mean 'department'?" in fault
    other = cora.post("/playbooks/late/edit/", {"text": text.replace("late:", "early:", 1), "keep": "1"})
    assert other.context["faults"] == ["playbook:1: expected the playbook 'late' alone, found 'early'"]
    assert newest("late").number == 1


def test_a_change_is_a_version_that_can_be_taken_back_by_one_click(client):
    from kundig.state.playbooks import newest

    made()
    cora = client("cora")
    text = cora.get("/playbooks/late/edit/").context["text"]
    checked = cora.post("/playbooks/late/edit/", {"text": text.replace("owner: lutz", "owner: eva"), "check": "1"})
    assert (checked.status_code, checked.context["meant"].owner, newest("late").number) == (200, "eva", 1)
    kept = cora.post("/playbooks/late/edit/", {"text": text.replace("owner: lutz", "owner: eva"), "keep": "1"}, follow=True)
    assert ("Version 2 holds from now on." in kept.content.decode(), newest("late").playbook.owner, newest("late").by) == (True, "eva", "Cora")
    [undo] = re.findall(r'action="(/playbooks/late/versions/1/restore/)"', kept.content.decode())[:1]
    cora.post(undo)
    assert (newest("late").number, newest("late").playbook.owner) == (3, "lutz")


def test_a_ready_playbook_is_taken_over_as_it_is(client):
    from kundig.playbooks.playbook import ready
    from kundig.state.playbooks import newest

    cora = client("cora")
    for name, of in ready().items():
        text = cora.get(f"/playbooks/{name}/edit/").context["text"]
        assert cora.post(f"/playbooks/{name}/edit/", {"text": text, "keep": "1"}).status_code == 302
        assert newest(name).playbook == of


def test_those_who_are_too_many_at_once_come_in_when_somebody_says_yes(client):
    on(playbook(steps=WAY, limits={"ask_above": 2}))
    ticked(STORY, [at(2)])
    cora = client("cora")
    assert "3 customers wait to be let in." in cora.get("/playbooks/late/").content.decode()
    assert "3 customers come in." in cora.post("/playbooks/late/let-in/", follow=True).content.decode()
    ticked(STORY, [at(2)])
    assert cora.get("/playbooks/late/").context["standing"].came == 3


def test_a_ready_playbook_is_tried_on_the_past_before_anybody_takes_it_over(client):
    page = client("vera").get("/playbooks/repeated_case/past/")
    done = page.context["done"]
    assert (page.status_code, done["came"] >= done["customers"] > 0, done["leaving"].n + done["leaving"].pending <= done["customers"]) == (200, True, True)
    assert "Wen es findet" in client("vera", "de").get("/playbooks/repeated_case/past/").content.decode()


@pytest.mark.soak
def test_every_ready_playbook_is_taken_over_opened_and_shows_whom_it_would_have_found_beside_all(client):
    from kundig.playbooks.playbook import ready

    cora, shown = client("cora"), {}
    for name in ready():
        assert cora.post(f"/playbooks/{name}/edit/", {"text": cora.get(f"/playbooks/{name}/edit/").context["text"], "keep": "1"}).status_code == 302
        assert cora.get(f"/playbooks/{name}/").context["standing"].came == 0
        page = cora.get(f"/playbooks/{name}/past/")
        done = page.context["done"]
        leaving = done["leaving"]
        assert (page.status_code, done["customers"] <= done["came"], leaving.n + leaving.pending <= done["customers"]) == (200, True, True)
        assert leaving.state == "too few customers" or leaving.low <= leaving.share <= leaving.high
        shown[name] = done["came"]
    # Beside what the small company has too little of.
    assert len(shown) >= 16
    assert sum(came > 0 for came in shown.values()) >= 13


def test_a_playbook_says_what_it_has_brought_or_why_there_is_no_evidence(client):
    made()
    assert "No evidence possible: nobody is left alone." in client("vera").get("/playbooks/late/").content.decode()
    on(playbook(steps=WAY, hold_out=0.5), "half")
    ticked(STORY, [at(2)])
    from kundig.web.desk import desk

    vera = client("vera")
    vera.get("/playbooks/half/")
    # What was begun for the page is there when it is looked at again.
    for running in list(desk()._running.values()):
        running.result()
    rows = vera.get("/playbooks/half/").context["brought"]["effects"]
    assert [(row["outcome"], row["verdict"], row["n"] <= 3) for row in rows] == [("retention", None, True), ("revenue", None, True)]


def test_the_foot_of_a_page_says_which_kundig_it_is_and_not_which_playbook(client):
    from kundig import __version__

    made()
    assert f">kundig {__version__}</a>" in client("vera").get("/playbooks/late/").content.decode()

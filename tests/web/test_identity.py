"""How records were joined, "not the same person", and back; the pairs that wait."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.contrib.messages import get_messages

from kundig.store.lake import BusyError
from kundig.workspace import Workspace


def _joined(name: str) -> Any:
    from kundig.web.desk import Question, desk

    return desk().future(Question("joined", (("name", name),))).result()


@pytest.fixture
def several(site: Any) -> Any:
    """A customer of several records."""
    from kundig.web.desk import Question, desk

    rows = desk().future(Question("customers.directory")).result().to_pylist()
    return next(found for row in sorted(rows, key=lambda row: -row["sources"]) if len((found := _joined(row["customer_id"])).subjects) > 2)


def _ended(answer: Any) -> Any:
    """The job that an answer leads to, once it has ended."""
    import threading

    from kundig.state.jobs import Job

    address = answer.headers["Location"]
    # What was refused goes back to the page with a message.
    assert (address[:6], [str(message) for message in get_messages(answer.wsgi_request)]) == ("/jobs/", [])
    for thread in threading.enumerate():
        if thread.name == "kundig-identify":
            thread.join(timeout=120)
    return Job.objects.get(pk=int(address.split("/")[2]))


def _browser(login: str) -> Any:
    from django.test import Client

    from kundig.state.people import Person

    # The work is done in a thread of its own, which sees what is committed.
    one = Client(headers={"host": "localhost"})
    one.force_login(Person.objects.get(login=login))
    return one


def test_a_wrong_merge_is_split_and_the_split_taken_back(several: Any) -> None:
    browser = _browser("leo")
    out = several.subjects[-1]
    page = f"/customers/{several.customer_id}/"
    assert [one for one in several.subjects if one not in browser.get(page).content.decode()] == []
    job = _ended(browser.post("/identity/", {"action": "split", "subject": out, "back": page}))
    assert (job.state, job.error, job.back) == ("done", "", page)
    undo = job.told["undo"]
    shown = browser.get(f"/jobs/{job.pk}/", follow=True)
    assert (shown.redirect_chain[-1][0], f"{out} is no longer the same person." in shown.content.decode()) == (page, True)
    assert (out in shown.context["joined"].subjects, [one.subject for one in shown.context["joined"].decided]) == (False, [out])
    assert _joined(out).customer_id == out
    back = _ended(browser.post(undo))
    assert (back.state, back.error) == ("done", "")
    assert sorted(_joined(several.customer_id).subjects) == sorted(several.subjects)
    assert browser.get(page).context["joined"].decided == ()
    # Any of its records leads to the customer.
    assert browser.get(f"/customers/{out}/").headers["Location"] == page


def test_a_decision_waits_a_moment_for_whoever_writes(several: Any) -> None:
    from kundig.web.desk import desk

    held, over, answers = Event(), Event(), []

    def importing() -> None:
        with Workspace(desk().workspace.folder).lake.writing(300):
            held.set()
            over.wait(60)

    def deciding() -> None:
        answers.append(_browser("leo").post("/identity/", {"action": "split", "subject": "crm:nobody"}))

    first, second = Thread(target=importing), Thread(target=deciding)
    first.start()
    assert held.wait(300)
    second.start()
    second.join(0.5)
    assert answers == []
    over.set()
    first.join(60)
    second.join(60)
    # What is told is that there is no such record, and not that somebody writes.
    [said] = [str(message) for message in get_messages(answers[0].wsgi_request)]
    assert said.startswith("there is no subject 'crm:nobody'")


def test_what_was_decided_is_done_once_an_import_has_ended(tmp_path: Path) -> None:
    (tmp_path / "kundig.yaml").write_text("company: {name: Nord}")
    held, over, done = Event(), Event(), Event()

    def importing() -> None:
        with Workspace(tmp_path).lake.writing():
            held.set()
            over.wait(60)

    def deciding() -> None:
        Workspace(tmp_path, patience=60).identify()
        done.set()

    first, second = Thread(target=importing), Thread(target=deciding)
    first.start()
    assert held.wait(60)
    with pytest.raises(BusyError):
        Workspace(tmp_path).identify()
    second.start()
    assert not done.wait(0.2)
    over.set()
    first.join(60)
    second.join(60)
    assert done.is_set()


def test_who_may_not_decide_sees_how_it_came_and_no_way_to_change_it(several: Any, client: Any) -> None:
    page = f"/customers/{several.customer_id}/"
    agent, lead, department = (client(login).get(page) for login in ("axel", "leo", "lisa"))
    assert ["Not the same person" in one.content.decode() for one in (agent, lead)] == [False, True]
    assert agent.context["joined"] == several
    assert department.status_code == 404 or department.context["joined"] is None


def test_whoever_sees_one_department_decides_nothing(several: Any, client: Any) -> None:
    assert client("lisa").post("/identity/", {"action": "split", "subject": several.subjects[0]}).status_code == 403


def test_what_cannot_be_decided_is_told(several: Any, client: Any) -> None:
    browser = client("leo")
    for given in ({"action": "split", "subject": "crm:nobody"}, {"action": "merge", "subject": several.subjects[0]}, {"action": "undo", "subject": several.subjects[0], "at": "soon"}, {"action": "undo", "subject": several.subjects[0], "at": "2026-01-01T00:00:00+00:00"}):
        answer = browser.post("/identity/", given, follow=True)
        assert (answer.redirect_chain[0][0], 'class="toast"' in answer.content.decode()) == ("/customers/", True)


def test_a_pair_that_waits_stands_side_by_side(site: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.ingest.joins import Waiting
    from kundig.web.views import identity

    pair = Waiting("crm:1", "crm:4", 0.97, ("crm:1", "crm:4"), ({"given_name": "Ada", "city": "Köln"}, {"given_name": "Ada", "city": "Bonn"}))
    monkeypatch.setattr(identity, "answer", lambda *_: [pair])
    page = client("alice", "de").get("/data/identity/").content.decode()
    assert [words in page for words in ("1 Paar ist vielleicht ein Kunde.", "97\u00a0%", "Köln", "Bonn", "= gleich", "≠ verschieden", "Nicht dieselbe Person")] == [True] * 7
    assert "Not the same person" not in client("vera").get("/data/identity/").content.decode()

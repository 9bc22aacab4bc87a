"""Playbooks and the work they make, as pages: what each department has to do, done with what came of it, and undone."""

from __future__ import annotations

from tests.playbooks.test_simulation import COMPLAINTS, WAY, at, playbook
from tests.web.test_playbook_ticks import on, ticked

LEEWAY = [{"task": {"department": "billing", "title": {"de": "Klären", "en": "Settle"}, "leeway": 50}}]


def made():
    """Ada and Ben each have a task in billing and one in service."""
    on(playbook(steps=LEEWAY), "settle")
    on(playbook(steps=WAY), "late")
    ticked([*COMPLAINTS, ("cyd", "visit", "2026-03-03")], [at(2)])


def test_each_department_sees_its_own_work_and_the_company_all_of_it(client):
    made()
    assert {task["one"].department for task in client("axel").get("/work/").context["tasks"]} == {"billing", "service"}
    lisa = client("lisa")
    assert {task["one"].department for task in lisa.get("/work/").context["tasks"]} == {"billing"}
    others = next(task["one"].pk for task in client("axel").get("/work/").context["tasks"] if task["one"].department == "service")
    assert lisa.post(f"/work/{others}/done/", {"outcome": "called"}).status_code == 404


def test_work_is_done_within_its_leeway_and_undone(client):
    made()
    axel = client("axel")
    work = next(task["one"].pk for task in axel.get("/work/?department=billing").context["tasks"])
    refused = axel.post(f"/work/{work}/done/", {"outcome": "credit", "granted": "51"}, follow=True)
    assert "More was granted than may be granted without asking" in refused.content.decode()
    assert "Say what came of it." in axel.post(f"/work/{work}/done/", {}, follow=True).content.decode()
    done = axel.post(f"/work/{work}/done/", {"outcome": "credit", "granted": "50"}, follow=True)
    assert [(task["one"].pk, task["one"].outcome, task["one"].done_by) for task in done.context["done"]] == [(work, "credit", "Axel")]
    again = axel.post(f"/work/{work}/reopen/", follow=True)
    assert (work in [task["one"].pk for task in again.context["tasks"]], again.context["done"]) == (True, [])


def test_a_playbook_says_who_is_where(client):
    made()
    vera = client("vera")
    listed = {row["version"].name: (row["came"], row["running"]) for row in vera.get("/playbooks/").context["rows"]}
    assert listed == {"late": (2, 2), "settle": (2, 0)}
    page = vera.get("/playbooks/late/")
    assert [(step["path"], step["came"]) for step in page.context["steps"]] == [("1", 2), ("2", 2), ("3", 0), ("3.then.1", 0), ("3.otherwise.1", 0), ("4", 0)]


def test_the_pages_are_german_for_whoever_reads_german(client):
    made()
    text = client("axel", "de").get("/work/").content.decode()
    assert "4 Aufgaben sind offen." in text
    assert "Klären" in text
    assert "1 Playbook läuft" not in client("axel", "de").get("/playbooks/").content.decode()


def test_what_a_playbook_says_is_text_and_no_page(client):
    on(playbook(steps=[{"task": {"department": "billing", "title": "<script>alert(1)</script>"}}], title="<b>Bold</b>"), "odd")
    ticked([COMPLAINTS[0]], [at(2)])
    axel = client("axel")
    for address in ("/work/", "/playbooks/", "/playbooks/odd/"):
        text = axel.get(address).content.decode()
        assert "<script>alert" not in text
        assert "<b>Bold" not in text


WRITES = """
playbooks:
  detractor_call_back:
    title: Call back
    owner: service
    why: They are angry
    purpose: service
    when: {happened: {event: complaint}}
    steps:
      - email: {subject: {de: "Ihr Anliegen, {name}", en: "Your matter, {name}"}, text: {de: "Guten Tag {name}, am {day} zu {cause}", en: "Dear {name}, on {day} about {cause}"}}
      - survey: {survey: case_closed}
      - task: {department: service, title: {de: "Anrufen: {name}", en: "Call {name}"}}
"""


def test_the_editor_shows_what_a_real_customer_would_read_in_the_own_language(client):
    from kundig.web.desk import Question, desk

    directory = desk().future(Question("customers.directory")).result().to_pylist()
    recipients = ((row["customer_id"], desk().future(Question("customers.recipient", (("customer", row["customer_id"]),))).result()) for row in directory if row["monthly"])
    ada, known = next((one, known) for one, known in recipients if known.get("email"))
    page = client("cora", "de").post("/playbooks/detractor_call_back/edit/", {"text": WRITES, "check": "1", "customer": ada})
    letter, survey, task = page.context["preview"]
    german = known["language"] == "de"
    assert letter["subject"] == (f"Ihr Anliegen, {known['name']}" if german else f"Your matter, {known['name']}")
    assert ("{cause}" in letter["text"], "{day}" in letter["text"], letter["address"], survey["letter"], task["letter"]) == (True, False, True, True, False)
    # Colleagues read the company's language.
    assert task["subject"] == f"Anrufen: {known['name']}"
    assert "Was es mit" in page.content.decode()
    unknown = client("cora").post("/playbooks/detractor_call_back/edit/", {"text": WRITES, "check": "1", "customer": "<i>nobody"})
    assert ("&lt;i&gt;nobody is not known." in unknown.content.decode(), unknown.context.get("preview")) == (True, None)

"""Who may see what: every address for every role. An address that is not in the matrix fails."""

from __future__ import annotations

from typing import Any

import pytest

ROLES = ("nobody", "viewer", "agent", "lead", "cco", "administrator")
LOGINS = {"viewer": "vera", "agent": "axel", "lead": "leo", "cco": "cora", "administrator": "alice"}
OK, IN, NO, GONE, POST = 200, 302, 403, 404, 405

FIGURES = (IN, OK, OK, OK, OK, OK)
CUSTOMERS = (IN, NO, OK, OK, OK, OK)
DATA = (IN, NO, NO, NO, OK, OK)
PEOPLE = (IN, NO, NO, NO, NO, OK)
EVERYBODY = (IN, OK, OK, OK, OK, OK)
POSTED = (POST,) * 6

MATRIX: dict[str, tuple[str, tuple[int, ...]]] = {
    "overview": ("/", FIGURES),
    "journey": ("/journey/", FIGURES),
    "voice": ("/voice/", FIGURES),
    "paths": ("/paths/", FIGURES),
    "value": ("/value/", FIGURES),
    "foresight": ("/foresight/", FIGURES),
    "questions": ("/questions/", FIGURES),
    "question": ("/questions/feedback.scores/", FIGURES),
    "customers": ("/customers/", CUSTOMERS),
    "report": ("/report/", (IN, NO, NO, OK, OK, OK)),
    "report-pdf": ("/report/weekly.pdf", (IN, NO, NO, OK, OK, OK)),
    # A customer of the company; who sees one department alone sees those whom it met.
    "customer": ("/customers/{customer}/", CUSTOMERS),
    "search": ("/search/?q=a", CUSTOMERS),
    "data": ("/data/", DATA),
    "data-checks": ("/data/checks/", DATA),
    "data-identity": ("/data/identity/", DATA),
    "identity-decide": ("/identity/", POSTED),
    "data-source": ("/data/sources/tickets/", DATA),
    "settings": ("/settings/", EVERYBODY),
    "about": ("/about/", EVERYBODY),
    "settings-people": ("/settings/people/", PEOPLE),
    "settings-person-new": ("/settings/people/new/", PEOPLE),
    "settings-person": ("/settings/people/{person}/", PEOPLE),
    "live": ("/live/", DATA),
    "live-letters": ("/live/letters/", DATA),
    "live-replay": ("/live/letters/replay/", POSTED),
    "live-keys": ("/live/keys/", PEOPLE),
    "live-key-revoke": ("/live/keys/1/revoke/", POSTED),
    "playbooks": ("/playbooks/", FIGURES),
    "playbook": ("/playbooks/nothing/", (IN, GONE, GONE, GONE, GONE, GONE)),
    "playbook-people": ("/playbooks/nothing/people/", (IN, NO, GONE, GONE, GONE, GONE)),
    "playbook-explain": ("/playbooks/detractor_call_back/explain/", CUSTOMERS),
    "playbook-past": ("/playbooks/nothing/past/", (IN, GONE, GONE, GONE, GONE, GONE)),
    "playbook-let-in": ("/playbooks/nothing/let-in/", POSTED),
    "playbook-end": ("/playbooks/nothing/end/", POSTED),
    "playbook-edit": ("/playbooks/detractor_call_back/edit/", DATA),
    "playbook-restore": ("/playbooks/nothing/versions/1/restore/", POSTED),
    "surveys": ("/surveys/", FIGURES),
    "survey": ("/surveys/nothing/", (IN, GONE, GONE, GONE, GONE, GONE)),
    "survey-new": ("/surveys/new/", DATA),
    "survey-build": ("/surveys/relationship/form/", DATA),
    "survey-edit": ("/surveys/relationship/edit/", DATA),
    "survey-restore": ("/surveys/nothing/versions/1/restore/", POSTED),
    "projects": ("/projects/", FIGURES),
    "project": ("/projects/999999/", (IN, GONE, GONE, GONE, GONE, GONE)),
    "project-new": ("/projects/new/", (IN, NO, NO, OK, OK, OK)),
    "project-edit": ("/projects/999999/edit/", (IN, NO, NO, GONE, GONE, GONE)),
    "project-cause": ("/projects/cause/?analysis=feedback.scores", (IN, NO, NO, GONE, GONE, GONE)),
    "project-cause-out": ("/projects/cause/1/out/", POSTED),
    "project-undo": ("/projects/changes/1/undo/", POSTED),
    "themes": ("/themes/", FIGURES),
    "themes-name": ("/themes/name/", POSTED),
    "themes-pin": ("/themes/pin/", (IN, NO, NO, OK, OK, OK)),
    "themes-unpin": ("/themes/unpin/", POSTED),
    "themes-undo": ("/themes/changes/1/undo/", POSTED),
    "jargon": ("/jargon/", FIGURES),
    "jargon-find": ("/jargon/find/", POSTED),
    "jargon-decide": ("/jargon/decide/", POSTED),
    "jargon-undo": ("/jargon/1/undo/", POSTED),
    "changes": ("/changes/", FIGURES),
    "change": ("/changes/999999/", (IN, GONE, GONE, GONE, GONE, GONE)),
    "change-new": ("/changes/new/", DATA),
    "change-edit": ("/changes/999999/edit/", (IN, NO, NO, NO, GONE, GONE)),
    "change-send": ("/changes/1/send/", POSTED),
    "change-resume": ("/changes/1/resume/", POSTED),
    "change-public": ("/changes/1/public/", POSTED),
    "inbox": ("/inbox/", CUSTOMERS),
    "inbox-post": ("/inbox/post/?event=nothing", (IN, NO, GONE, GONE, GONE, GONE)),
    "inbox-undo": ("/inbox/1/undo/", POSTED),
    "work": ("/work/", CUSTOMERS),
    "work-one": ("/work/999999/", (IN, NO, GONE, GONE, GONE, GONE)),
    "work-done": ("/work/1/done/", POSTED),
    "work-reopen": ("/work/1/reopen/", POSTED),
    # Somebody else's work is theirs; who sees the data sees it all.
    "job": ("/jobs/{job}/", (IN, GONE, GONE, GONE, OK, OK)),
    "data-import": ("/data/import/", POSTED),
    "note-add": ("/notes/", POSTED),
    "note-delete": ("/notes/1/delete/", POSTED),
    "note-restore": ("/notes/1/restore/", POSTED),
    "view-save": ("/views/", POSTED),
    "view-delete": ("/views/1/delete/", POSTED),
    "look": ("/look/", POSTED),
    "logout": ("/logout/", POSTED),
    "login": ("/login/", (OK, IN, IN, IN, IN, IN)),
    "health": ("/health/", (OK,) * 6),
    # Who has a signed link; everybody else finds nothing.
    "answering": ("/s/1:nothing/", (GONE,) * 6),
    "answering-open": ("/s/open/a~link:nothing/", (GONE,) * 6),
    "leave": ("/u/1:nothing/", (GONE,) * 6),
    # Off unless kundig.yaml says otherwise.
    "heard": ("/heard/", (GONE,) * 6),
}
POSTS: dict[str, tuple[str, tuple[int, ...]]] = {
    "data-import": ("/data/import/", (IN, NO, NO, NO, NO, -1)),
    # Without a record nothing is decided: it leads back, with a message.
    "identity-decide": ("/identity/", (IN, NO, NO, IN, IN, IN)),
    "live-replay": ("/live/letters/replay/", (IN, NO, NO, NO, NO, IN)),
    "live-key-revoke": ("/live/keys/999999/revoke/", (IN, NO, NO, NO, NO, GONE)),
    "note-add": ("/notes/", (IN, NO, NO, IN, IN, IN)),
    "note-delete": ("/notes/999999/delete/", (IN, NO, NO, GONE, GONE, GONE)),
    "note-restore": ("/notes/999999/restore/", (IN, NO, NO, GONE, GONE, GONE)),
    "playbook-let-in": ("/playbooks/nothing/let-in/", (IN, NO, NO, NO, GONE, GONE)),
    "playbook-end": ("/playbooks/nothing/end/", (IN, NO, NO, NO, GONE, GONE)),
    "playbook-restore": ("/playbooks/nothing/versions/1/restore/", (IN, NO, NO, NO, GONE, GONE)),
    "survey-restore": ("/surveys/nothing/versions/1/restore/", (IN, NO, NO, NO, GONE, GONE)),
    "project-cause-out": ("/projects/cause/999999/out/", (IN, NO, NO, GONE, GONE, GONE)),
    "project-undo": ("/projects/changes/999999/undo/", (IN, NO, NO, GONE, GONE, GONE)),
    # Without a name or a word nothing is settled: it leads back, with a message.
    "themes-name": ("/themes/name/", (IN, NO, NO, IN, IN, IN)),
    "themes-unpin": ("/themes/unpin/", (IN, NO, NO, GONE, GONE, GONE)),
    "themes-undo": ("/themes/changes/999999/undo/", (IN, NO, NO, GONE, GONE, GONE)),
    "jargon-find": ("/jargon/find/", (IN, NO, IN, IN, IN, IN)),
    "jargon-decide": ("/jargon/decide/", (IN, NO, NO, IN, IN, IN)),
    "jargon-undo": ("/jargon/999999/undo/", (IN, NO, GONE, GONE, GONE, GONE)),
    "change-send": ("/changes/999999/send/", (IN, NO, NO, NO, GONE, GONE)),
    "change-resume": ("/changes/999999/resume/", (IN, NO, NO, NO, GONE, GONE)),
    "change-public": ("/changes/999999/public/", (IN, NO, NO, NO, GONE, GONE)),
    "inbox-undo": ("/inbox/999999/undo/", (IN, NO, GONE, GONE, GONE, GONE)),
    "work-done": ("/work/999999/done/", (IN, NO, GONE, GONE, GONE, GONE)),
    "work-reopen": ("/work/999999/reopen/", (IN, NO, GONE, GONE, GONE, GONE)),
    "view-save": ("/views/", (IN,) * 6),
    "view-delete": ("/views/999999/delete/", (IN, GONE, GONE, GONE, GONE, GONE)),
    "look": ("/look/", (IN,) * 6),
}
"""What changes something is posted; an import is started in a test of its own."""


def _client(client: Any, role: str) -> Any:
    from django.test import Client

    return Client(headers={"host": "localhost"}) if role == "nobody" else client(LOGINS[role])


def test_every_address_is_in_the_matrix(site: Any) -> None:
    from kundig.web.urls import urlpatterns

    assert sorted(str(one.name) for one in urlpatterns) == sorted(MATRIX)


def test_every_view_but_login_asks_who_it_is(site: Any) -> None:
    from kundig.web.urls import urlpatterns

    assert [one.name for one in urlpatterns if not hasattr(one.callback, "right")] == ["login", "logout", "answering-open", "answering", "heard", "leave", "health"]


@pytest.mark.parametrize("name", MATRIX)
def test_each_role_gets_what_is_its_own(name: str, client: Any) -> None:
    from kundig.state.jobs import Job
    from kundig.state.people import Person
    from kundig.web.desk import Question, desk

    [customer] = desk().future(Question("customers.directory")).result()["customer_id"].to_pylist()[:1]
    alice = Person.objects.get(login="alice")
    values = {"customer": customer, "person": alice.pk, "job": Job.objects.create(key="a", title="A", person=alice).pk}
    address, expected = MATRIX[name]
    found = tuple(_client(client, role).get(address.format(**values)).status_code for role in ROLES)
    assert dict(zip(ROLES, found, strict=True)) == dict(zip(ROLES, expected, strict=True))


@pytest.mark.parametrize("name", POSTS)
def test_each_role_changes_what_it_may(name: str, client: Any) -> None:
    address, expected = POSTS[name]
    asked = [(role, status) for role, status in zip(ROLES, expected, strict=True) if status > 0]
    assert {role: _client(client, role).post(address).status_code for role, _ in asked} == dict(asked)


def test_whoever_has_a_department_sees_what_happened_in_it_and_nothing_else(client: Any) -> None:
    from kundig.web.desk import Question, desk

    whole = desk().future(Question("customers.directory")).result()
    lisa = client("lisa")
    page = lisa.get("/customers/")
    theirs = page.context["listing"].count
    assert 0 < theirs < whole.num_rows
    scores = lisa.get("/questions/feedback.scores/?metric=csat&by=department").context["answer"].table.to_pylist()
    assert [row["group"] for row in scores] == ["billing"]
    seen = {event.event["department"] for one in page.context["listing"].rows[:5] for day in lisa.get(f"/customers/{one['customer_id']}/").context["days"] for event in day.groups}
    assert seen == {"billing"}


def test_a_customer_whom_a_department_never_met_is_not_there_for_its_people(client: Any) -> None:
    from kundig.journal import Extract
    from kundig.web.desk import Question, desk

    def ids(extract: Extract | None) -> set[str]:
        return set(desk().future(Question("customers.directory", extract=extract)).result()["customer_id"].to_pylist())

    strangers = ids(None) - ids(Extract(unit="billing"))
    stranger = min(one for one in strangers if "/" not in one)
    assert client("lisa").get(f"/customers/{stranger}/").status_code == 404
    assert client("leo").get(f"/customers/{stranger}/").status_code == 200


def test_only_who_may_export_gets_files(client: Any) -> None:
    addresses = ("/customers/?format=csv", "/questions/feedback.scores/?format=csv", "/questions/feedback.scores/?format=json")
    assert {login: [client(login).get(address).status_code for address in addresses] for login in ("vera", "axel", "leo")} == {"vera": [403, 403, 403], "axel": [403, 403, 403], "leo": [200, 200, 200]}


def test_the_last_administrator_stays_one(client: Any) -> None:
    from kundig.state.people import Person

    alice = Person.objects.get(login="alice")
    answer = client("alice").post(f"/settings/people/{alice.pk}/", {"name": "Alice", "login": "alice", "role": "viewer", "language": "en", "is_active": "on"})
    assert (answer.status_code, Person.objects.get(login="alice").role) == (422, "administrator")
    assert "last administrator" in answer.content.decode()


def test_somebody_is_let_in_with_role_and_department_and_logs_in(client: Any) -> None:
    from django.test import Client

    from kundig.state.people import Person

    form = {"name": "Nora Neu", "login": "nora", "role": "agent", "department": "service", "language": "de", "is_active": "on", "password": "ein ganz neues Wort"}
    assert client("alice").post("/settings/people/new/", form).status_code == 302
    nora = Person.objects.get(login="nora")
    assert (nora.role, nora.unit, nora.initials, nora.password.startswith("argon2")) == ("agent", "service", "NN", True)
    browser = Client(headers={"host": "localhost"})
    assert browser.post("/login/", {"login": "nora", "password": "ein ganz neues Wort", "next": "/voice/"}).headers["Location"] == "/voice/"


def test_a_short_password_is_refused(client: Any) -> None:
    form = {"name": "Nora", "login": "nora", "role": "agent", "language": "de", "is_active": "on", "password": "kurz"}
    answer = client("alice").post("/settings/people/new/", form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["password"])


def test_after_five_wrong_passwords_also_the_right_one_waits(client: Any) -> None:
    from django.test import Client

    from tests.web.conftest import PASSWORD

    browser = Client(headers={"host": "localhost"})
    wrong = [browser.post("/login/", {"login": "vera", "password": "x"}).status_code for _ in range(5)]
    assert (wrong, browser.post("/login/", {"login": "vera", "password": PASSWORD}).status_code) == ([422] * 5, 429)
    assert browser.post("/login/", {"login": "axel", "password": PASSWORD}).status_code == 302


def test_a_login_leads_nowhere_else(client: Any) -> None:
    from django.test import Client

    from tests.web.conftest import PASSWORD

    browser = Client(headers={"host": "localhost"})
    answer = browser.post("/login/", {"login": "vera", "password": PASSWORD, "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"


def test_a_change_without_its_token_is_refused(client: Any, site: Any) -> None:
    from django.test import Client

    from kundig.state.people import Person

    browser = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    browser.force_login(Person.objects.get(login="alice"))
    assert browser.post("/notes/", {"on": "2026-01-01", "text": "x"}).status_code == 403


def test_every_page_has_a_strict_policy_and_stays_out_of_shared_caches(client: Any) -> None:
    headers = client("alice").get("/").headers
    assert "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" in headers["Content-Security-Policy"]
    assert (headers["Cache-Control"], headers["X-Frame-Options"], headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("private, no-store", "DENY", "nosniff", "same-origin")


def test_a_viewer_sees_figures_and_nobody_behind_them(client: Any) -> None:
    page = client("vera").get("/questions/journeys.violations/")
    assert not {"customer_id", "journey", "event_id"} & {heading.name for heading in page.context["table"].headings}
    assert "/customers/" not in client("vera").get("/").content.decode()
    assert [client("vera").get(f"/questions/feedback.scores/?by={by}").status_code for by in ("company", "properties.region", "segment")] == [403, 403, 200]


def test_whoever_is_let_in_is_offered_the_companys_language_first(client: Any) -> None:
    assert client("alice", "en").get("/settings/people/new/").context["form"].initial["language"] == "de"

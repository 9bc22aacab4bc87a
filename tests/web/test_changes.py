"""You said, we did: whoever raised a matter is told what was changed, as consent, hours and limits allow; a public list is optional."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.playbooks.test_simulation import at
from tests.web.post import outside
from tests.web.test_mail import TEN, post
from tests.web.test_playbook_ticks import state
from tests.web.test_work import settled

__all__ = ["post", "state"]

WORDS = {"said": {"de": "Die Rechnung ist nicht zu verstehen.", "en": "The invoice cannot be understood."}, "did": {"de": "Wir haben sie {neu} geschrieben.", "en": "We have written it {anew}."}}


def written(**more):
    from kundig.state.changes import kept

    return kept(None, {**WORDS, "raised": {"kinds": ["complaint"]}, "purpose": "advertising", "project": None, **more}, "cora", at(2))


def told(change, post, now=TEN, who=("ada", "ben", "cyd"), **more):
    from kundig.sending.rounds import rounded
    from kundig.state.changes import told_to

    new = told_to(change, [(one, at(2, 23)) for one in who], now)
    rounded(outside(post.port, **more), None, now)
    return new


def ledger(change):
    return {one.customer: (one.state, one.reason) for one in change.closings.all()}


def test_who_raised_it_is_told_in_the_own_language_with_the_way_out_and_it_is_kept_why_others_are_not(state, post):
    from kundig.state.told import Told

    change = written()
    assert told(change, post) == 3
    assert ledger(change) == {"ada": ("sent", ""), "ben": ("withheld", "no consent to advertising"), "cyd": ("withheld", "no e-mail address is known")}
    [(_, to, letter)] = post.letters
    assert (to, letter["Subject"], letter["List-Unsubscribe-Post"]) == ("ada@example.org", "Was wir geändert haben", "List-Unsubscribe=One-Click")
    text = letter.get_body(("plain",)).get_content().replace("\r", "")
    assert text.startswith("Guten Tag Ada Ahrens,\n\nSie haben uns am 2. März 2026 etwas gesagt:\nDie Rechnung ist nicht zu verstehen.\n\nDas haben wir seither getan:\nWir haben sie {neu} geschrieben.\n\nDanke")
    [event] = [one.said for one in Told.objects.filter(what="event")]
    assert (event["subject"], event["kind"], event["touchpoint"], event["properties"]) == ("ada", "message_out", "change", {"purpose": "advertising", "subject": "Was wir geändert haben", "change": str(change.pk)})


def test_the_day_is_that_of_the_companys_clock():
    from kundig.playbooks.recipients import Recipient
    from kundig.sending.closing import drafted
    from kundig.state.changes import Change

    text = drafted(Change(**WORDS), Recipient("ben", "en", {"name": "Ben"}), at(2, 23), "Europe/Berlin", None).text
    assert text.startswith("Dear Ben,\n\non March 3, 2026 you told us something:\nThe invoice cannot be understood.")


def test_each_is_told_once_also_if_the_button_is_pressed_again_and_limits_count_it(state, post):
    from kundig.settings.contact import Cap, Contact

    change, other = written(), written()
    told(change, post)
    assert told(change, post, TEN + timedelta(hours=1)) == 0
    assert len(post.letters) == 1
    told(other, post, TEN + timedelta(hours=2), contact=Contact(caps=(Cap(most=1, within="7 days"),)))
    assert ledger(other)["ada"] == ("withheld", "more than 1 letters within 7 days")


def test_at_night_it_waits_for_its_hour_and_a_server_that_is_down_is_tried_again(state, post):
    change = written(purpose="service")
    told(change, post, at(2, 22))
    assert ledger(change)["ben"] == ("waiting", "waits for its hour, 08:00-20:00")
    post.refusals["ben@example.org"] = "452 4.2.2 mailbox full"
    told(change, post, at(3, 9))
    assert (ledger(change)["ada"], ledger(change)["ben"][0]) == (("sent", ""), "waiting")
    post.refusals.clear()
    told(change, post, at(3, 10))
    assert ledger(change)["ben"] == ("sent", "")


def test_telling_is_called_off_and_on_again_and_what_was_told_keeps_its_words(state, post):
    from kundig.state.changes import ToldError, called_off, called_on, kept, told_to

    change = written(purpose="service")
    told_to(change, [("ada", at(2))], at(2))
    assert (called_off(change, "cora", at(2)), ledger(change)) == (1, {"ada": ("withheld", "called off by cora")})
    assert told(change, post, who=()) == 0
    assert post.letters == []
    assert called_on(change, at(2)) == 1
    told(change, post, who=())
    assert ledger(change) == {"ada": ("sent", "")}
    with pytest.raises(ToldError):
        kept(change, {"did": {"de": "Nichts", "en": "Nothing"}}, "cora", at(3))


EVENTS = [
    {"subject": "ada", "kind": "complaint", "touchpoint": "invoice", "occurred_at": "2026-03-01", "text": "The invoice again"},
    {"subject": "ada", "kind": "feedback", "touchpoint": "invoice", "occurred_at": "2026-03-04", "metric": "csat", "score": 1, "text": "Unclear"},
    {"subject": "ben", "kind": "feedback", "touchpoint": "shop", "occurred_at": "2026-03-02", "metric": "csat", "score": 5, "text": "My invoice was fine"},
    {"subject": "cyd", "kind": "feedback", "touchpoint": "invoice", "occurred_at": "2026-03-05", "metric": "enps", "score": 1, "text": "invoice"},
    {"subject": "cyd", "kind": "message_out", "touchpoint": "invoice", "occurred_at": "2026-03-05", "text": "Your invoice"},
]


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({}, {"ada": 2, "ben": 1}),
        ({"touchpoint": "invoice"}, {"ada": 2}),
        ({"kinds": ("feedback",)}, {"ada": 1, "ben": 1}),
        ({"at_most": 2.0}, {"ada": 1}),
        ({"since": date(2026, 3, 2), "until": date(2026, 3, 3)}, {"ben": 1}),
        ({"until": date(2026, 3, 1)}, {"ada": 1}),
        ({"theme": "invoices"}, {"ada": 1, "ben": 1}),
        ({"product": "Moonbeam"}, {}),
    ],
)
def test_who_raised_it_is_narrowed_by_where_what_and_when_and_what_employees_say_is_nobodys(narrowed, found):
    from kundig.customers import raised
    from kundig.journal import told as journal_of
    from kundig.settings import Settings

    journal = journal_of(EVENTS, settings=Settings.model_validate({"texts": {"themes": {"invoices": {"words": ["invoice"]}}}}))
    assert {row["customer_id"]: row["n"] for row in raised(journal, **narrowed).to_pyarrow().to_pylist()} == found


@pytest.mark.parametrize("narrowed", [{"theme": "moon"}, {"kinds": ("visit",)}])
def test_a_matter_that_cannot_be_meant_names_the_nearest(narrowed):
    from kundig.customers import raised
    from kundig.errors import ArgumentError
    from kundig.journal import told as journal_of

    with pytest.raises(ArgumentError, match="moon|complaint"):
        raised(journal_of(EVENTS), **narrowed)


def form(**more):
    words = {f"{of}_{language}": text for of, texts in WORDS.items() for language, text in texts.items()}
    return {**words, "kinds": ["complaint", "feedback"], "purpose": "survey", **more}


def test_a_change_is_written_from_its_project_shown_to_whom_it_goes_and_told_by_who_may(client):
    from kundig.state.changes import Change
    from kundig.state.projects import begun

    project = begun({"title": "Clear invoices", "owner": "Leo", "departments": ["billing"], "product": "Fiber"}, "Leo", at(1))
    cora = client("cora")
    first = cora.get(f"/changes/new/?project={project.pk}").context["form"].initial
    assert (first["project"], first["product"], first["did_en"]) == (str(project.pk), "Fiber", "Clear invoices")
    cora.post("/changes/new/", form(project=str(project.pk), at_most="2", since="2025-01-01"))
    one = Change.objects.get()
    assert (one.project, one.by, one.raised) == (project, "Cora", {"kinds": ["complaint", "feedback"], "at_most": 2.0, "since": "2025-01-01"})

    def looked(of):
        """The page when all of it has come: who raised it first, then the letter to one of them."""
        for _ in range(2):
            of.get(f"/changes/{one.pk}/")
            settled()
        return of.get(f"/changes/{one.pk}/").context

    page = looked(cora)
    assert page["n"] == page["new"] > 0
    letter = page["preview"]
    assert letter["text"].startswith(("Dear ", "Guten Tag "))
    assert cora.post(f"/changes/{one.pk}/send/").status_code == 302
    assert one.closings.count() == page["n"]
    assert [row["told"] for row in cora.get(f"/projects/{project.pk}/").context["changes"]] == [0]
    assert "already" in cora.post(f"/changes/{one.pk}/edit/", form(), follow=True).content.decode()
    # Whoever sees figures alone sees no letter to anybody.
    seen = looked(client("vera"))
    assert (seen.get("preview"), seen["n"]) == (None, page["n"])


@pytest.mark.parametrize(("given", "fault"), [({"said_en": " "}, "said_en"), ({"kinds": ["visit"]}, "kinds"), ({"since": "2026-02-01", "until": "2026-01-01"}, "until"), ({"purpose": "spam"}, "purpose")])
def test_half_a_change_is_refused(given, fault, client):
    page = client("cora").post("/changes/new/", form(**given))
    assert (page.status_code, list(page.context["form"].errors)) == (422, [fault])


def test_the_public_list_is_off_until_the_company_wants_it_and_holds_what_a_person_put_there(client, monkeypatch):
    from django.test import Client

    from kundig.web.desk import desk

    change, hidden = written(), written(said={"de": "Geheim", "en": "Secret"})
    browser = Client(headers={"host": "localhost", "accept-language": "de"})
    cora = client("cora")
    assert (browser.get("/heard/").status_code, cora.post(f"/changes/{change.pk}/public/").status_code) == (404, 404)
    config = desk().workspace.config
    wanted = config.model_copy(update={"contact": config.contact.model_copy(update={"public": True})})
    for _, workspace in desk()._workspaces.values():
        monkeypatch.setattr(workspace, "config", wanted)
    assert "noch nichts" in browser.get("/heard/").content.decode()
    cora.post(f"/changes/{change.pk}/public/")
    page = browser.get("/heard/")
    text = page.content.decode()
    assert ("Die Rechnung ist nicht zu verstehen." in text, "Geheim" in text, "<script" in text, page.cookies) == (True, False, False, {})
    assert "The invoice cannot be understood." in browser.get("/heard/?l=en").content.decode()
    cora.post(f"/changes/{change.pk}/public/")
    assert "Rechnung" not in browser.get("/heard/").content.decode()
    assert hidden.public is False

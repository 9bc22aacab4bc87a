"""Letters against a real mail server: who gets one, what it says, how one leaves, what comes back; each that does not go out has its reason."""

from __future__ import annotations

import mailbox
import re
from datetime import timedelta
from email.message import EmailMessage, Message

import pytest

from kundig.settings.contact import Cap, Contact
from tests.playbooks.test_simulation import at, playbook
from tests.web.post import PEOPLE, STORY, Server, Taking, outside
from tests.web.test_playbook_ticks import on, state, ticked

__all__ = ["state"]

WRITE = [{"email": {"subject": {"de": "Ihr Anliegen, {given_name}", "en": "Your request, {given_name}"}, "text": {"de": "Guten Tag {name},\n\nwir kümmern uns.", "en": "Dear {name},\n\nwe see to it."}}}]
TEN = at(2, 10)


@pytest.fixture
def post():
    handler = Taking()
    server = Server(handler, hostname="127.0.0.1", port=0)
    server.start()
    handler.port = server.server.sockets[0].getsockname()[1]
    yield handler
    server.stop()


def asked(purpose="service", steps=WRITE, name="late"):
    on(playbook(steps=steps, purpose=purpose), name)
    ticked(STORY, [TEN])


def emptied(post, now=TEN, **more):
    from kundig.sending.emptying import emptied as done

    return dict(done(now, outside=outside(post.port, **more)))


def stands():
    from kundig.state.outbox import Outbox

    return {row.enrolment.customer: (row.state, row.reason) for row in Outbox.objects.select_related("enrolment")}


def test_a_letter_of_service_reaches_whoever_has_an_address_in_the_customers_language(state, post):
    asked()
    assert emptied(post) == {"done": 2, "withheld": 1}
    assert stands() == {"ada": ("done", ""), "ben": ("done", ""), "cyd": ("withheld", "no e-mail address is known")}
    (back, to, german), (_, _, english) = post.letters
    assert (back, to, german["From"], german["Subject"], german["Content-Language"]) == ("back@example.org", "ada@example.org", "Nordwind <service@example.org>", "Ihr Anliegen, Ada", "de")
    assert german.get_body(("plain",)).get_content().replace("\r", "") == "Guten Tag Ada Ahrens,\n\nwir kümmern uns.\n\n-- \nNordwind, Hafen 1\n"
    assert (english["Subject"], english["List-Unsubscribe"]) == ("Your request, Ben", None)
    assert emptied(post, TEN + timedelta(hours=1)) == {}


def test_advertising_asks_for_consent_and_carries_the_way_out(state, post):
    asked("advertising")
    assert emptied(post) == {"done": 1, "withheld": 2}
    assert stands()["ben"] == ("withheld", "no consent to advertising")
    [(_, _, message)] = post.letters
    link = message["List-Unsubscribe"].strip(" <>")
    assert re.fullmatch(r"https://kundig\.example\.org/u/\d+:[\w-]+/", link)
    assert (message["List-Unsubscribe-Post"], link in message.get_body(("plain",)).get_content()) == ("List-Unsubscribe=One-Click", True)


def test_one_click_unsubscribes_a_look_does_not_and_it_can_be_undone(client, post):
    from django.test import Client

    from kundig.state.told import Told

    asked("advertising")
    emptied(post)
    path = post.letters[0][2]["List-Unsubscribe"].strip(" <>").removeprefix("https://kundig.example.org")
    robot = Client(headers={"host": "localhost", "accept-language": "de"}, enforce_csrf_checks=True)
    assert "Keine solchen Nachrichten mehr?" in robot.get(path).content.decode()
    again = ("advertising", WRITE, "again")
    assert robot.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [(one.said["subject"], one.said["consents"]) for one in Told.objects.filter(what="trait")] == [("ada", {"advertising": "unsubscribed"})]
    asked(*again)
    emptied(post)
    assert re.match(r"unsubscribed from advertising \(\d{4}-\d\d-\d\d\)", stands()["ada"][1])
    assert "Unsubscribe" in Client(headers={"host": "localhost", "accept-language": "en"}).post(path, {"back": "1"}).content.decode()
    assert robot.get(path.replace(":", ":x")).status_code == 404


def test_at_night_a_letter_waits_for_its_hour_without_losing_a_try_and_is_dropped_when_it_is_old(state, post):
    from kundig.state.outbox import Outbox

    asked()
    assert emptied(post, at(2, 22)) == {"waiting": 2, "withheld": 1}
    row = Outbox.objects.get(enrolment__customer="ada")
    assert (row.reason, row.next_at, row.tries) == ("waits for its hour, 08:00-20:00", at(3, 8), 0)
    assert emptied(post, at(3, 7)) == {}
    assert emptied(post, at(3, 8)) == {"done": 2}
    asked(name="again")
    assert emptied(post, at(7, 9)) == {"withheld": 3}
    assert stands()["ada"] == ("withheld", "it would have waited longer than 4 days")


def test_sundays_and_holidays_are_quiet_unless_the_company_says_otherwise():
    from kundig.settings.calendar import Calendar

    calendar, saturday = Calendar(country="DE"), at(28, 21)
    # The last Sunday of March, on which the clock changes.
    assert Contact().open_at(saturday, calendar, "Europe/Berlin") == at(30, 6)
    assert Contact(days_off=True).open_at(saturday, calendar, "Europe/Berlin") == at(29, 6)
    assert Contact().open_at(at(2, 12), calendar, "Europe/Berlin") == at(2, 12)


def test_limits_hold_over_all_playbooks_and_a_letter_that_came_back_counts_for_none(state, post):
    asked()
    asked(name="other")
    asked(name="third")
    few = Contact(caps=(Cap(most=2, within="7 days"),))
    post.refusals["ben@example.org"] = "452 4.2.2 mailbox full"
    emptied(post, contact=few)
    from kundig.state.outbox import Outbox

    of = {(row.enrolment.playbook, row.enrolment.customer): (row.state, row.reason[:38]) for row in Outbox.objects.select_related("enrolment")}
    assert [of[name, "ada"] for name in ("late", "other", "third")] == [("done", ""), ("done", ""), ("withheld", "more than 2 letters within 7 days")]
    assert of["late", "ben"] == ("waiting", "the mail server refused the address wi")


def test_an_address_that_is_gone_gets_nothing_more_a_full_one_is_tried_again(state, post):
    asked()
    post.refusals |= {"ada@example.org": "550 5.1.1 no such user", "ben@example.org": "452 4.2.2 mailbox full"}
    assert emptied(post) == {"failed": 1, "waiting": 1, "withheld": 1}
    assert stands()["ada"] == ("failed", "the mail server refused the address with 550: 5.1.1 no such user")
    post.refusals.clear()
    asked(name="again")
    later = emptied(post, TEN + timedelta(minutes=10))
    assert later == {"done": 2, "withheld": 2}
    assert {to for _, to, _ in post.letters} == {"ben@example.org"}


@pytest.mark.parametrize("answer", ["552 5.2.2 mailbox full", "550 5.7.1 we do not trust you"])
def test_a_refusal_that_is_not_about_the_address_leaves_it_as_it_is(state, post, answer):
    from kundig.state.letters import Suppressed

    asked()
    post.refusals["ada@example.org"] = answer
    emptied(post)
    assert (stands()["ada"][0], Suppressed.objects.count()) == ("failed", 0)


def test_whoever_dies_after_the_server_took_it_sends_the_same_letter_once_more(state, post, monkeypatch):
    from kundig.sending import emptying
    from kundig.state.outbox import Outbox

    asked()
    Outbox.objects.exclude(enrolment__customer="ada").delete()
    whole = emptying._settled
    monkeypatch.setattr(emptying, "_settled", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        emptied(post)
    monkeypatch.setattr(emptying, "_settled", whole)
    assert emptied(post, TEN + timedelta(seconds=1)) == {}
    assert emptied(post, TEN + timedelta(seconds=7)) == {"done": 1}
    assert len(post.letters) == 2
    assert len({message["Message-ID"] for _, _, message in post.letters}) == 1


def test_without_a_server_that_answers_a_letter_waits_and_says_so(state):
    from kundig.sending.emptying import emptied as done

    asked()
    assert dict(done(TEN, outside=outside(9))) == {"waiting": 2, "withheld": 1}
    assert stands()["ada"] == ("waiting", "the mail server 127.0.0.1 could not be reached: ConnectionRefusedError")


def test_no_more_go_out_in_a_minute_than_the_company_allows(state, post):
    asked()
    assert emptied(post, a_minute=1) == {"done": 1, "waiting": 1, "withheld": 1}
    assert emptied(post, TEN + timedelta(seconds=30), a_minute=1) == {}
    assert emptied(post, TEN + timedelta(seconds=61), a_minute=1) == {"done": 1}


def test_a_name_is_text_and_ends_no_header_and_no_page(state, post):
    asked()
    odd = [{**PEOPLE[0], "given_name": "Ada\r\nBcc: eve@example.org", "family_name": "<b>Bold</b>"}]
    emptied(post, people=odd)
    [(_, _, message)] = post.letters
    assert (message["Bcc"], message["Subject"]) == (None, "Ihr Anliegen, Ada Bcc: eve@example.org")
    assert "<b>Bold" not in message.get_body(("html",)).get_content()


def test_what_is_over_is_not_written_any_more(state, post):
    on(playbook(steps=WRITE, purpose="service", goal="order"))
    story = [*STORY, ("ada", "order", "2026-03-02T23:00")]
    ticked(story, [TEN])
    assert emptied(post, at(2, 21)) == {"waiting": 2, "withheld": 1}
    from kundig.state.enrolments import Enrolment

    Enrolment.objects.filter(customer="ada").update(state="goal", ended_at=at(2, 23))
    assert emptied(post, at(3, 8)) == {"done": 1, "withheld": 1}
    assert stands()["ada"] == ("withheld", "the goal was reached before it could go out")


def came_back(folder, message_id, code="5.1.1", action="failed"):
    report = EmailMessage()
    report["Subject"], report["From"] = "Undelivered Mail Returned to Sender", "MAILER-DAEMON@mail.example.org"
    report.set_content("It could not be delivered.")
    report.make_mixed()
    status = Message()
    status["Content-Type"] = "message/delivery-status"
    first, second, original = Message(), Message(), EmailMessage()
    first["Reporting-MTA"] = "dns; mail.example.org"
    second["Final-Recipient"], second["Action"], second["Status"] = "rfc822; ada@example.org", action, code
    status.set_payload([first, second])
    original["Message-ID"] = message_id
    original.set_content("…")
    enclosed = Message()
    enclosed["Content-Type"] = "message/rfc822"
    enclosed.set_payload([original])
    report.attach(status)
    report.attach(enclosed)
    mailbox.Maildir(folder, create=True).add(report)


def test_a_letter_that_comes_back_is_written_down_and_its_address_gets_nothing_more(state, post, tmp_path):
    from kundig.sending.returned import returned

    asked()
    emptied(post)
    box = tmp_path / "back"
    came_back(box, post.letters[0][2]["Message-ID"], action="delayed")
    came_back(box, "<guessed@example.org>")
    assert returned(box, at(3)) == 0
    came_back(box, post.letters[0][2]["Message-ID"])
    assert (returned(box, at(3)), returned(box, at(3))) == (1, 0)
    assert stands()["ada"] == ("failed", "the letter came back: 5.1.1")
    asked(name="again")
    emptied(post, TEN + timedelta(hours=1))
    assert stands()["ada"] == ("withheld", "the address is gone: a letter came back (2026-03-03)")


def test_what_was_written_is_in_the_journal_at_once(state, post, tmp_path):
    import duckdb

    from kundig.ingest.arrivals import translated
    from kundig.sending.telling import passed_on
    from kundig.settings.company import Company
    from kundig.sources.live.live import Live
    from kundig.store.inbox.sqlite import SqliteInbox

    asked()
    emptied(post)
    inbox = SqliteInbox(tmp_path / "inbox.sqlite3")
    assert (passed_on(inbox), passed_on(inbox)) == (2, 0)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        found = translated(con, inbox.pending(), Live(), Company(name="Nordwind"), inbox.secret)
        rows = con.execute(f"SELECT subject, kind, touchpoint, channel, language, known_at = occurred_at, properties['purpose'] FROM ({' UNION ALL '.join(found.events)}) ORDER BY subject").fetchall()
    inbox.close()
    assert (found.dead, rows) == ([], [("ada", "message_out", "playbook.late", "email", "de", True, "service"), ("ben", "message_out", "playbook.late", "email", "en", True, "service")])


def test_a_playbook_that_writes_says_what_for():
    with pytest.raises(ValueError, match="say what for, such as `purpose: service`"):
        playbook(steps=WRITE)

"""Points, offers and traits are words in the journal; a message to colleagues goes through Apprise, and says why when it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.playbooks.test_simulation import at, playbook
from tests.web.post import PEOPLE, STORY, outside
from tests.web.test_playbook_ticks import on, state, ticked

__all__ = ["state"]

# Apprise's MQTT client asks for a module that Python 3.13 has no longer; it copes without.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

SAY = [
    {"points": {"points": 500, "reason": {"de": "Entschuldigung", "en": "Sorry"}}},
    {"offer": {"name": "SORRY10", "worth": 10, "holds": "30 days"}},
    {"set": {"trait": "apologised", "value": "yes"}},
    {"set": {"trait": "segment", "value": "delicate"}},
]
TEN = at(2, 10)


def test_points_an_offer_and_a_trait_are_told_to_the_journal_once(state, tmp_path):
    import duckdb

    from kundig.ingest.arrivals import translated
    from kundig.sending.telling import passed_on
    from kundig.settings.company import Company
    from kundig.sources.live.live import Live
    from kundig.store.inbox.sqlite import SqliteInbox

    on(playbook(steps=SAY))
    ticked(STORY[:1], [TEN, TEN + timedelta(hours=1)])
    inbox = SqliteInbox(tmp_path / "inbox.sqlite3")
    assert passed_on(inbox) == 4
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        found = translated(con, inbox.pending(), Live(), Company(name="Nordwind"), inbox.secret)
        events = con.execute(f"SELECT subject, kind, quantity, product, amount, currency, properties['reason'], properties['until'] FROM ({found.events[0]}) ORDER BY kind").fetchall()
        traits = con.execute(f"SELECT subject, segment, properties FROM ({found.traits[0]}) ORDER BY segment NULLS LAST").fetchall()
    inbox.close()
    assert [(*row[:4], row[4] and float(row[4]), *row[5:]) for row in events] == [
        ("ada", "offer", None, "SORRY10", 10.0, "EUR", None, "2026-04-01T10:00:00+00:00"), ("ada", "points", 500.0, None, None, None, "Sorry", None),
    ]  # fmt: skip
    assert traits == [("ada", "delicate", None), ("ada", None, {"apologised": "yes"})]


def chatted(now=TEN):
    from kundig.sending.emptying import emptied
    from kundig.state.outbox import Outbox

    emptied(now, outside=outside(9, people=PEOPLE))
    row = Outbox.objects.get()
    return row.state, row.reason


def test_a_message_to_colleagues_goes_to_the_channel_of_the_variable(state, monkeypatch):
    on(playbook(steps=[{"chat": {"to": "KUNDIG_CHAT_SERVICE", "text": {"de": "{name} wartet", "en": "{name} waits"}}}]))
    ticked(STORY[:1], [TEN])
    monkeypatch.delenv("KUNDIG_CHAT_SERVICE", raising=False)
    assert chatted() == ("waiting", "the environment variable KUNDIG_CHAT_SERVICE with the address of the channel is not set")
    monkeypatch.setenv("KUNDIG_CHAT_SERVICE", "json://127.0.0.1:9/")
    import apprise

    sent, taken = [], [False, True]
    monkeypatch.setattr(apprise.Apprise, "notify", lambda self, body, **_: (sent.append((self.urls(privacy=True), body)), taken.pop(0))[1])
    assert chatted(TEN + timedelta(minutes=10)) == ("waiting", "the channel of KUNDIG_CHAT_SERVICE did not take the message")
    assert chatted(TEN + timedelta(hours=2)) == ("done", "")
    assert [body for _, body in sent] == ["Ada Ahrens waits"] * 2


def test_an_address_that_apprise_does_not_know_is_given_up_in_words(state, monkeypatch):
    on(playbook(steps=[{"chat": {"to": "KUNDIG_CHAT_SERVICE", "text": "{name}"}}]))
    ticked(STORY[:1], [TEN])
    monkeypatch.setenv("KUNDIG_CHAT_SERVICE", "nothing at all")
    assert chatted() == ("failed", "KUNDIG_CHAT_SERVICE holds no address that Apprise knows")

"""The outbox: each row is sent once as far as the other side allows, and every refusal is written down."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from kundig.sending.webhook import Answer
from tests.playbooks.test_simulation import at, playbook
from tests.web.test_playbook_ticks import on, state, ticked

__all__ = ["state"]

HOOK = [{"webhook": {"url": "https://hooks.example.org/in"}}]
DONE, AGAIN, GONE = Answer(done=True, again=False, reason=""), Answer(done=False, again=True, reason="it answered 500"), Answer(done=False, again=False, reason="it answered 410")


def waiting():
    """One message that waits since the second of March."""
    on(playbook(steps=HOOK))
    ticked([("ada", "complaint", "2026-03-01")], [at(2)])


def emptied(answer, now, said=None):
    from kundig.sending.emptying import emptied as done

    def post(webhook, message_id, data, then):
        if said is not None:
            said.append((webhook.url, message_id, data))
        if isinstance(answer, Exception):
            raise answer
        return answer

    return dict(done(now, post, Random(7)))


def stands():
    from kundig.state.outbox import Outbox

    row = Outbox.objects.get()
    return row.state, row.reason, row.tries


def test_what_is_taken_is_done_and_is_not_sent_again(state):
    waiting()
    said = []
    assert emptied(DONE, at(2), said) == {"done": 1}
    assert emptied(DONE, at(3), said) == {}
    [(url, message_id, data)] = said
    assert url == "https://hooks.example.org/in"
    assert message_id.startswith("msg_")
    assert {name: data["data"][name] for name in ("playbook", "version", "step", "customer")} == {"playbook": "late", "version": 1, "step": "1", "customer": "ada"}


def test_what_fails_is_tried_again_later_and_later_under_the_same_id_and_given_up_in_words(state):
    from kundig.state.outbox import Outbox

    waiting()
    said, pauses = [], []
    for _ in range(20):
        if stands()[0] != "waiting":
            break
        due = Outbox.objects.get().next_at
        emptied(AGAIN, due, said)
        pauses.append(Outbox.objects.get().next_at - due)
    assert stands() == ("failed", "it answered 500", 10)
    assert len({message_id for _, message_id, _ in said}) == 1
    assert pauses == sorted(pauses)
    assert timedelta(seconds=5) <= pauses[0] <= timedelta(seconds=6)


def test_a_receiver_that_is_gone_gets_nothing_more(state):
    waiting()
    assert emptied(GONE, at(2)) == {"failed": 1}
    assert stands() == ("failed", "it answered 410", 1)
    assert emptied(DONE, at(9)) == {}


def test_whoever_dies_while_sending_has_it_sent_again_under_the_same_id(state):
    waiting()
    said = []
    with pytest.raises(RuntimeError):
        emptied(RuntimeError("the power went"), at(2), said)
    assert emptied(DONE, at(2), said) == {}
    assert emptied(DONE, at(2) + timedelta(seconds=7), said) == {"done": 1}
    assert [message_id for _, message_id, _ in said] == [said[0][1]] * 2


def test_without_the_secret_it_waits_and_says_so(state, monkeypatch):
    from kundig.sending.emptying import emptied as done

    monkeypatch.delenv("KUNDIG_WEBHOOK_SECRET", raising=False)
    waiting()
    assert dict(done(at(2))) == {"waiting": 1}
    assert stands()[1] == "the environment variable KUNDIG_WEBHOOK_SECRET with the signing secret is not set"


def test_a_version_that_was_replaced_still_says_where_its_messages_go(state):
    waiting()
    on(playbook(steps=[{"end": True}]), when=at(3))
    said = []
    assert emptied(DONE, at(4), said) == {"done": 1}
    assert said[0][2]["data"]["version"] == 1

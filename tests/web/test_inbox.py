"""The inbox: what was written and nobody has answered, by mood, reach and theme; the reply is known to the journal at once."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from kundig.customers import posts
from kundig.definition import validated
from kundig.errors import ConfigError
from kundig.journal import told
from kundig.playbooks.replies import Replies, drafted, offered, templates
from tests.playbooks.test_simulation import at
from tests.web.test_playbook_ticks import state

__all__ = ["state"]

POST = {"event_id": "p1", "customer_id": "ada", "subject": "social:@ada", "touchpoint": "public.post", "department": "marketing", "channel": "social", "language": "de"}


def wrote(event_id, who="ada", day=1, **more):
    return {"event_id": event_id, "subject": who, "kind": "post", "touchpoint": "public.post", "occurred_at": f"2026-03-{day:02}", "text": f"The parcel of {event_id} is late", **more}


def ids(events, **more):
    return posts(told(events), **more).to_pyarrow()["event_id"].to_pylist()


def test_posts_and_feedback_with_words_wait_the_newest_first_and_nothing_else_does():
    story = [
        wrote("old", day=1), wrote("new", "ben", 3), wrote("score", "cyd", 2, kind="feedback", metric="csat", score=1), wrote("dumb", day=2, kind="feedback", metric="csat", score=1, text=None),
        wrote("own", day=2, kind="feedback", metric="enps", score=1), wrote("ours", day=2, kind="message_out"), wrote("blank", day=2, text=" "),
    ]  # fmt: skip
    assert ids(story) == ["new", "score", "old"]


def test_what_an_event_answers_has_left_whoever_sent_it_and_comes_back_when_that_is_withdrawn():
    reply = {"event_id": "r", "subject": "ada", "kind": "message_out", "occurred_at": "2026-03-04", "properties": {"answers": "p1"}}
    story = [wrote("p1"), wrote("p2"), reply]
    assert ids(story) == ["p2"]
    assert ids([*story, {**reply, "kind": "withdrawn", "known_at": "2026-03-05"}]) == ["p1", "p2"]
    assert posts(told(story).as_of("2026-03-03")).to_pyarrow()["event_id"].to_pylist() == ["p1", "p2"]


def test_days_count_back_from_what_has_happened_and_not_from_what_is_planned():
    planned = wrote("planned", occurred_at="2027-01-01", known_at="2026-03-10")
    assert ids([wrote("far", day=1), wrote("near", day=9), wrote("last", day=10), planned], days=7) == ["planned", "last", "near"]


def test_reach_mood_and_address_are_what_the_source_says_and_nothing_is_made_up():
    story = [
        wrote("seen", day=5, properties={"reach": "1200", "url": "https://forum.example/1"}, quantity=3), wrote("liked", day=4, quantity=7), wrote("odd", day=3, properties={"reach": "many", "url": "javascript:alert(1)"}),
        wrote("rated", day=2, kind="feedback", metric="stars", score=1, quantity=9),
    ]  # fmt: skip
    rows = posts(told(story)).to_pyarrow().to_pylist()
    assert [(row["event_id"], row["reach"], row["mood"], row["address"]) for row in rows] == [("seen", 1200.0, None, "https://forum.example/1"), ("liked", 7.0, None, None), ("odd", None, None, None), ("rated", None, "negative", None)]


def test_a_pinned_theme_is_the_theme():
    from kundig.settings import Settings

    settings = Settings.model_validate({"texts": {"themes": {"Delivery": {"words": ["parcel"]}}}})
    assert posts(told([wrote("p1")], settings=settings)).to_pyarrow()["theme"].to_pylist() == ["Delivery"]


def test_of_very_many_the_newest_are_given_and_the_others_counted():
    rows = posts(told([wrote(f"p{day}", day=day) for day in range(1, 8)]), most=3).to_pyarrow().to_pylist()
    assert [(row["event_id"], row["more"]) for row in rows] == [("p7", 4), ("p6", 4), ("p5", 4)]
    assert posts(told([])).to_pyarrow().to_pylist() == []


def test_in_public_nobody_is_named_and_else_the_draft_speaks_the_language_of_who_wrote():
    known = templates(Path("/nowhere"))
    assert "sorry_named" not in offered(known, "negative", public=True)
    values = {"name": "Ada {segment}", "day": "2026-03-01"}
    assert drafted(known["thanks_named"], values, "de", otherwise="en", public=False) == "Guten Tag Ada {segment},\n\nvielen Dank, dass Sie sich am 2026-03-01 die Zeit für eine Rückmeldung genommen haben."
    assert drafted(known["thanks_named"], values, "fr", otherwise="en", public=False).startswith("Dear Ada")
    assert "Ada" not in drafted(known["thanks_named"], values, "en", otherwise="en", public=True)


def test_own_templates_stand_beside_and_wrong_ones_are_refused_in_words(tmp_path):
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "ours.yaml").write_text("replies:\n  thanks: {title: Ours, text: Merci}\n", encoding="utf-8")
    assert templates(tmp_path)["thanks"].text == {"de": "Merci", "en": "Merci"}
    with pytest.raises(ConfigError, match="nmae"):
        validated(Replies, {"replies": {"thanks": {"title": "Ours", "text": "Dear {nmae}"}}})


def said():
    from kundig.state.told import Told

    return [(row.said["event_id"].partition(":")[0], row.said["subject"], row.said["kind"], row.said["touchpoint"], row.said.get("text"), row.said.get("properties")) for row in Told.objects.filter(source="work")]


def test_of_two_who_answer_one_does_and_it_can_be_taken_back_and_answered_anew(state):
    from kundig.state.replying import Reply, none_needed, replied, taken_back, taken_up
    from kundig.state.told import Told

    assert (taken_up(POST, "Axel"), taken_up(POST, "Axel"), taken_up(POST, "Lisa")) == (True, True, False)
    assert (replied(POST, "Sorry", "Axel", at(3)), replied(POST, "Thanks", "Lisa", at(3))) == (True, False)
    assert none_needed(POST, "spam", "Lisa", at(3)) is False
    first = ("reply", "social:@ada", "message_out", "public.post", "Sorry", {"answers": "p1"})
    assert said() == [first]
    one = Reply.objects.get()
    assert (taken_back(one, at(4)), taken_back(one, at(4))) == (True, False)
    assert said() == [first, ("reply", "social:@ada", "withdrawn", "public.post", None, {"answers": "p1"})]
    assert replied(POST, "Better", "Lisa", at(5)) is True
    # Three versions of one event.
    assert (len({row.said["event_id"] for row in Told.objects.all()}), len({row.key for row in Told.objects.all()})) == (1, 3)


def test_what_needs_no_answer_is_told_to_nobody(state):
    from kundig.state.replying import Reply, none_needed, taken_back

    assert none_needed(POST, "spam", "Axel", at(3)) is True
    assert taken_back(Reply.objects.get(), at(4)) is True
    assert said() == []


def test_counts_are_what_their_filters_list(client):
    axel = client("axel")
    whole = axel.get("/inbox/?days=90").context
    assert whole["n"] > 0
    for facet, _title, options in whole["facets"]:
        assert sum(option["n"] for option in options) == whole["n"]
        assert [axel.get("/inbox/", {"days": 90, facet: option["value"]}).context["n"] for option in options[:2]] == [option["n"] for option in options[:2]]
    by_reach = [row["reach"] or -1 for row in axel.get("/inbox/?days=90&order=reach").context["pages"]]
    assert by_reach == sorted(by_reach, reverse=True)


def test_what_else_can_be_chosen_is_counted_under_the_other_filters(client):
    whole = {facet: {one["value"]: one["n"] for one in options} for facet, _title, options in client("axel").get("/inbox/?days=all").context["facets"]}
    mood = next(iter(whole["mood"]))
    chosen = client("axel").get(f"/inbox/?days=all&mood={mood}").context
    found = {facet: {one["value"]: one["n"] for one in options} for facet, _title, options in chosen["facets"]}
    assert len(whole["mood"]) > 1
    assert found["mood"] == whole["mood"]
    assert [sum(found[facet].values()) for facet in ("theme", "kind", "who")] == [chosen["n"]] * 3


def test_a_reply_is_in_the_journal_at_once_leaves_the_inbox_and_comes_back_by_undo(client, monkeypatch):
    from kundig.state.marks import mark_of
    from kundig.state.replying import Reply
    from kundig.web.desk import desk

    axel = client("axel", "de")
    # All tests of the pages share one journal: another may have written an answer of today, and nothing of this one is to be of today.
    posts = "/inbox/?days=all&kind=post"
    whole = axel.get(posts).context
    row = whole["pages"][0]
    seconds = count()
    monkeypatch.setattr("django.utils.timezone.now", lambda: row["occurred_at"] + timedelta(seconds=next(seconds)))
    there = {"event": row["event_id"], "days": "all"}
    page = axel.get("/inbox/post/", {**there, "template": "thanks"})
    assert (page.context["public"], page.context["text"].startswith(("Vielen Dank", "Thank you"))) == (True, True)
    address = f"/inbox/post/?{page.request['QUERY_STRING']}"
    assert axel.post(address, {"take": 1}, follow=True).context["row"]["mine"] is True
    assert "Schreiben Sie" in axel.post(address, {"text": " "}, follow=True).content.decode()
    done = axel.post(address, {"text": "<b>Danke</b> sehr"}, follow=True)
    assert (axel.get(posts).context["n"], "Die Antwort ist festgehalten." in done.content.decode(), "<b>Danke" in done.content.decode()) == (whole["n"] - 1, True, False)
    axel.post(address, {"text": "Noch einmal"}, follow=True)
    assert axel.get(posts).context["n"] == whole["n"] - 1

    def known():
        events = desk().workspace.journal.events
        return events.filter(events.event_id == f"reply:{mark_of(row['event_id'])}").select("kind", "text").to_pyarrow().to_pylist()

    assert known() == [{"kind": "message_out", "text": "<b>Danke</b> sehr"}]
    assert axel.post(f"/inbox/{Reply.objects.get().pk}/undo/").status_code == 302
    assert {"kind": "withdrawn", "text": None} in known()
    assert axel.get(posts).context["n"] == whole["n"]
    assert {"kind": "withdrawn", "text": None} in known()


def test_whoever_has_a_department_sees_what_was_written_to_it_alone(client):
    from kundig.state.replying import Reply, replied

    replied(POST, "Sorry", "Axel", at(3))
    lisa = client("lisa")
    assert {row["department"] for row in lisa.get("/inbox/?days=90").context["pages"]} <= {"billing"}
    assert lisa.post(f"/inbox/{Reply.objects.get().pk}/undo/").status_code == 404


def test_feedback_is_answered_by_name(client):
    axel = client("axel")
    rows = axel.get("/inbox/?days=90&kind=feedback").context["pages"].object_list
    row = next(one for one in rows if one["channel"] != "social" and one["customer_id"])
    axel.get("/inbox/post/", {"event": row["event_id"], "days": 90})
    page = axel.get("/inbox/post/", {"event": row["event_id"], "days": 90, "template": "sorry_named"})
    assert page.context["public"] is False
    assert page.context["text"].startswith(("Guten Tag ", "Dear "))

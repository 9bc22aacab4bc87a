"""Surveys from the invitation to the answer: who is asked, who is not and why, one answer each, and the journal knows it at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from kundig.definition import validated
from kundig.errors import ConfigError
from kundig.surveys.survey import Survey, missing, ready
from tests.playbooks.test_simulation import at, playbook
from tests.web.post import PEOPLE, STORY, outside
from tests.web.test_mail import TEN, post
from tests.web.test_playbook_ticks import on, state, ticked

__all__ = ["post", "state"]

YES = [{**one, "consents": {"survey": "yes"}} for one in PEOPLE]
ASK = [{"survey": {"survey": "short"}}]


def survey(**more):
    texts = {"title": "Short", "owner": "cx", "touchpoint": "survey.short", "thanks": "Thank you", "invitation": {"subject": "A question", "text": "Dear {name},\n\nhow was it?"}, "on": True, "closes": "9000 days"}
    questions = [
        {"key": "score", "kind": "nps", "ask": {"de": "Wie wahrscheinlich?", "en": "How likely?"}},
        {"key": "why", "kind": "text", "ask": "Why?"},
        {"key": "about", "kind": "multiple", "ask": "What about?", "options": {"price": "Price", "speed": "Speed"}},
    ]
    return Survey.model_validate({**texts, "questions": questions, **more})


def kept(of, name="short"):
    from kundig.state.surveys import applied_survey

    return applied_survey(name, of, "ada", at(1))[0]


def went(post, now=TEN, people=YES, story=STORY, **more):
    from kundig.sending.rounds import rounded

    return rounded(outside(post.port, people=people, story=story, **more), None, now)


def ledger():
    from kundig.state.invitations import Invitation

    return {one.customer: (one.state, one.reason) for one in Invitation.objects.all()}


def told():
    from kundig.state.told import Told

    return [(one.said["subject"], one.said["kind"], one.said.get("metric"), one.said.get("score"), one.said.get("text"), one.said["event_id"].partition(":")[0]) for one in Told.objects.filter(source="surveys")]


def begun(post, of=None, **more):
    kept(of or survey())
    on(playbook(steps=ASK))
    ticked(STORY, [TEN])
    return went(post, **more)


def links(post):
    return re.findall(r"https://kundig\.example\.org(/s/\S+)", post.letters[0][2].get_body(("plain",)).get_content())


def test_a_playbook_asks_by_letter_and_the_ledger_says_who_was_not_asked_and_why(state, post):
    from kundig.state.outbox import Outbox

    begun(post)
    assert ledger() == {"ada": ("asked", ""), "ben": ("asked", ""), "cyd": ("suppressed", "no e-mail address is known")}
    assert sorted(told()) == [(who, "invitation", "nps", None, None, "invitation") for who in ("ada", "ben")]
    assert [link[-4:] for link in links(post)] == [f"?a={n}"[-4:] for n in range(11)]
    assert {row.enrolment.customer: (row.state, row.reason) for row in Outbox.objects.all()}["cyd"] == ("withheld", "no e-mail address is known")
    assert post.letters[0][2]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_without_consent_nobody_is_asked(state, post):
    begun(post, people=PEOPLE)
    assert ledger()["ben"] == ("suppressed", "no consent to survey")


def browser(language="en"):
    from django.test import Client

    return Client(headers={"host": "localhost", "accept-language": language}, enforce_csrf_checks=True)


def test_looking_answers_nothing_a_post_counts_and_each_answer_is_kept_at_once(client, post):
    begun(post)
    nine = links(post)[9]
    page = browser().get(nine)
    assert 'value="9" checked' in page.content.decode()
    assert browser().head(nine).status_code == 200
    assert (ledger()["ada"], page.cookies, "<script" in page.content.decode()) == (("asked", ""), {}, False)
    path = nine.partition("?")[0]
    answered = browser().post(path, {"q": "score", "a": "9"})
    assert answered.headers["Location"] == f"{path}?l=en&q=why"
    from kundig.state.invitations import Invitation

    one = Invitation.objects.get(customer="ada")
    assert (one.state, one.answers["score"]["value"]) == ("begun", 9)
    assert browser().post(path, {"q": "why", "a": "You called back."}).status_code == 302
    done = browser().post(path, {"q": "about", "a": ["speed", "price"]})
    assert "Thank you" in browser().get(done.headers["Location"]).content.decode()
    one.refresh_from_db()
    assert (one.state, one.answers["about"]["value"]) == ("answered", ["price", "speed"])
    # The page has told the journal: nothing waits any more.
    assert told() == []


def test_one_invitation_has_one_answer_and_until_then_it_can_be_corrected(client, post):
    begun(post)
    path = links(post)[0].partition("?")[0]
    for answer in ({"q": "why", "a": "Too slow"}, {"q": "score", "a": "3"}, {"q": "score", "a": "4"}, {"q": "about", "a": ["price"]}):
        browser().post(path, answer)
    assert "This survey is closed." not in browser().get(path).content.decode()
    again = browser().post(path, {"q": "score", "a": "10"})
    assert again.status_code == 200
    from kundig.state.invitations import Invitation

    assert Invitation.objects.get(customer="ada").answers["score"]["value"] == 4


@pytest.mark.parametrize("given", ["11", "-1", "nine", "٣", "9; drop"])
def test_what_is_no_answer_is_refused_and_changes_nothing(client, post, given):
    begun(post)
    path = links(post)[0].partition("?")[0]
    refused = browser("de").post(path, {"q": "score", "a": given})
    assert (refused.status_code, "Bitte wählen Sie eine Antwort." in refused.content.decode(), ledger()["ada"]) == (422, True, ("asked", ""))


def test_a_link_that_was_not_made_here_leads_nowhere(client, post):
    begun(post)
    path = links(post)[0].partition("?")[0]
    number = re.search(r"/s/(\d+):", path)[1]
    assert browser().get(path.replace(f"/{number}:", f"/{int(number) + 1}:")).status_code == 404


def test_what_the_journal_hears_is_one_event_a_question_and_a_text_belongs_to_the_score_before_it(state, post):
    from kundig.state.invitations import Invitation, answer

    begun(post)
    one = Invitation.objects.get(customer="ada")
    of = one.version.survey
    for key, value, minute in (("score", 2, 1), ("why", "Too slow", 2), ("score", 3, 3), ("about", ["price"], 4)):
        one = answer(one, of.question(key), value, TEN + timedelta(minutes=minute), language="en")
    assert [row for row in told() if row[5] == "answer"] == [
        ("ada", "feedback", "nps", 2, None, "answer"), ("ada", "feedback", "nps", 2, "Too slow", "answer"), ("ada", "feedback", "nps", 3, "Too slow", "answer"), ("ada", "answer", None, None, None, "answer"),
    ]  # fmt: skip
    from kundig.state.told import Told

    events = [(one.said["event_id"], one.said["properties"]) for one in Told.objects.filter(key__startswith="answer:")]
    assert len({name for name, _ in events[:3]}) == 1
    assert events[3][1] == {"asked_by": "short", "question": "about", "answer": "price"}


def test_both_rests_hold_this_survey_and_all_of_every_system(state, post):
    begun(post)
    kept(survey(), "other")
    on(playbook(steps=ASK), "again")
    on(playbook(steps=[{"survey": {"survey": "other"}}]), "other")
    ticked(STORY, [at(3, 10)])
    story = [*STORY, {"subject": "cyd", "kind": "invitation", "occurred_at": at(1), "source": "tool"}]
    people = [*YES[:2], {**YES[2], "email": "cyd@example.org"}]
    went(post, now=at(3, 10), people=people, story=story)
    from kundig.state.invitations import Invitation

    found = {(one.survey, one.customer): one.reason for one in Invitation.objects.exclude(key__startswith="late:")}
    assert found == {
        ("short", "ada"): "asked this survey within 90 days", ("short", "ben"): "asked this survey within 90 days", ("short", "cyd"): "asked another survey within 30 days",
        ("other", "ada"): "asked another survey within 30 days", ("other", "ben"): "asked another survey within 30 days", ("other", "cyd"): "asked another survey within 30 days",
    }  # fmt: skip


def test_the_lot_says_whom_to_ask_and_falls_on_its_share():
    of = survey(sample=0.25)
    drawn = [of.drawn("short", f"late:{n}") for n in range(4000)]
    # Four standard errors around a quarter.
    assert abs(sum(drawn) / 4000 - 0.25) < 4 * (0.25 * 0.75 / 4000) ** 0.5
    assert drawn == [of.drawn("short", f"late:{n}") for n in range(4000)]


def test_when_enough_have_answered_nobody_more_is_asked(state, post):
    from kundig.state.invitations import Invitation

    version = kept(survey(quota={"most": 1, "within": "30 days"}))
    Invitation.objects.create(version=version, survey="short", key="before", customer="dot", channel="email", at=at(1), asked_at=at(1), answered_at=at(2), state="answered")
    on(playbook(steps=ASK))
    ticked(STORY, [TEN])
    went(post)
    assert ledger()["ada"] == ("suppressed", "enough have answered: 1 within 30 days")


def test_whoever_has_not_answered_is_reminded_once_and_the_invitation_closes(client, post):
    begun(post, survey(reminders=["3 days"], closes="14 days"))
    path = links(post)[0].partition("?")[0]
    from kundig.state.invitations import Invitation, answer

    ben = Invitation.objects.get(customer="ben")
    answer(ben, ben.version.survey.questions[0], 5, at(3), language="en")
    assert went(post, now=at(5, 9)) == {}
    assert went(post, now=at(5, 11))["reminded"] == 1
    assert [(to, message["Subject"]) for _, to, message in post.letters] == [("ada@example.org", "A question"), ("ben@example.org", "A question"), ("ada@example.org", "Erinnerung: A question")]
    went(post, now=at(17, 11))
    assert {name: one[0] for name, one in ledger().items()} == {"ada": "closed", "ben": "answered", "cyd": "suppressed"}
    assert "This survey is closed." in browser().get(path).content.decode()


def test_a_letter_that_comes_back_is_bounced_in_the_ledger(state, post, tmp_path):
    from kundig.sending.returned import returned
    from tests.web.test_mail import came_back

    begun(post)
    came_back(tmp_path / "back", post.letters[0][2]["Message-ID"])
    returned(tmp_path / "back", at(3))
    assert ledger()["ada"] == ("bounced", "the letter came back: 5.1.1")


def test_a_link_for_everybody_makes_an_answer_of_nobody_known(client):
    from kundig.state.invitations import Invitation, open_token

    kept(survey(touchpoint="shop.exit"))
    address = f"/s/open/{open_token('short', 'qr')}/"
    assert browser().get(address).status_code == 200
    assert Invitation.objects.count() == 0
    onward = browser().post(address, {"q": "score", "a": "7"}).headers["Location"]
    assert browser().post(onward.partition("?")[0], {"q": "why", "a": "x"}).status_code == 302
    one = Invitation.objects.get()
    assert (one.customer, one.channel, one.answers["score"]["value"]) == ("", "qr", 7)
    assert browser().get(f"/s/open/{open_token('gone', 'qr')}/").status_code == 404


def test_the_answer_is_an_event_in_the_journal_as_soon_as_it_is_posted(client, post):
    from kundig.web.desk import desk

    begun(post)
    path = links(post)[0].partition("?")[0]
    browser().post(path, {"q": "score", "a": "6"})
    from kundig.state.invitations import Invitation

    mark = Invitation.objects.get(customer="ada").mark
    events = desk().workspace.journal.events
    rows = events.filter(events.event_id == f"answer:{mark}:score").select("subject", "metric", "score", "touchpoint").to_pyarrow().to_pylist()
    assert rows == [{"subject": "ada", "metric": "nps", "score": 6.0, "touchpoint": "survey.short"}]


def test_ready_surveys_speak_both_languages():
    assert missing(ready()) == []


@pytest.mark.parametrize(("question", "words"), [
    ({"key": "a", "kind": "single", "ask": "?", "options": {"x": "X"}}, "needs at least two, found 1"),
    ({"key": "a", "kind": "npss", "ask": "?"}, "Input should be"),
    ({"key": "a", "kind": "text", "ask": "?", "low": "no"}, "go with a scale"),
])  # fmt: skip
def test_a_survey_that_cannot_be_meant_is_refused_in_words(question, words):
    with pytest.raises(ConfigError, match=words):
        validated(Survey, {**survey().model_dump(by_alias=True, exclude_defaults=True), "questions": [question]})


def test_owners_write_surveys_with_a_history_and_see_who_was_asked_and_who_was_not(client, post):
    from kundig.state.surveys import newest_survey

    begun(post)
    cora = client("cora", "de")
    assert [(row["name"], row["asked"], row["answered"], row["not_asked"]) for row in cora.get("/surveys/").context["rows"]] == [("short", 2, 0, 1)]
    page = cora.get("/surveys/short/")
    assert page.context["ledger"] == [("asked", "", 2), ("suppressed", "no e-mail address is known", 1)]
    assert "nicht gefragt" in page.content.decode()
    text = cora.get("/surveys/short/edit/").context["text"]
    refused = cora.post("/surveys/short/edit/", {"text": text.replace("kind: nps", "kind: npss"), "keep": "1"})
    assert (refused.status_code, newest_survey("short").number) == (422, 1)
    cora.post("/surveys/short/edit/", {"text": text.replace("owner: cx", "owner: eva"), "keep": "1"})
    assert (newest_survey("short").number, newest_survey("short").survey.owner) == (2, "eva")
    cora.post("/surveys/short/versions/1/restore/")
    assert (newest_survey("short").number, newest_survey("short").survey.owner) == (3, "cx")
    for name, of in ready().items():
        given = cora.get(f"/surveys/{name}/edit/").context["text"]
        assert cora.post(f"/surveys/{name}/edit/", {"text": given, "keep": "1"}).status_code == 302
        assert newest_survey(name).survey == of


def test_outside_the_survey_is_links_alone_and_a_picture_that_leads_to_it():
    from kundig.web.snippets import code, snippet

    link = "https://kundig.example.org/s/open/short~qr:x/"
    text = snippet(survey(title="<b>"), link, "de")
    assert (text.count("<a "), "<script" in text, "Wie wahrscheinlich?" in text, f"{link}?l=de&amp;a=10" in text) == (11, False, True, True)
    assert code(link).startswith("<svg")


def test_of_each_group_as_many_are_asked_as_its_quota_says(state, post):
    from kundig.state.invitations import Invitation, filled

    people = [{**one, "segment": segment, "email": f"{one['subject']}@example.org"} for one, segment in zip(YES, ("gold", "gold", None), strict=True)]
    of = survey(quota={"most": 5, "within": "30 days", "by": "segment", "each": {"gold": 1}})
    version = kept(of)
    Invitation.objects.create(version=version, survey="short", key="before", customer="dot", channel="email", part="gold", at=at(1), asked_at=at(1), answered_at=at(2), state="answered")
    Invitation.objects.create(version=version, survey="short", key="other", customer="eve", channel="email", part="basic", at=at(1), asked_at=at(1), answered_at=at(2), state="answered")
    on(playbook(steps=ASK))
    ticked(STORY, [TEN])
    went(post, people=people)
    found = ledger()
    assert {who: found[who] for who in ("ada", "ben", "cyd")} == {"ada": ("suppressed", "enough have answered with segment gold: 1 within 30 days"), "ben": ("suppressed", "enough have answered with segment gold: 1 within 30 days"), "cyd": ("asked", "")}
    assert filled("short", of.quota, TEN) == [("basic", 1, 5), ("gold", 1, 1)]
    from kundig.state.invitations import answer

    cyd = Invitation.objects.get(customer="cyd")
    answer(cyd, of.questions[0], 9, TEN, language="en")
    assert filled("short", of.quota, TEN) == [("", 1, 5), ("basic", 1, 5), ("gold", 1, 1)]


@pytest.mark.parametrize(("quota", "words"), [({"most": 1, "within": "1 day", "by": "segmnt"}, "segment"), ({"most": 1, "within": "1 day", "each": {"gold": 1}}, "need `by:`"), ({"most": 1, "within": "1 day", "by": "segment", "each": {"gold": -1}}, "each.gold")])
def test_a_quota_that_cannot_be_meant_is_refused_in_words(quota, words):
    with pytest.raises(ConfigError, match=words):
        validated(Survey, {**survey().model_dump(by_alias=True, exclude_defaults=True), "quota": quota})

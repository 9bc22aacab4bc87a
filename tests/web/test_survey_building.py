"""A survey is built in a form: questions added, moved and removed without JavaScript, seen in both languages, and kept as what it would be as text."""

from __future__ import annotations

import re

import pytest

from kundig.surveys.survey import ready
from kundig.web.building import fields, posted, stated
from tests.web.test_surveys import kept, survey

NEW = {
    "name": "exit", "title_de": "Warum?", "title_en": "Why?", "thanks_de": "Danke", "thanks_en": "Thanks", "subject_de": "Warum?", "subject_en": "Why?", "text_de": "Guten Tag {name}", "text_en": "Dear {name}",
    "owner": "cx", "touchpoint": "survey.exit", "sample": "50", "rest": "90 days", "rest_of_all": "30 days", "closes": "30 days", "reminders": "3 days", "quota": "200", "quota_within": "30 days", "quota_by": "segment", "quota_each": "gold = 100",
    "q0-kind": "single", "q0-ask_de": "Was war der Grund?", "q0-ask_en": "What was the reason?", "q0-options": "Preis | Price\nbad = Service | Service",
    "q1-kind": "csat", "q1-ask_de": "Wie zufrieden waren Sie?", "q1-ask_en": "How content were you?", "q1-low_de": "gar nicht", "q1-low_en": "not at all", "q1-required": "1",
}  # fmt: skip


def sent(page):
    """What a browser would post of a page: its fields as they are filled in."""
    html = page.content.decode()
    form = html[html.index('class="form building"') :]
    given = {}
    for tag in re.findall(r"<input[^>]*>", form):
        at = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if at.get("type") != "checkbox" or " checked" in tag:
            given[at["name"]] = unescaped(at.get("value", ""))
    given |= {name: unescaped(value) for name, value in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL)}
    for name, options in re.findall(r'<select name="([^"]+)">(.*?)</select>', form, re.DOTALL):
        given[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), next(iter(re.findall(r'value="([^"]*)"', options)), ""))
    return given


def unescaped(text):
    from html import unescape

    return unescape(text)


@pytest.mark.parametrize("name", ready())
def test_a_form_states_what_the_text_states(name):
    from kundig.surveys.survey import Survey

    of = ready()[name]
    form = fields(of)
    given = {field: "1" if value is True else str(value or "") for field, value in form.items() if field != "questions"}
    given |= {f"q{number}-{field}": "1" if value is True else str(value or "") for number, one in enumerate(form["questions"]) for field, value in one.items()}
    assert Survey.model_validate(stated(posted(given))) == of


def test_a_new_survey_is_seen_in_both_languages_and_kept_with_quotas_by_group(client):
    from kundig.state.surveys import newest_survey

    cora = client("cora", "de")
    seen = cora.post("/surveys/new/", {**NEW, "do": "check"})
    assert [(side["language"], [one["ask"] for one in side["questions"]], side["questions"][0]["options"]) for side in seen.context["seen"]] == [
        ("de", ["Was war der Grund?", "Wie zufrieden waren Sie?"], ["Preis", "Service"]), ("en", ["What was the reason?", "How content were you?"], ["Price", "Service"]),
    ]  # fmt: skip
    assert newest_survey("exit") is None
    page = cora.post("/surveys/new/", {**NEW, "do": "keep"}, follow=True)
    assert page.redirect_chain[-1][0] == "/surveys/exit/"
    of = newest_survey("exit").survey
    assert [(one.key, one.kind, list(one.options), one.required) for one in of.questions] == [("what_was_the_reason", "single", ["price", "bad"], False), ("how_content_were_you", "csat", [], True)]
    assert (of.sample, of.quota.by, of.quota.each, of.reminders, of.on) == (0.5, "segment", {"gold": 100}, ("3 days",), False)
    assert page.context["quota"] == [("gold", 0, 100)]
    again = cora.post("/surveys/new/", {**NEW, "do": "keep"})
    assert (again.status_code, again.context["faults"]) == (422, ["Es gibt schon eine Umfrage dieses Namens."])


def test_questions_are_added_moved_and_removed_and_nothing_that_was_written_is_lost(client):
    kept(survey())
    cora = client("cora")

    def pressed(page, do):
        return cora.post("/surveys/short/form/", {**sent(page), "do": do})

    def keys(page):
        return [one.get("key") for one in page.context["questions"]]

    page = cora.get("/surveys/short/form/")
    assert keys(page) == ["score", "why", "about"]
    page = pressed(page, "add")
    assert keys(page) == ["score", "why", "about", None]
    page = pressed(page, "up-2")
    page = pressed(page, "down-0")
    page = pressed(page, "out-3")
    assert keys(page) == ["about", "score", "why"]
    # The first cannot go up, and what is not there is not removed.
    assert keys(pressed(pressed(page, "up-0"), "out-9")) == ["about", "score", "why"]
    from kundig.state.surveys import newest_survey

    pressed(page, "keep")
    of, before = newest_survey("short").survey, survey()
    assert {one.key: one for one in of.questions} == {one.key: one for one in before.questions}
    assert (newest_survey("short").number, of.closes, of.on) == (2, before.closes, True)


@pytest.mark.parametrize(
    ("given", "fault"),
    [({"q0-options": "Preis | Price"}, "Frage 1"), ({"q1-ask_de": "", "q1-ask_en": ""}, "Frage 2"), ({"sample": "all"}, "sample"), ({"rest": "soon"}, "rest"), ({"quota_within": ""}, "quota"), ({"name": ""}, "Namen"), ({"name": "Exit!"}, "small letters"), ({"text_de": "{nonsense}"}, "nonsense")],
)
def test_half_a_survey_is_refused_with_its_place_and_what_was_written_stands_there_still(given, fault, client):
    page = client("cora", "de").post("/surveys/new/", {**NEW, **given, "do": "keep"})
    assert (page.status_code, any(fault in one for one in page.context["faults"])) == (422, True), page.context["faults"]
    assert sent(page)["q0-ask_en"] == "What was the reason?"

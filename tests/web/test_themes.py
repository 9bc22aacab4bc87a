"""Themes get names, are merged and pinned on their page, and finds of jargon stand in a ledger; every step can be undone."""

from __future__ import annotations

import pytest

from kundig.settled import FILE, SettledThemes, keep, settled


@pytest.fixture
def folder(site):
    """The workspace, with nothing settled before or after, and nothing shown as it was before other tests."""
    from kundig.web import freshness

    freshness.settled(site)
    yield site
    (site / FILE).unlink(missing_ok=True)


def rows(page):
    return {row["theme"]: row for row in page.context["rows"]}


def test_two_themes_are_merged_under_one_name_and_undo_parts_them_again(client, folder):
    leo = client("leo")
    before = rows(leo.get("/themes/"))
    one, other = [name for name, row in before.items() if row["state"] != "pinned"][:2]
    page = leo.post("/themes/name/", {"theme": [one, other], "name": " <b>Everything</b> "}, follow=True)
    merged = rows(page)
    assert merged["<b>Everything</b>"]["n"] == before[one]["n"] + before[other]["n"]
    assert not {one, other} & merged.keys()
    assert "<b>Every" not in page.content.decode()
    # What pages settle, commands go by.
    assert settled(folder).renamed == {one: "<b>Everything</b>", other: "<b>Everything</b>"}
    again = rows(leo.post("/themes/name/", {"theme": ["<b>Everything</b>"], "name": "All"}, follow=True))
    assert again["All"]["n"] == merged["<b>Everything</b>"]["n"]
    [last, first] = page.wsgi_request.user and leo.get("/themes/").context["steps"]
    leo.post(f"/themes/changes/{last.pk}/undo/")
    assert rows(leo.post(f"/themes/changes/{first.pk}/undo/", follow=True)).keys() == before.keys()


def test_a_theme_is_pinned_by_its_words_edited_and_let_go(client, folder):
    leo = client("leo", "de")
    name, row = next((name, row) for name, row in rows(leo.get("/themes/")).items() if row["state"] == "ok")
    asked = leo.get(row["pin"])
    assert asked.context["form"].initial["words"].splitlines() == row["terms"]
    pinned = rows(leo.post(row["pin"], {"name": "Unser Thema", "words": "\n".join([*row["terms"], row["terms"][0]]), "examples": ""}, follow=True))
    assert (pinned["Unser Thema"]["state"], pinned["Unser Thema"]["terms"], next(iter(pinned))) == ("pinned", row["terms"], "Unser Thema")
    moved = rows(leo.post("/themes/pin/?theme=Unser+Thema", {"name": "Anders", "words": row["terms"][0], "examples": "Ein Satz"}, follow=True))
    assert settled(folder).model_dump(mode="json") == {"renamed": {}, "themes": {"Anders": {"words": [row["terms"][0]], "examples": ["Ein Satz"], "learnt_from": None}}}
    assert "Unser Thema" not in moved
    assert rows(leo.post("/themes/unpin/", {"theme": "Anders"}, follow=True)).keys() >= {name}
    assert settled(folder) == SettledThemes()


@pytest.mark.parametrize(("given", "fault"), [({"name": "", "words": "a"}, "name"), ({"name": "A", "words": " \n"}, "words"), ({"name": "A|B", "words": "a"}, "name"), ({"name": "A", "words": "x" * 501}, "words"), ({"name": "A", "words": "\n".join(map(str, range(21)))}, "words")])
def test_a_pinned_theme_that_could_not_be_found_is_refused(given, fault, client, folder):
    page = client("leo").post("/themes/pin/", {"examples": "", **given})
    assert (page.status_code, list(page.context["form"].errors), settled(folder)) == (422, [fault], SettledThemes())


def test_nothing_chosen_or_no_name_changes_nothing_and_says_so(client, folder):
    leo = client("leo")
    for given in ({"name": "A"}, {"theme": ["there is none"], "name": "A"}, {"theme": next(iter(rows(leo.get("/themes/")))), "name": " "}):
        assert "Choose a theme" in leo.post("/themes/name/", given, follow=True).content.decode()
    assert (settled(folder), leo.get("/themes/pin/?theme=nothing").status_code, leo.post("/themes/unpin/", {"theme": "nothing"}).status_code) == (SettledThemes(), 404, 404)


def test_what_is_pinned_in_the_configuration_cannot_be_let_go_here(client, folder):
    from kundig.settings.texts import Pinned
    from kundig.web.desk import desk

    leo = client("leo")
    keep(folder, SettledThemes(themes={"Ours": Pinned(words=("app",))}))
    assert "ours" in {row["theme"].lower() for row in leo.get("/themes/").context["rows"]}
    assert desk().workspace.config.texts.themes.keys() == {"Ours"}
    assert "no longer" in leo.get("/themes/pin/?theme=Ours").content.decode()


def test_whoever_sees_one_department_names_nothing_for_all_and_a_viewer_reads_no_verbatims(client, folder):
    lisa, vera = client("lisa"), client("vera")
    assert (lisa.get("/themes/").context["change"], lisa.post("/themes/name/", {"theme": "a", "name": "b"}).status_code, lisa.get("/themes/pin/").status_code) == (False, 403, 403)
    assert [row["examples"] for row in vera.get("/themes/").context["rows"] if row["examples"]] == []


def told():
    from kundig.state.told import Told

    return [(row.key.rpartition(":")[2], {name: value for name, value in row.said.items() if name not in {"event_id", "occurred_at"}}) for row in Told.objects.order_by("pk")]


def test_a_find_is_entered_decided_and_undone_and_the_journal_hears_of_it_without_a_name(client, monkeypatch):
    from kundig.state.finding import Find, pseudonym

    monkeypatch.setattr("kundig.web.views.jargon.told_now", lambda: None)
    axel, leo = client("axel"), client("leo")
    assert axel.post("/jargon/find/", {"word": "  Kilowatt  stunde "}, follow=True).status_code == 200
    assert leo.post("/jargon/decide/", {"word": "Kilowatt stunde", "decision": "rewarded", "amount": "50"}, follow=True).status_code == 200
    find, reward = Find.objects.get(decision="found"), Find.objects.get(decision="rewarded")
    who, by = pseudonym("axel"), pseudonym("leo")
    word = {"properties": {"word": "Kilowatt stunde"}}
    assert told() == [("0", {"kind": "jargon_find", "staff": who, **word}), ("0", {"kind": "jargon_find", "staff": by, "outcome": "rewarded", "amount": "50", "currency": "EUR", **word})]
    assert "axel" not in who.lower()
    # An agent takes back what is the agent's own, and nothing else.
    axel.post(f"/jargon/{reward.pk}/undo/")
    axel.post(f"/jargon/{find.pk}/undo/")
    assert [(one.decision, one.gone) for one in Find.objects.order_by("pk")] == [("found", True), ("rewarded", False)]
    assert told()[-1] == ("1", {"kind": "withdrawn", "staff": who, **word})
    axel.post(f"/jargon/{find.pk}/undo/")
    assert told()[-1] == ("2", {"kind": "jargon_find", "staff": who, **word})


@pytest.mark.parametrize("given", [{}, {"word": "x" * 81, "decision": "accepted"}, {"word": "a", "decision": "found"}, {"word": "a", "decision": "rewarded"}, {"word": "a", "decision": "rewarded", "amount": "-5"}])
def test_half_a_decision_is_refused(given, client):
    from kundig.state.finding import Find

    client("leo").post("/jargon/decide/", given)
    assert Find.objects.count() == 0


def test_only_a_reward_has_an_amount(client, monkeypatch):
    from kundig.state.finding import Find

    monkeypatch.setattr("kundig.web.views.jargon.told_now", lambda: None)
    client("leo", "de").post("/jargon/decide/", {"word": "a", "decision": "declined", "amount": "5,50"})
    client("leo", "de").post("/jargon/decide/", {"word": "a", "decision": "rewarded", "amount": "5,50"})
    assert [(one.decision, str(one.amount), one.currency) for one in Find.objects.order_by("pk")] == [("declined", "None", ""), ("rewarded", "5.50", "EUR")]


def test_a_proposed_name_is_shown_and_only_who_takes_it_over_renames_the_theme(client, folder):
    from kundig.texts.proposals import propose
    from kundig.web.desk import desk

    leo, lisa, models = client("leo"), client("lisa"), desk().workspace.models
    theme = next(name for name, row in rows(leo.get("/themes/")).items() if row["state"] == "ok")
    propose(models, {theme: "Late & <b>lost</b>", "gone": "Gone"})
    try:
        page = leo.get("/themes/")
        assert {name: row["proposed"] for name, row in rows(page).items() if row["proposed"]} == {theme: "Late & <b>lost</b>"}
        assert "Proposed: Late &amp; &lt;b&gt;lost" in page.content.decode()
        assert 'name="take"' not in lisa.get("/themes/").content.decode()
        assert lisa.post("/themes/name/", {"take": theme}).status_code == 403
        leo.post("/themes/name/", {"take": "gone"})
        assert settled(folder) == SettledThemes()
        taken = rows(leo.post("/themes/name/", {"take": theme, "name": "typed"}, follow=True))
        assert (taken["Late & <b>lost</b>"]["proposed"], settled(folder).renamed) == (None, {theme: "Late & <b>lost</b>"})
    finally:
        propose(models, {})

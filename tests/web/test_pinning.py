"""A theme that is pinned learns from the texts that belong to it, if whoever pins it says so."""

from __future__ import annotations

import pytest

from kundig.settled import FILE, settled
from kundig.texts.lessons import keep
from kundig.texts.pins import learning, pinned
from tests.web.test_themes import rows


@pytest.fixture
def folder(site):
    """The workspace, with nothing settled before or after, and nothing shown as it was before other tests."""
    from kundig.web import freshness

    freshness.settled(site)
    yield site
    (site / FILE).unlink(missing_ok=True)


def models():
    from kundig.web.desk import desk

    return desk().workspace.models


def test_a_pinned_theme_learns_from_its_texts_until_somebody_says_no_and_undo_brings_it_back(client, folder):
    leo = client("leo")
    row = max((row for row in rows(leo.get("/themes/")).values() if row["state"] == "ok"), key=lambda row: row["n"])
    asked = leo.get(row["pin"])
    assert (asked.context["form"].initial["learn"], "learn" in leo.get("/themes/pin/").context["form"].fields) == (True, False)
    given = {"name": "Ours", "words": "\n".join(row["terms"]), "examples": ""}
    leo.post(row["pin"], {**given, "learn": "on"})
    name = settled(folder).themes["Ours"].learnt_from
    told = pinned(models(), name)
    assert (0 < sum(told.values()) <= row["n"], len(told) - sum(told.values()) > 0) == (True, True)
    waits = leo.get("/themes/pin/?theme=Ours")
    assert (waits.context["form"].initial["learn"], "It has not learnt yet" in waits.content.decode()) == (True, True)
    # Another name, and it has learnt what it had learnt.
    leo.post("/themes/pin/?theme=Ours", {**given, "name": "Ours too", "learn": "on"})
    assert {name: theme.learnt_from for name, theme in settled(folder).themes.items()} == {"Ours too": name}
    leo.post("/themes/pin/?theme=Ours too", {**given, "name": "Ours too"})
    assert settled(folder).themes["Ours too"].learnt_from is None
    leo.post(f"/themes/changes/{leo.get('/themes/').context['steps'][0].pk}/undo/")
    assert settled(folder).themes["Ours too"].learnt_from == name


@pytest.mark.parametrize(("low", "says"), [(0.01, "What was learnt decides."), (-0.01, "Words and examples are right as often, and decide.")])
def test_the_page_says_how_well_it_learnt(low, says, client, folder):
    (folder / FILE).write_text("themes: {Ours: {words: [app], learnt_from: t00000000000000a}}\n", encoding="utf-8")
    keep(models(), learning("t00000000000000a"), None, {"n": 1234, "own_macro_f1": 0.912, "seed_macro_f1": 0.7, "low": low, "embedder": "e"})
    said = client("leo").get("/themes/pin/?theme=Ours").content.decode()
    assert "Learnt from 1,234 texts. Macro-F1 in cross-validation: learnt 0.91, words and examples 0.70. " + says in said


def test_a_theme_of_too_few_texts_cannot_be_learnt_from(client, folder, monkeypatch):
    leo = client("leo")
    row = next(row for row in rows(leo.get("/themes/")).values() if row["state"] == "ok")
    monkeypatch.setattr("kundig.texts.contest.FEWEST", 10_000)
    page = leo.post(row["pin"], {"name": "Ours", "words": "app", "examples": "", "learn": "on"})
    assert (page.status_code, list(page.context["form"].errors), settled(folder).themes) == (422, ["learn"], {})
    assert "at least 10 must belong to it" in page.content.decode()

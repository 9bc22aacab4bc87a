"""Every page: what it shows, what it counts, in both languages."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest

PAGES = {
    "/": ("Übersicht", "Overview"),
    "/journey/": ("Karte der Kundenreise", "Journey map"),
    "/journey/?show=table": ("Kundenreise als Tabelle", "Journey map as a table"),
    "/customers/": ("Kunden", "Customers"),
    "/voice/": ("Stimmen", "Voice"),
    "/paths/?unit=case&level=department": ("Reisen im Detail", "Journeys in depth"),
    "/value/": ("Was Kunden wert sind", "What customers are worth"),
    "/foresight/": ("Was geschehen wird", "What will happen"),
    "/questions/": ("Alle Fragen", "All questions"),
    "/questions/feedback.scores/?metric=csat&by=touchpoint": ("Wie zufrieden sind Kunden", "How satisfied are customers"),
    "/data/": ("Ereignisse aus", "events from"),
    "/data/checks/": ("Auffälliges", "What is odd"),
    "/data/identity/": ("Wer ist wer", "Who is who"),
    "/data/sources/tickets/": ("tickets", "tickets"),
    "/settings/": ("Passwort", "Password"),
    "/settings/people/": ("Was Rollen dürfen", "What roles may do"),
    "/about/": ("Lizenz", "Licence"),
    "/search/?q=a": ("Suche", "Search"),
}


def text(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def ask(name: str, **arguments: Any) -> list[dict[str, Any]]:
    from kundig.web.desk import Question, desk

    found = desk().future(Question(name, tuple(sorted(arguments.items())))).result()
    return (found.table if hasattr(found, "table") else found).to_pylist()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_there_in_both_languages(address: str, client: Any) -> None:
    for language, words in zip(("de", "en"), PAGES[address], strict=True):
        answer = client("alice", language).get(address)
        assert (answer.status_code, words in text(answer)) == (200, True)


def test_every_page_says_one_thing_first(client: Any) -> None:
    browser = client()
    assert {address: len(re.findall(r"<h1\b", browser.get(address).content.decode())) for address in PAGES} == dict.fromkeys(PAGES, 1)


def test_the_overview_shows_the_newest_quarter_beside_the_one_before(client: Any) -> None:
    [figure] = [one for one in client().get("/").context["figures"] if one.metric == "nps"]
    rows = [row for row in ask("feedback.scores", metric="nps", every="quarter") if row["state"] == "ok"]
    assert figure.row == rows[-1]
    assert f"{rows[-1]['n']} answers" in text(client().get("/"))


def test_figures_say_neither_more_nor_less_as_of_a_day(client: Any) -> None:
    page = client().get("/questions/feedback.scores/?metric=csat&as_of=2025-06-30")
    now = ask("feedback.scores", metric="csat")
    assert 0 < page.context["answer"].n < now[0]["n"]


def test_a_comparison_stands_beside_its_figure(client: Any) -> None:
    page = client().get("/questions/feedback.scores/?metric=csat&by=touchpoint&compare=2025-06-30")
    headings = [heading.name for heading in page.context["table"].headings]
    assert headings[headings.index("score") : headings.index("score") + 2] == ["score", "before"]


def test_an_argument_that_cannot_be_meant_is_told_beside_its_field(client: Any) -> None:
    page = client().get("/questions/feedback.scores/?floor=many&every=moon")
    assert (page.status_code, sorted(page.context["form"].errors)) == (400, ["every", "floor"])
    assert client().get("/questions/feedback.scores/?colour=red").status_code == 400
    assert client().get("/questions/feedback.scores/?by=colour").status_code == 400


def test_nonsense_in_an_address_is_an_answer_not_a_fault(client: Any) -> None:
    browser = client()
    addresses = ["/?as_of=yesterday", "/journey/?weeks=9", "/customers/?since=soon", "/customers/?by=colour&value=red", "/customers/?end=exit", "/customers/?metric=enps"]
    assert [browser.get(address).status_code for address in addresses] == [400] * len(addresses)
    assert [browser.get(address).status_code for address in ("/questions/feedback.nothing/", "/customers/nobody/", "/data/sources/none/", "/jobs/999999/", "/nowhere/")] == [404] * 5
    assert [browser.get(address).status_code for address in ("/customers/?page=many", "/customers/?sort=age", "/journey/?tp=nowhere", "/voice/?metric=joy", "/customers/?q=%00%27%22<b>")] == [200] * 5


def test_what_customers_wrote_is_never_markup(client: Any) -> None:
    page = client().get("/customers/?q=<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page


def test_a_file_holds_the_whole_answer_and_no_formula(client: Any) -> None:
    answer = client().get("/questions/journeys.flows/?format=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == len(ask("journeys.flows")) + 1
    german = b"".join(client().get("/questions/feedback.scores/?metric=csat&format=csv-de").streaming_content).decode("utf-8-sig")
    assert re.search(r";\d+,\d+;", german)


def test_json_carries_definition_and_n(client: Any) -> None:
    found = json.loads(client().get("/questions/feedback.scores/?metric=csat&format=json").content)
    assert (found["analysis"], found["arguments"]["metric"], found["n"], "Wilson" in found["definition"]) == ("feedback.scores", "csat", ask("feedback.scores", metric="csat")[0]["n"], True)


def test_the_export_of_a_list_is_the_list(client: Any) -> None:
    page = client().get("/customers/?state=contract")
    lines = b"".join(client().get("/customers/?state=contract&format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == page.context["listing"].count + 1 > 1


def test_search_finds_a_customer_by_name_number_and_town(client: Any) -> None:
    one = next(row for row in ask("customers.directory") if row["monthly"] and row["city"] and " " in row["name"])
    for words in (one["name"], one["customer_id"], f"{one['name'].split()[-1]} {one['city']}"):
        rows = client().get("/customers/", {"q": words}).context["listing"].rows
        assert one["customer_id"] in [row["customer_id"] for row in rows]


def test_filters_keep_those_who_fit(client: Any) -> None:
    rows = ask("customers.directory")
    found = {state: client().get(f"/customers/?state={state}").context["listing"].count for state in ("contract", "left", "cases", "detractors", "promoters")}
    assert found == {
        "contract": sum(row["monthly"] is not None for row in rows),
        "left": sum(row["left_at"] is not None for row in rows),
        "cases": sum(row["open_cases"] > 0 for row in rows),
        "detractors": sum(row["nps"] is not None and row["nps"] <= 6 for row in rows),
        "promoters": sum(row["nps"] is not None and row["nps"] >= 9 for row in rows),
    }


def test_the_file_of_a_customer_holds_every_event_of_every_silo(client: Any) -> None:
    one = max((row for row in ask("customers.directory") if row["monthly"]), key=lambda row: row["sources"])
    page = client().get(f"/customers/{one['customer_id']}/")
    shown = sum(group.count for day in page.context["days"] for group in day.groups)
    assert (page.context["events"], page.context["row"]) == (one["n"], one)
    assert len(page.context["silos"]) == one["sources"]
    assert shown <= one["n"]
    silo = page.context["silos"][0]
    assert {group.event["source"] for day in client().get(f"/customers/{one['customer_id']}/?silo={silo}").context["days"] for group in day.groups} == {silo}


def test_a_touchpoints_panel_names_owner_promise_and_where_customers_go(client: Any) -> None:
    page = client().get("/journey/?weeks=all&tp=support.billing")
    assert (page.context["selected"].owner, page.context["promises"]) == ("bea", [("case resolved", "5 days")])
    assert page.context["go"]
    assert 'id="panel"' in page.content.decode()


def test_weeks_in_which_nothing_happened_are_told_and_lead_to_all_time(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.web import desk

    monkeypatch.setattr(desk, "last_event", lambda *_: datetime(2031, 1, 1, tzinfo=UTC))
    page = client().get("/journey/?weeks=26&as_of=2026-05-29")
    assert (page.status_code, page.context["sentence"], page.context["action"]) == (200, "No journeys in this time", "/journey/?weeks=all&as_of=2026-05-29")
    assert ("in these 26 weeks" in page.content.decode(), "Import tickets" in page.content.decode()) == (True, False)


def test_a_note_stands_in_the_curve_and_can_be_taken_back(client: Any) -> None:
    browser = client()
    answer = browser.post("/notes/", {"on": "2025-10-01", "text": "New prices"}, follow=True)
    assert "New prices" in text(answer)
    undo = re.search(r'class="toast".*?action="([^"]+)"', answer.content.decode(), re.DOTALL)
    assert undo is not None
    gone = browser.post(undo[1], follow=True)
    assert "· New prices" not in text(gone)
    again = re.search(r'class="toast".*?action="([^"]+)"', gone.content.decode(), re.DOTALL)
    assert again is not None
    assert "· New prices" in text(browser.post(again[1], follow=True))


def test_a_saved_view_is_ones_own_or_shared(client: Any) -> None:
    leo = client("leo")
    leo.post("/views/", {"name": "Promoters", "page": "/customers/", "query": "state=promoters"})
    leo.post("/views/", {"name": "Left", "page": "/customers/", "query": "state=left", "shared": "on"})
    assert [view.name for view in leo.get("/customers/").context["saved"]] == ["Left", "Promoters"]
    assert [view.name for view in client("cora").get("/customers/").context["saved"]] == ["Left"]
    assert client("leo").post("/views/", {"name": "Away", "page": "//elsewhere.example/", "query": ""}).headers["Location"] == "/"
    assert client("leo").post("/views/", {"name": "", "page": "/voice/", "query": ""}).headers["Location"] == "/voice/"


STATEFUL = ("/", "/journey/?weeks=all", "/customers/?state=left", "/voice/?metric=csat", "/value/?as_of=2026-05-31", "/paths/?unit=case", "/foresight/?as_of=2026-05-31", "/questions/feedback.scores/?metric=csat", "/work/?view=board", "/inbox/?days=all")


@pytest.mark.parametrize("address", STATEFUL)
def test_a_view_is_kept_wherever_the_address_is_what_is_shown(address: str, client: Any) -> None:
    browser, (page, _, query) = client("cora"), address.partition("?")
    [form] = re.findall(r'<form class="row" method="post" action="/views/">.*?</form>', browser.get(address).content.decode(), re.DOTALL)
    hidden = dict(re.findall(r'type="hidden" name="(page|query)" value="([^"]*)"', form))
    assert {name: unescape(value) for name, value in hidden.items()} == {"page": page, "query": query}
    assert browser.post("/views/", {"name": "Mine", "page": page, "query": query}).headers["Location"] == address
    assert f'<li><a href="{address}">Mine</a>'.replace("&", "&amp;") in browser.get(page).content.decode()
    assert ">Mine</a>" not in client("leo").get(page).content.decode()


def test_views_of_questions_stand_where_all_questions_are(client: Any) -> None:
    browser = client("vera")
    browser.post("/views/", {"name": "Satisfied?", "page": "/questions/feedback.scores/", "query": "metric=csat"})
    assert '<a href="/questions/feedback.scores/?metric=csat">Satisfied?</a>' in browser.get("/questions/").content.decode()


def behind(page: str) -> list[str]:
    return [unescape(address) for address in re.findall(r'href="(/customers/\?[^"]+)"', page) if "in=" not in address and ("metric=" in address or "source=" in address or "end=" in address)]


LINKED = ("/", "/voice/", "/voice/?metric=nps&by=segment", "/questions/feedback.scores/?metric=csat&by=touchpoint&every=quarter", "/questions/feedback.scores/?metric=stars&by=product")


@pytest.mark.parametrize("each", [3, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("address", LINKED)
def test_behind_a_figure_are_as_many_customers_as_it_says(address: str, each: int, client: Any) -> None:
    """Every third link of a page to customers, and in the longer proofs every one; the answer itself says how many."""
    from django.http import QueryDict

    browser = client()
    links = sorted(set(behind(browser.get(address).content.decode())))
    assert links
    for link in links[:25:each]:
        query = QueryDict(urlsplit(link).query)
        every = {("01-01", "12-31"): "year"}.get((query.get("since", "")[5:], query.get("until", "")[5:])) or _length(query)
        arguments = {key: value for key, value in {"metric": query["metric"], "by": query.get("by"), "every": every}.items() if value}
        rows = [row for row in ask("feedback.scores", **arguments) if (not query.get("since") or str(row["period"]) == query["since"]) and (not query.get("by") or (row["group"] or "(none)") == query["value"]) and query.get("occasion", row["occasion"]) == row["occasion"]]
        assert (link, browser.get(link).context["listing"].count) == (link, rows[0]["customers"])


def _length(query: Any) -> str | None:
    if not query.get("since"):
        return None
    months = int(query["until"][5:7]) - int(query["since"][5:7])
    return {0: "month", 2: "quarter"}[months]


def links(browser: Any, name: str, arguments: Mapping[str, Any], *, most: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The addresses behind some rows of a question's own page, each with the count that it leads from and the row."""
    from kundig.customers import counted

    page = browser.get(f"/questions/{name}/", arguments)
    behind, table, answer = counted(name), page.context["table"], page.context["answer"].table.to_pylist()
    names = [heading.name for heading in table.headings]
    rows = [(line, row) for line, row in zip(table.lines, answer, strict=False) if line.href]
    # The first, the last, and those of which a key is not known.
    keys = behind.keys if behind else ()
    chosen = rows[: most - 2] + rows[-1:] + [pair for pair in rows if any(pair[1][key] is None for key in keys if key != "group" or arguments.get("by"))][:1]
    for line, row in {id(pair): pair for pair in chosen}.values():
        yield line.href, row[behind.counts[0] if behind else "n"], row
        cells = dict(zip(names, line.cells, strict=True))
        for count in behind.counts[1:] if behind else ():
            if count in cells and cells[count].href:
                yield cells[count].href, row[count], row


def walked(browser: Any, name: str, arguments: Mapping[str, Any], *, most: int) -> tuple[int, list[Any]]:
    """How many links of a question lead to customers, and those whose list is not as long as the row says."""
    wrong, count = [], 0
    for link, told, row in links(browser, name, arguments, most=most):
        page = browser.get(link)
        count += 1
        listing, found = page.context["listing"].count, page.context["summed"] + page.context["nobody"]
        # Where several statements or cases of one customer count, the customers are told beside.
        customers = row.get("customers", listing) if told == row["n"] and name in BY_EVENT else listing
        if found != told or (not page.context["nobody"] and listing != customers) or not listing + page.context["nobody"]:
            wrong.append((link, told, found, customers, listing))
    return count, wrong


BY_EVENT = {"feedback.scores", "journeys.flows", "journeys.interlocks", "journeys.effort"}
"""Where `customers` are those behind `n`."""
SOME = {
    "value.retention": {"every": "quarter", "by": "segment"},
    "journeys.funnel": {"by": "segment"},
    "feedback.themes": {},
    "feedback.moods": {"by": "touchpoint"},
    "value.unused_features": {},
    "journeys.flows": {"level": "stage", "where": "segment=private"},
    "feedback.scores": {"metric": "csat", "repeated": "latest", "by": "channel"},
    "journeys.deviations": {},
}


@pytest.mark.parametrize("login", ["cora", "lisa"])
def test_behind_a_row_and_each_of_its_counts_are_as_many_as_it_says_also_for_one_department(login: str, client: Any) -> None:
    browser, walk = client(login), Counter()
    wrong = []
    for name, arguments in SOME.items():
        count, faults = walked(browser, name, arguments, most=3)
        walk[name] += count
        wrong += faults
    assert wrong == []
    assert {"feedback.moods", "journeys.deviations", "feedback.scores"} <= {name for name, count in walk.items() if count}


def test_who_sees_figures_alone_gets_no_way_to_customers(client: Any) -> None:
    for address in ("/questions/value.retention/", "/questions/feedback.themes/", "/value/", "/voice/"):
        assert 'href="/customers/' not in client("vera").get(address).content.decode()
    assert client("vera").get("/customers/?in=value.retention").status_code == 403


def test_answers_of_employees_lead_to_nobody(client: Any) -> None:
    assert "data-behind" not in client().get("/questions/feedback.scores/?metric=enps").content.decode()
    assert client().get("/customers/?in=feedback.scores&metric=enps").status_code == 400


OF_ALL = {"journeys.flows", "journeys.variants", "journeys.interlocks", "journeys.entries_exits", "value.engagement", "value.retention", "feedback.themes", "foresight.reasons"}
OF_ONE = {"journeys.flows", "journeys.variants", "journeys.entries_exits", "value.engagement", "feedback.themes"}
"""What leads to customers; one department alone has no contracts and hands nothing over to itself."""


@pytest.mark.soak
@pytest.mark.parametrize(("login", "expected"), [("alice", OF_ALL), ("lisa", OF_ONE)])
def test_behind_every_row_that_a_room_shows_are_customers_and_as_many_as_it_says(login: str, expected: set[str], client: Any) -> None:
    from kundig.customers import UNCOUNTED
    from kundig.web.rooms import foresight, journeys, value, voice

    browser = client(login)
    walk, wrong = Counter(), []
    for part in (part for room in (journeys, voice, value, foresight) for chapter in room.CHAPTERS for part in chapter.parts):
        count, faults = walked(browser, part.analysis, part.arguments, most=5)
        walk[part.analysis] += count
        wrong += faults
    assert wrong == []
    assert not set(UNCOUNTED) & {name for name, count in walk.items() if count}
    assert expected <= {name for name, count in walk.items() if count}


@pytest.mark.parametrize("arguments", [{"level": "stage"}, {"unit": "case", "level": "department"}])
def test_behind_a_flow_are_as_many_customers_as_it_says(arguments: dict[str, str], client: Any) -> None:
    from kundig.web.behind import address

    browser = client()
    every = {"unit": "customer", "level": "touchpoint", **arguments}
    for row in ask("journeys.flows", **arguments)[:6]:
        link = address({"source": row["source"], "target": row["target"], **every})
        assert browser.get(link).context["listing"].count == row["customers"]


@pytest.mark.parametrize(("name", "arguments", "told"), [("journeys.variants", {"unit": "customer", "level": "department"}, "Der Weg: "), ("journeys.interlocks", {"unit": "customer"}, "Übergeben: ")])
def test_behind_a_way_and_a_handover_are_the_journeys_that_it_counts(name: str, arguments: dict[str, str], told: str, client: Any) -> None:
    from kundig.analysis import analyses
    from kundig.web.behind import of_row

    asked = {argument.name: argument.default for argument in analyses()[name].arguments} | arguments
    rows = ask(name, **arguments)
    # The rarest, so that all of them stand on one page.
    row = min((row for row in rows if of_row(name, asked, row)), key=lambda row: row["n"])
    page = client("cora", "de").get(of_row(name, asked, row))
    assert (sum(one["behind"] for one in page.context["listing"].rows), told in page.content.decode()) == (row["n"], True)
    assert f"in={name}" in of_row(name, asked | {"where": "segment=gold"}, row)


def test_behind_an_end_are_as_many_customers_as_journeys(client: Any) -> None:
    from kundig.web.behind import address

    browser = client()
    for row in ask("journeys.entries_exits", level="stage"):
        link = address({"end": row["end"], "target": row["step"], "unit": "customer", "level": "stage"})
        # Employees who are asked as well have journeys, but are no customers: they have no stage.
        assert browser.get(link).context["listing"].count == row["n"]


def test_what_takes_long_shows_how_far_it_is_and_then_the_page(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.test import Client

    from kundig.state.people import Person
    from kundig.web.desk import desk

    browser = Client(headers={"host": "localhost"})
    browser.force_login(Person.objects.get(login="alice"))
    monkeypatch.setenv("KUNDIG_PATIENCE", "0")
    address = "/questions/journeys.variants/?most=13&unit=case"
    pending = browser.get(address)
    assert (pending.status_code, 'hx-trigger="every 1s"' in pending.content.decode()) == (202, True)
    job = pending.context["job"]
    monkeypatch.setenv("KUNDIG_PATIENCE", "120")
    assert browser.get(address).status_code == 200
    # One worker answers in order: when this is answered, what came before is done.
    desk().future(__import__("kundig.web.desk", fromlist=["Question"]).Question("seen", as_of="2020-01-01")).result()
    done = browser.get(f"/jobs/{job.pk}/")
    assert done.status_code in {200, 302}


def test_each_reader_waits_under_a_title_in_their_own_language(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import Future

    monkeypatch.setenv("KUNDIG_PATIENCE", "0")
    monkeypatch.setattr("kundig.web.desk.Desk.future", lambda *_args, **_more: Future())
    monkeypatch.setattr("kundig.web.asking._followed", lambda *_args: None)
    waiting = {language: client("leo", language).get("/themes/").context["job"] for language in ("de", "en")}
    assert ({language: job.title for language, job in waiting.items()}, len({job.pk for job in waiting.values()})) == ({"de": "Themen", "en": "Themes"}, 2)


def test_an_answer_that_names_customers_opens_as_their_list(client: Any) -> None:
    browser = client()
    page = browser.get("/questions/value.engagement_members/")
    link = page.context["members"]
    rows = ask("value.engagement_members")
    known = {row["customer_id"] for row in ask("customers.directory")}
    # Whoever only ever answered as an employee is no customer to open.
    assert browser.get(link).context["listing"].count == len({row["customer_id"] for row in rows} & known)
    [first, *_rest] = ask("value.engagement")
    some = browser.get("/customers/", {"in": "value.engagement_members", "where.segment": first["segment"]})
    assert some.context["summed"] + some.context["nobody"] == sum(row["segment"] == first["segment"] for row in rows)
    assert [browser.get("/customers/", given).status_code for given in ({"in": "journeys.consistency"}, {"in": "value.retention", "count": "closing"}, {"in": "value.engagement_members", "where.colour": "red"}, {"in": "no.such"})] == [400] * 4


def test_what_a_page_can_be_read_without_comes_later_and_takes_its_place(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.web import asking, desk

    browser = client()
    rows = ask("value.retention", every="quarter")
    monkeypatch.setattr(asking, "AT_ONCE", 0.0)
    monkeypatch.setattr(desk.Desk, "future", _never_later(desk.Desk.future))
    page = browser.get("/value/?as_of=2026-05-31")
    assert (page.status_code, page.context["late"] > 0, 'hx-trigger="every 3s"' in page.content.decode()) == (200, True, True)
    monkeypatch.undo()
    for one in (panel for shelf in browser.get("/value/").context["shelves"] for panel in shelf.panels):
        assert one.late or one.table is not None
    assert rows


def _never_later(of: Any) -> Any:
    """Answers that may come later do not come."""
    from concurrent.futures import Future

    return lambda self, question, *, later=False: Future() if later else of(self, question)


@pytest.mark.parametrize("address", ["/", "/about/", "/playbooks/detractor_call_back/edit/", "/surveys/new/"])
def test_the_foot_of_a_page_says_which_kundig_it_is_whatever_else_has_a_version(address: str, client: Any) -> None:
    from kundig import __version__

    page = client().get(address)
    assert (page.status_code, f"kundig {__version__}</a>" in page.content.decode()) == (200, True)

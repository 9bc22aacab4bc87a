"""The command line as a user meets it: init, check, import, and what goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import kundig
from kundig.checks import checked
from tests.conftest import LATER, TICKETS, Company, imported, put, told


def kundig_cli(*args: str | Path, **environment: str) -> tuple[int, str, str]:
    """Exit code, output and errors of the command."""
    done = subprocess.run([sys.executable, "-m", "kundig", *map(str, args)], capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "400"} | environment)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


HEAD = "id,customer,created,text\n"


def test_a_blank_workspace_is_written_once_and_loads(tmp_path: Path) -> None:
    assert kundig_cli("init", tmp_path / "new")[0] == 0
    assert list(kundig.open(tmp_path / "new").config.sources) == ["tickets"]
    code, _, errors = kundig_cli("init", tmp_path / "new")
    assert (code, errors) == (1, f"kundig: {tmp_path / 'new' / 'kundig.yaml'} exists already; nothing was written. Move it away, or edit it\n")


TICKETS_CSV = "Ticket-Nr;Kunden-Nr;Angelegt;Beschreibung;csat;E-Mail\n007;0815;31.12.2025 14:05;kaputt;4;ada@x.de\n008;0816;01.01.2026 09:00;laut;5;ben@x.de\n"
ORDERS_CSV = "order_id,customer_id,order_date,total,city,yes,no: colon\n1,a,2025-01-02 10:00:00,12.50,Köln,x,#1\n2,b,2025-01-03 10:00:00,13.50,Bonn,y,'2\n"
LINES = '{"user": {"id": "ada"}, "time": "2025-01-02T10:00:00Z", "type": "visit"}\n'


def test_a_draft_from_several_files_loads_and_imports(tmp_path: Path) -> None:
    files = {"Tickets Süd.csv": TICKETS_CSV, "orders.csv": ORDERS_CSV, "visits.jsonl": LINES}
    for name, text in files.items():
        put(tmp_path / "data" / name, text)
    folder = tmp_path / "ws"
    code, _, errors = kundig_cli("init", folder, *(part for name in files for part in ("--from", tmp_path / "data" / name)))
    assert (code, errors) == (0, "")
    code, output, errors = kundig_cli("import", "-w", folder)
    assert (code, errors) == (0, ""), errors
    assert output.splitlines()[-1] == "5 events added."
    assert told(kundig.open(folder), "events", "DISTINCT source") == [{"source": "orders"}, {"source": "tickets_s_d"}, {"source": "visits"}]


def test_a_draft_of_people_holds_what_is_known_of_them_and_no_events(tmp_path: Path) -> None:
    put(tmp_path / "people.csv", "customer_id,dob,city,tier\n1,1980-05-06,Köln,gold\n")
    assert kundig_cli("init", tmp_path, "--from", tmp_path / "people.csv")[0] == 0
    assert kundig_cli("import", "-w", tmp_path)[1].splitlines() == ["people: 1 row, 1 trait added", "0 events added."]
    assert told(kundig.open(tmp_path), "traits", "subject, birth_date, city, properties") == [{"subject": "people:1", "birth_date": "1980-05-06", "city": "Köln", "properties": [("tier", "gold")]}]


LOG = "case:concept:name,concept:name,time:timestamp,org:resource\n" + "".join(f"c{case},{step},2025-01-0{day}T10:00:00+01:00,desk\n" for case in (1, 2) for day, step in ((1, "asked"), (2, "answered"), (3, "asked")))


def test_a_draft_of_an_event_log_knows_case_and_step_and_the_columns_that_tell_rows_apart(tmp_path: Path) -> None:
    put(tmp_path / "log.csv", LOG)
    assert kundig_cli("init", tmp_path, "--from", tmp_path / "log.csv")[0] == 0
    source = kundig.open(tmp_path).config.sources["log"]
    assert source.key == ("case:concept:name", "time:timestamp")
    assert kundig_cli("import", "-w", tmp_path)[1].splitlines()[-1] == "6 events added."
    assert told(kundig.open(tmp_path), "events", "DISTINCT touchpoint, kind", order="1") == [{"touchpoint": "answered", "kind": "answered"}, {"touchpoint": "asked", "kind": "asked"}]


def test_a_draft_of_several_ratings_in_a_row_makes_each_an_answer_and_a_zero_none(tmp_path: Path) -> None:
    put(tmp_path / "stays.csv", "guest_id,date,FoodRating,SeatRating,OverallScore\nada,2025-01-02,4,0,9\nben,2025-01-03,1,5,2\n")
    assert kundig_cli("init", tmp_path, "--from", tmp_path / "stays.csv")[0] == 0
    assert kundig_cli("import", "-w", tmp_path)[1].splitlines()[-1] == "5 events added."
    assert told(kundig.open(tmp_path), "events", "touchpoint, subject, score", where="kind = 'feedback'", order="1, 2") == [
        {"touchpoint": "stays.food", "subject": "stays:ada", "score": 4.0},
        {"touchpoint": "stays.food", "subject": "stays:ben", "score": 1.0},
        {"touchpoint": "stays.seat", "subject": "stays:ben", "score": 5.0},
    ]


def test_a_draft_without_times_says_that_a_column_must_be_chosen(tmp_path: Path) -> None:
    put(tmp_path / "people.csv", "color,city\nred,Köln\n")
    assert kundig_cli("init", tmp_path, "--from", tmp_path / "people.csv")[0] == 0
    assert "at: WHICH_COLUMN" in (tmp_path / "kundig.yaml").read_text()
    code, _, errors = kundig_cli("import", "-w", tmp_path)
    assert (code, errors) == (1, "kundig: sources.people.events.at: there is no column 'WHICH_COLUMN'; there are: city, color\n")


@pytest.mark.parametrize("name", ["missing.csv", "photo.png", "empty.csv", "broken.xlsx"])
def test_a_draft_from_a_file_that_cannot_be_read_says_so(tmp_path: Path, name: str) -> None:
    if name != "missing.csv":
        put(tmp_path / name, b"")
    code, _, errors = kundig_cli("init", tmp_path / "ws", "--from", tmp_path / name)
    assert (code, name in errors, (tmp_path / "ws" / "kundig.yaml").exists()) == (1, True, False)


def test_names_of_two_files_that_are_alike_are_two_sources(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        put(tmp_path / folder / "orders.csv", ORDERS_CSV)
    assert kundig_cli("init", tmp_path / "ws", "--from", tmp_path / "a/orders.csv", "--from", tmp_path / "b/orders.csv")[0] == 0
    assert len(kundig.open(tmp_path / "ws").config.sources) == 2


def found(workspace: Any, level: str = "warning") -> list[tuple[str, str]]:
    return [(finding.about, finding.found) for finding in checked(workspace) if finding.level == level]


def test_check_tells_what_is_wrong_with_the_data(company: Company) -> None:
    days = [f"2025-{month:02}-{day:02}" for month in (1, 2, 3) for day in range(1, 29)]
    tickets = HEAD + "".join(f"{n},{'' if n % 4 == 0 else 'ada'},{day},a\n" for n, day in enumerate(days)) + "x,ben,never,a\ny,ben,gestern,a\nz,ben,1970-01-01,a\n"
    calls = HEAD + "".join(f"{n},ben,{day},a\n" for n, day in enumerate(days[:28]))
    mails = HEAD + "".join(f"{n},cyd,{day},a\n" for n, day in enumerate(days))
    events = {"subject": "crm:{customer}", "at": "created"}
    sources = {
        "tickets": {"read": {"csv": "tickets.csv"}, "key": "id", "events": {"kind": "case_opened", "touchpoint": "support.ticket", **events}},
        "calls": {"read": {"csv": "calls.csv"}, "key": "id", "events": {"kind": "call", "touchpoint": "support.call", **events}},
        "mails": {"read": {"csv": "mails.csv"}, "key": "id", "events": {"kind": "message_in", "touchpoint": "support.mail", **events}},
    }
    catalogue = {"support.ticket": {"stage": "help", "department": "service", "owner": "anna"}, "support.call": {"stage": "help", "department": "service"}}
    workspace = company(sources, {"tickets.csv": tickets, "calls.csv": calls, "mails.csv": mails}, touchpoints=catalogue, stages=["help"])
    imported(workspace)
    assert found(workspace) == [
        ("calls", "nothing since 2025-01-28, 59 days, while other sources went on; a pause is usually at most 1 day"),
        ("tickets", "1 of 85 events are from before 1990, as when a clock was reset"),
        ("tickets", "21 of 85 events (24.7%) have no subject and belong to no customer"),
        ("support.mail", "84 events at a touchpoint that is not in the catalogue"),
        ("support.call", "the catalogue lacks owner"),
        ("touchpoints", "2 of 2 in the catalogue with no answer of a customer: support.call, support.ticket"),
        ("touchpoints", "2 of 2 in the catalogue with no promise: support.call, support.ticket"),
        ("tickets", "2 rows in quarantine: at: not a time (such as never), first in tickets.csv line 86"),
    ]
    code, output, errors = kundig_cli("check", "-w", workspace.folder)
    assert (code, errors, output.splitlines()[-1]) == (0, "", "0 errors, 8 warnings")


def test_check_names_the_gaps_of_the_touchpoint_catalogue(company: Company) -> None:
    catalogue = {
        "support.ticket": {"stage": "help", "department": "service", "owner": "anna und ben", "promise": {"case_resolved within": "2 days"}},
        "support.chat": {"stage": "help", "department": "service", "owner": "anna"},
    }
    events = {**TICKETS["events"], "touchpoint": "support.ticket"}
    workspace = company({"tickets": TICKETS | {"events": events}}, {"tickets.csv": HEAD + "1,ada,2025-01-02,a\n"}, touchpoints=catalogue, stages=["help"])
    imported(workspace)
    assert found(workspace) == [
        ("support.ticket", "the catalogue names several owners: anna und ben"),
        ("support.ticket", "the catalogue promises case_resolved within 2 days, and no such event was ever recorded"),
        ("touchpoints", "1 of 2 in the catalogue with nothing recorded: support.chat"),
        ("touchpoints", "1 of 2 in the catalogue with no answer of a customer: support.ticket"),
        ("touchpoints", "1 of 2 in the catalogue with no promise: support.chat"),
    ]


def test_check_ends_with_1_where_a_column_is_missing(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": "id,customer,made\n1,a,2025-01-02\n"})
    code, output, errors = kundig_cli("check", "-w", workspace.folder)
    assert (code, errors) == (1, "")
    assert "✗ tickets  sources.tickets.events.at: there is no column 'created'; there are: customer, id, made" in output


def test_check_and_import_agree_on_a_mapping_that_cannot_be_computed(company: Company) -> None:
    workspace = company({"tickets": TICKETS | {"events": TICKETS["events"] | {"when": "id > 3"}}}, {"tickets.csv": HEAD + "1,ada,2025-01-02,a\n"})
    assert "an expression cannot be computed" in kundig_cli("check", "-w", workspace.folder)[1]
    code, _, errors = kundig_cli("import", "-w", workspace.folder)
    assert (code, "an expression cannot be computed" in errors) == (1, True)


YAML = "company: {name: Nordwind}\nsources:\n  t:\n    read: {csv: t.csv}\n    events: {kind: order, at: a, subject: \"x:{a}\"}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (YAML.replace("subject", "subjcet"), "kundig.yaml:5: sources.t.events.0.subjcet: unknown key 'subjcet'; did you mean 'subject'?"),
        (YAML + "touchpionts: {}\n", "kundig.yaml:6: touchpionts: unknown key 'touchpionts'; did you mean 'touchpoints'?"),
        (YAML.replace("csv: t.csv", "cvs: t.csv"), "kundig.yaml:4: sources.t.read: "),
        (YAML + "company: {name: Again}\n", "kundig.yaml:6: the key 'company' stands here for the second time"),
        (YAML + "stages: [a\n", "kundig.yaml:7: not valid YAML: "),
        (YAML + "data: ${NO_SUCH_VARIABLE}\n", "kundig.yaml:6: the environment variable NO_SUCH_VARIABLE is not set; set it, or write ${NO_SUCH_VARIABLE:-default}"),
        ("- a\n- b\n", "kundig.yaml:1: expected keys such as `company:` and `sources:`, found list"),
        ("", "company: is missing"),
        ("company: &a [*a]\n", "kundig.yaml: nested without end"),
        (YAML + "lake: !!python/object:os.system x\n", "kundig.yaml:6: not valid YAML: "),
        (YAML + "programmes: {letters: {since: 2025-13-01, product: L}}\n", "kundig.yaml:6: 2025-13-01 is no date or number that there is"),
        (YAML + "rates: {chf: 0.9}\n", "kundig.yaml:6: rates.chf: expected the three letters of a currency such as CHF, found 'chf'"),
        (YAML.replace("  t:", "  ../t:"), "a name is of letters, digits"),
        (YAML + "touchpoints: {x: {stage: hlep}}\nstages: [help]\n", "touchpoints.x names the stage 'hlep', which is not under `stages:`; did you mean 'help'?"),
        (b"company: {name: M\xfcller}\n", "kundig.yaml: cannot be read as UTF-8 text"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_named_with_its_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    put(tmp_path / "kundig.yaml", text)
    with pytest.raises(kundig.KundigError) as error:
        kundig.open(tmp_path)
    assert message in str(error.value)


def test_an_alias_says_again_what_its_anchor_says(tmp_path: Path) -> None:
    put(tmp_path / "kundig.yaml", YAML.replace("read: {", "read: &r {") + "  u:\n    read: *r\n    traits: {subject: a}\n")
    sources = kundig.open(tmp_path).config.sources
    assert sources["t"].read == sources["u"].read


def test_a_folder_of_files_is_one_configuration(tmp_path: Path) -> None:
    put(tmp_path / "kundig" / "company.yaml", YAML)
    put(tmp_path / "kundig" / "more.yaml", "sources:\n  u: {read: {csv: u.csv}, traits: {subject: a}}\n")
    assert list(kundig.open(tmp_path).config.sources) == ["t", "u"]
    put(tmp_path / "kundig" / "other.yml", "sources:\n  t: {read: {csv: u.csv}, traits: {subject: a}}\n")
    with pytest.raises(kundig.KundigError, match=r"other\.yml:2|company\.yaml:3: sources\.t is defined in two files; keep one of them"):
        kundig.open(tmp_path)


def test_an_environment_variable_stands_for_its_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "kundig.yaml", YAML.replace("t.csv", "'${SILO}/${NAME:-t}.csv'"))
    monkeypatch.setenv("SILO", "crm")
    monkeypatch.delenv("NAME", raising=False)
    assert kundig.open(tmp_path).config.sources["t"].read.located() == "csv: crm/t.csv"


@pytest.mark.parametrize(("mark", "message"), [('{"format": 99}', "has format 99, written by a newer kundig; this one reads up to 1: update kundig"), ("{", "is damaged")])
@pytest.mark.parametrize("command", ["import", "check", "ask"])
def test_a_lake_that_cannot_be_read_is_named(company: Company, command: str, mark: str, message: str) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": HEAD + "1,ada,2025-01-02,a\n"})
    imported(workspace)
    put(workspace.lake.folder / "kundig.json", mark)
    code, _, errors = kundig_cli(command, *(["feedback.scores"] if command == "ask" else []), "-w", workspace.folder)
    assert (code, message in errors) == (1, True)


def test_a_folder_without_configuration_is_named(tmp_path: Path) -> None:
    code, _, errors = kundig_cli("import", "-w", tmp_path)
    assert (code, errors) == (1, f"kundig: {tmp_path} is no workspace: expected kundig.yaml or a folder kundig/ of YAML files there; `kundig init {tmp_path}` writes one\n")


def test_an_import_says_what_it_did(company: Company) -> None:
    workspace = company({"tickets": TICKETS}, {"tickets.csv": HEAD + "1,ada,2025-10-26 02:30,a\n2,ben,never,b\n"})
    assert kundig_cli("import", "-w", workspace.folder) == (
        0, "tickets: 2 rows, 1 event added, 1 set aside, 1 time in an hour that came twice\n1 event added. 1 row set aside: `kundig check` says why.\n", "",
    )  # fmt: skip
    code, _, errors = kundig_cli("import", "tikets", "-w", workspace.folder)
    assert (code, errors) == (1, "kundig: there is no source 'tikets'; did you mean 'tickets'? There are: tickets\n")
    imported(workspace, now=LATER)

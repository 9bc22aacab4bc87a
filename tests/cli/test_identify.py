"""`kundig identify` as a user meets it: settle, explain, decide, take back."""

import contextlib
import io

import pytest

from kundig.cli import app
from kundig.errors import IdentityError, KundigError
from kundig.identity.waterfall import waterfall
from tests.cli.test_a_users_day import kundig_cli
from tests.conftest import NOW

GIVEN = ("Ada", "Ben", "Cyd", "Dora", "Emil", "Frieda", "Gustav", "Hanna", "Ida", "Jonas")
FAMILIES = ("Berg", "Lohe", "Kessel", "Adler", "Brandt", "Cramer", "Dorn", "Ebert", "Falk", "Grau", "Hahn", "Igel")


def crm():
    """120 persons; every tenth stands there twice with the same mailbox, Ada Berg once more without one, and her mother at her address."""
    lines = ["id,given,family,born,city,street,mail,at"]
    for number in range(120):
        given, family = GIVEN[number % 10], FAMILIES[number // 10]
        said = f"{given},{family},19{40 + number % 50}-0{1 + number % 9}-1{number % 10},Town{number % 17},Way {number}"
        lines.append(f"{number},{said},{given}.{family}@example.de,2026-01-0{1 + number % 9}")
        lines.append(f"{number + 1000},{said},{given}.{family}@example.de,2026-02-0{1 + number % 9}")
    lines.append("2000,Ada,Berg,1940-01-10,Town0,Way 0,,2026-02-20")
    lines.append("2001,Ada,Berg,1961-11-23,Town0,Way 0,,2026-02-20")
    return "\n".join(lines) + "\n"


SOURCES = {
    "crm": {
        "read": {"csv": "crm.csv"},
        "traits": {"subject": "crm:{id}", "known_at": "at", "given_name": "given", "family_name": "family", "birth_date": "born", "city": "city", "street": "street", "email": "mail"},
    },
    "visits": {
        "read": {"csv": "visits.csv"},
        "events": {"kind": "visit", "subject": "web:{cookie}", "at": "at", "properties": {"user_id": "login"}},
    },
    "orders": {"read": {"csv": "orders.csv"}, "events": {"kind": "order", "subject": "email:{mail}", "at": "at"}},
}
FILES = {
    "crm.csv": crm(),
    "visits.csv": "cookie,at,login\na,2026-01-01 10:00,\na,2026-02-25 10:00,ben\nb,2026-02-26 10:00,ben\nc,2026-02-26 10:00,\n",
    "orders.csv": "mail,at\nADA.BERG@example.de,2026-01-20 10:00\n",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    from ruamel.yaml import YAML

    import kundig

    folder = tmp_path_factory.mktemp("who")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    with (folder / "kundig.yaml").open("w") as stream:
        YAML(typ="safe").dump({"company": {"name": "Nordwind"}, "sources": SOURCES}, stream)
    workspace = kundig.open(folder)
    list(workspace.imports(now=NOW))
    return workspace


def identify(folder, *words):
    """What the command prints, in this process: Splink takes seconds to load."""
    with contextlib.redirect_stdout(io.StringIO()) as out, pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "400")
        app(["identify", "-w", str(folder), *map(str, words)], standalone_mode=False)
    return out.getvalue().splitlines()


def customers(workspace, *subjects, as_of=None):
    """Whose the events of these subjects are."""
    journal = workspace.journal.as_of(as_of) if as_of else workspace.journal
    rows = journal.events.select("subject", "customer_id").distinct().to_pyarrow().to_pylist()
    found = {row["subject"]: row["customer_id"] for row in rows}
    return [found[subject] for subject in subjects]


def test_a_user_s_way_through_who_is_who(workspace, tmp_path):
    folder = workspace.folder
    assert customers(workspace, "web:a", "web:b", "email:ADA.BERG@example.de") == ["web:a", "web:b", "email:ADA.BERG@example.de"]
    before = workspace.ask("journeys.entries_exits", level="touchpoint").n

    code, output, errors = kundig_cli("identify", "-w", folder)
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "246 subjects are 123 customers; 123 have another customer than before.",
        "Tied by e-mail (241), login (2), resemblance (1).",
        "The largest customer is crm:0, of 4 subjects.",
    ]
    assert customers(workspace, "web:a", "web:b", "email:ADA.BERG@example.de") == ["web:a", "web:a", "crm:0"]
    assert customers(workspace, "web:a", as_of="2026-02-24") == ["web:a"]
    assert workspace.ask("journeys.entries_exits", level="touchpoint").n < before
    assert identify(folder)[0] == "246 subjects are 123 customers; 0 have another customer than before."

    chart = tmp_path / "why.svg"
    lines = identify(folder, "--explain", "crm:0", "crm:2000", "--chart", chart)
    assert lines[0] == "crm:0 and crm:2000 are one customer."
    assert lines[1].startswith("crm:0 and crm:2000 resemble each other, with probability 0.9")
    assert [line.split("  ")[0] for line in lines[3:11]] == ["any two", "given name", "family name", "birth date", "email", "street", "city", "together"]
    assert chart.read_text().startswith("<svg ")
    assert "bits against" in chart.read_text()

    assert identify(folder, "--explain", "web:a", "web:b")[:2] == ["web:a and web:b are one customer.", "web:a and web:b have the same login, ben, known since 2026-02-26."]
    assert "What they say of the birth date speaks against one person: no more than 49 % is believed of such a pair." in identify(folder, "--explain", "crm:0", "crm:2001")

    assert identify(folder, "--split", "web:b", "--by", "Cyd")[0] == "246 subjects are 124 customers; 1 has another customer than before."
    assert customers(workspace, "web:a", "web:b") == ["web:a", "web:b"]
    assert "split by Cyd on " in identify(folder, "--explain", "web:a", "web:b")[1]
    identify(folder, "--undo", "web:a", "web:b", "--by", "Ben")
    assert customers(workspace, "web:a", "web:b") == ["web:a", "web:a"]
    identify(folder, "--merge", "web:c", "crm:5", "--by", "Cyd")
    assert customers(workspace, "web:c") == ["crm:5"]


def test_what_cannot_be_meant_says_what_to_do(workspace):
    folder = workspace.folder
    workspace.identify()
    cases = {
        ("--merge", "crm:0", "crm:1"): "--merge is kept with the name of who decided it; add --by NAME",
        ("--split", "crm:77777", "--by", "Cyd"): "there is no subject 'crm:77777'; did you mean 'crm:77'? There are: ",
        ("--undo", "crm:3", "crm:4", "--by", "Cyd"): "nothing was decided on 'crm:3' and 'crm:4'; ",
        ("--chart", "x.svg"): "--chart draws an explanation; add --explain A B",
        ("--review", "--split", "crm:0", "--by", "Cyd"): "--split and --review go one at a time",
    }
    for words, message in cases.items():
        with pytest.raises(KundigError) as raised:
            identify(folder, *words)
        assert str(raised.value).startswith(message)


def test_where_nobody_is_there_is_nobody_to_find(company):
    assert vars(company({}).identify()) == {"subjects": 0, "customers": 0, "by": {}, "moved": 0, "largest": None, "review": 0, "demoted": {}, "warnings": ()}


def test_a_lake_in_which_nobody_was_identified_says_so(company):
    with pytest.raises(IdentityError, match="nobody was identified yet; run `kundig identify`"):
        company({}).explain("crm:1", "crm:2")


def test_the_waterfall_says_in_its_title_what_is_so(workspace):
    workspace.identify()
    told = workspace.explain("crm:0", "crm:2001")
    assert "<title>crm:0 and crm:2001: two customers</title>" in waterfall(told)
    assert waterfall(told).count("<rect") == 1 + len(told.steps) + 2

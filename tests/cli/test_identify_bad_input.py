"""`kundig identify` on what real exports hold: empty and constant columns, one number for everybody, names of all scripts, nothing at all."""

import contextlib
import csv
import io

import pytest
from ruamel.yaml import YAML

import kundig
from kundig.cli import app

COLUMNS = ("given_name", "family_name", "birth_date", "city", "country", "email", "phone")
NAMES = (("Ωλγα", "Παπαδοπούλου"), ("Иван", "Кузнецов"), ("محمد", "العلي"), ("伟", "王"), ("민준", "김"), ("Ada", "Berg"), ("Björn", "Weiß"), ("דוד", "כהן"))


def said(folder, rows):
    """What the command says of these rows, each a subject's traits."""
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, ["id", "at", *COLUMNS])
        table.writeheader()
        table.writerows({"id": number, "at": "2026-01-01", **row} for number, row in enumerate(rows))
    source = {"read": {"csv": "people.csv"}, "traits": {"subject": "crm:{id}", "known_at": "at", **{name: name for name in COLUMNS}}}
    with (folder / "kundig.yaml").open("w") as stream:
        YAML(typ="safe").dump({"company": {"name": "Nordwind"}, "sources": {"crm": source}}, stream)
    workspace = kundig.open(folder)
    list(workspace.imports())
    with contextlib.redirect_stdout(io.StringIO()) as out, pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "400")
        app(["identify", "-w", str(folder)], standalone_mode=False)
    return out.getvalue().splitlines()


def people(count):
    """Each is there twice, with names of eight scripts, and the second time without a day of birth."""
    rows = []
    for number in range(count):
        given, family = NAMES[number % len(NAMES)]
        row = {"given_name": f"{given}{chr(97 + number // 8 % 26)}", "family_name": family, "birth_date": f"{1940 + number % 60}-0{1 + number % 9}-1{number % 10}", "city": f"Town {number % 23}", "country": "DE"}
        rows += [row, row]
    return rows


def crowd(count):
    return [{"given_name": f"N{number}", "family_name": f"F{number % 997}", "city": "Ulm", "phone": "030 1234567"} for number in range(count)]


def test_columns_that_say_nothing_are_named_and_people_of_all_scripts_are_found(tmp_path):
    lines = said(tmp_path, people(60) + crowd(120))
    assert lines[0] == "240 subjects are 180 customers; 60 have another customer than before."
    assert lines[1] == "Tied by resemblance (120)."
    assert "1 value of phone joins nobody: joins too many." in lines
    assert [line for line in lines if line.startswith("▲")] == [
        "▲ email: holds no value that can be read as e-mail; it joins nobody",
        "▲ email: is empty in all 240 records; it is left out",
        "▲ phone: is empty in all 240 records; it is left out",
        "▲ country: says the same wherever it says anything (120 of 240 records); it is left out",
    ]


def test_records_that_are_all_missing_are_as_many_customers(tmp_path):
    lines = said(tmp_path, [{"given_name": " ", "city": "n/a"}] * 5)
    assert lines[0] == "5 subjects are 5 customers; 0 have another customer than before."
    assert {line.split(":")[0] for line in lines if line.startswith("▲")} >= {"▲ email", "▲ phone"}


@pytest.mark.soak
def test_100000_records_with_one_number_are_no_trouble(tmp_path):
    lines = said(tmp_path, people(60) + crowd(100_000))
    assert lines[0].startswith("100,120 subjects are ")
    assert "1 value of phone joins nobody: joins too many." in lines

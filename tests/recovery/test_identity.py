"""The true person behind the records of every silo is told, and the decoys are two people each."""

from __future__ import annotations

import shutil
from collections import Counter

import duckdb
import pytest

import kundig


def test_every_subject_of_a_customer_has_its_true_person(company):
    strangers = "subject LIKE 'social:@gast%' OR subject LIKE 'staff:%'"
    subjects = f"read_parquet('{company.workspace.folder / 'truth' / 'subjects.parquet'}')"
    assert company.rows(f"SELECT DISTINCT subject FROM told WHERE subject IS NOT NULL AND NOT ({strangers}) AND subject NOT IN (SELECT subject FROM {subjects})") == []


def test_only_shared_addresses_have_two_people(company):
    folder = company.workspace.folder / "truth"
    shared = company.rows(f"SELECT subject FROM read_parquet('{folder / 'subjects.parquet'}') GROUP BY subject HAVING count(DISTINCT person) > 1")
    couples = company.rows(f"SELECT email FROM read_parquet('{folder / 'decoys.parquet'}') d JOIN persons p ON p.person = d.one WHERE kind = 'shared e-mail'")
    assert {subject for (subject,) in shared} <= {f"email:{email}" for (email,) in couples}


def test_decoys_share_what_one_person_would_and_are_two(company):
    decoys = f"read_parquet('{company.workspace.folder / 'truth' / 'decoys.parquet'}')"
    of = "SELECT subject, any_value(given_name) AS given, any_value(family_name) AS family, any_value(birth_date) AS born, any_value(street) AS street, any_value(email) AS email FROM traits WHERE source = 'crm' GROUP BY subject"
    pairs = f"SELECT d.kind, a.*, b.* FROM {decoys} d JOIN ({of}) a ON a.subject = 'crm:' || (1000000 + d.one) JOIN ({of}) b ON b.subject = 'crm:' || (1000000 + d.other)"
    rows = company.rows(pairs)
    assert {row[0] for row in rows} == {"brothers", "father and son", "shared e-mail"}
    for kind, _, given, family, born, street, email, _, given2, family2, born2, street2, email2 in rows:
        assert (family, street) == (family2, street2)
        assert (given == given2) == (kind == "father and son")
        assert born is None or born != born2
        assert (email == email2) == (kind == "shared e-mail")


@pytest.fixture(scope="session")
def customers(company, tmp_path_factory):
    """The customer of every subject, and what the run said; in a copy, since other tests go by the company as it was imported."""
    folder = tmp_path_factory.mktemp("identified")
    shutil.copy(company.workspace.folder / "kundig.yaml", folder)
    shutil.copytree(company.workspace.lake.folder, folder / "lake")
    workspace = kundig.open(folder)
    changed = workspace.identify()
    with duckdb.connect() as con:
        files = workspace.lake.files("identities")
        return dict(con.execute("SELECT subject, customer_id FROM read_parquet(?) WHERE until IS NULL", [files]).fetchall()), changed


def test_people_are_found_again_under_all_their_names(company, customers):
    """Of subjects that any silo knows by name, mailbox, number or login.

    A cookie that never logged in is nobody's, a handle in public is not anybody's for sure, and a shared mailbox is two's.
    """
    found, _ = customers
    folder = company.workspace.folder / "truth"
    truth = dict(
        company.rows(
            f"SELECT subject, min(person) FROM read_parquet('{folder / 'subjects.parquet'}') WHERE NOT starts_with(subject, 'social:') "
            "AND (NOT starts_with(subject, 'web:') OR subject IN (SELECT subject FROM traits)) GROUP BY subject HAVING count(DISTINCT person) = 1"
        )
    )

    def pairs(values):
        return sum(n * (n - 1) // 2 for n in Counter(values).values())

    right = pairs((found.get(subject, subject), person) for subject, person in truth.items())
    said, true = pairs(found.get(subject, subject) for subject in truth), pairs(truth.values())
    assert right / said >= 0.995
    assert 2 * right / (said + true) >= 0.98


def test_no_decoy_is_merged(company, customers):
    found, _ = customers
    decoys = company.rows(f"SELECT kind, 'crm:' || (1000000 + one), 'crm:' || (1000000 + other) FROM read_parquet('{company.workspace.folder / 'truth' / 'decoys.parquet'}')")
    assert {kind for kind, *_ in decoys} == {"brothers", "father and son", "shared e-mail"}
    assert [(kind, one, other) for kind, one, other in decoys if found.get(one, one) == found.get(other, other)] == []


def test_every_mailbox_that_two_silos_know_two_people_by_joins_nobody(company, customers):
    _, changed = customers
    couples = company.rows(f"SELECT count(*) FROM read_parquet('{company.workspace.folder / 'truth' / 'decoys.parquet'}') WHERE kind = 'shared e-mail'")
    assert sum(count for (how, _), count in changed.demoted.items() if how == "e-mail") == couples[0][0]

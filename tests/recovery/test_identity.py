"""The true person behind the records of every silo is told, and the decoys are two people each."""

from __future__ import annotations


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

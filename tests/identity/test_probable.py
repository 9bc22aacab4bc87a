from collections import Counter

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from kundig.identity.probable import best_threshold, probable
from tests.data import real

FAMILIES = ("Berg", "Lohe", "Kessel", "Adler", "Brandt", "Cramer", "Dorn", "Ebert", "Falk", "Grau")
GIVEN = ("Ada", "Ben", "Cyd", "Dora", "Emil", "Frieda", "Gustav", "Hanna", "Ida", "Jonas", "Karla", "Ludwig")


def crowd(**more):
    """120 persons, each with a second record in which the day of birth or the name is written otherwise."""
    rows = []
    for number in range(120):
        given, family = GIVEN[number % 12], FAMILIES[number // 12]
        born = f"19{40 + number % 50}-0{1 + number % 9}-1{number % 10}"
        said = {"given_name": given, "family_name": family, "birth_date": born, "city": f"Town {number % 17}", **more}
        rows.append({"subject": f"a{number:03}", **said})
        rows.append({"subject": f"b{number:03}", **said, **({"birth_date": None} if number % 3 == 0 else {"family_name": family + "s"})})
    return pa.Table.from_pylist(rows)


def links(found):
    return {(row["subject"], row["other"]) for row in found.pairs.to_pylist() if row["probability"] >= found.threshold}


@pytest.fixture(scope="module")
def found():
    """Asked once: to learn what records of one person have in common takes longest."""
    return probable(crowd())


def test_records_of_one_person_are_found_without_a_label(found):
    assert links(found) == {(f"a{number:03}", f"b{number:03}") for number in range(120)}
    assert found.warnings == ()


def test_father_and_son_of_whom_no_day_of_birth_is_known_are_left_to_people():
    rows = [{**row, "email": f"{row['given_name']}.{row['family_name']}{row['subject'][1:]}@example.de".lower()} for row in crowd().to_pylist()]
    till = {"given_name": "Till", "family_name": "Gerdes", "city": "Town 3"}
    rows += [{"subject": "a999", **till, "email": "till.gerdes288@brief.example"}, {"subject": "b999", **till, "email": "till.gerdes508@funk.example"}]
    found = probable(pa.Table.from_pylist(rows))
    assert links(found) == {(f"a{number:03}", f"b{number:03}") for number in range(120)}


def test_a_column_that_is_empty_or_constant_is_named_and_changes_nothing(found):
    more = probable(crowd(email=None, country="DE", company="  "))
    assert more.warnings == (
        "email: is empty in all 240 records; it is left out",
        "country: says the same wherever it says anything (240 of 240 records); it is left out",
        "company: is empty in all 240 records; it is left out",
    )
    assert links(more) == links(found)


def test_asking_twice_gives_the_same(found):
    assert probable(crowd()).pairs.equals(found.pairs)


def test_records_that_are_all_missing_link_nobody():
    table = pa.table({"subject": ["a", "b", "c"], "given_name": pa.array([None] * 3, pa.string()), "email": ["", " ", "n/a"]})
    found = probable(table)
    assert (found.pairs.to_pylist(), found.warnings) == ([], ("given_name: is empty in all 3 records; it is left out", "email: is empty in all 3 records; it is left out"))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_anybody_is_no_trouble(count):
    found = probable(pa.table({"subject": [f"s{number}" for number in range(count)], "given_name": ["Ada", "Ben"][:count], "email": ["ada@example.de", "ben@example.de"][:count]}))
    assert links(found) == set()


def test_names_in_other_scripts_are_compared_like_all_others():
    names = ["Иван", "山田太郎", "محمد", "Ωλγα", "דוד", "ஆதி"]
    rows = [{"subject": f"{part}{number}", "given_name": f"{names[number % 6]}{chr(0x430 + number)}", "city": f"Город {number % 5}"} for number in range(30) for part in "ab"]
    found = probable(pa.Table.from_pylist(rows))
    assert {(f"a{number}", f"b{number}") for number in range(30)} >= links(found)


def test_a_number_that_100000_records_share_makes_no_crowd_of_pairs():
    rows = [{"subject": f"s{number}", "phone": "+49301234567", "given_name": f"n{number // 2}"} for number in range(100_000)]
    found = probable(pa.Table.from_pylist(rows))
    assert found.warnings == ("phone: says the same wherever it says anything (100,000 of 100,000 records); it is left out",)
    assert found.pairs.to_pylist() == []


def test_the_threshold_follows_from_the_expected_error():
    assert best_threshold(np.array([])) == (1.0, 1.0, 1.0)
    assert best_threshold(np.array([1.0, 1.0, 0.1])) == (1.0, 1.0, 2 / 2.1)


def f1(found, subjects, truth):
    """Pairwise over clusters."""
    together = {subject: {subject} for subject in subjects}
    for a, b in links(found):
        if together[a] is not together[b]:
            union = together[a] | together[b]
            for one in union:
                together[one] = union
    label = {subject: min(group) for subject, group in together.items()}

    def pairs(values):
        return sum(n * (n - 1) // 2 for n in Counter(values).values())

    right = pairs((label[subject], true) for subject, true in zip(subjects, truth, strict=True))
    return 2 * right / (pairs(label.values()) + pairs(truth))


def febrl(number):
    file = real("identity_resolution") / f"febrl{number}.csv.gz"
    with duckdb.connect() as con:
        return con.sql("SELECT rec_id AS subject, given_name, surname AS family_name, street_number, address_1 AS street, address_2 AS place, suburb AS city, postcode, state, date_of_birth AS birth_date FROM read_csv(?, all_varchar = true)", params=[str(file)]).to_arrow_table()


@pytest.mark.parametrize("number", [1, *(pytest.param(number, marks=pytest.mark.soak) for number in (2, 3))])
def test_febrl_is_solved_without_its_number(number):
    table = febrl(number)
    subjects = table.column("subject").to_pylist()
    assert f1(probable(table), subjects, [subject.split("-")[1] for subject in subjects]) >= 0.99

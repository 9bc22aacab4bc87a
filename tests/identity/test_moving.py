"""Who has moved, and who has married: what changes at once speaks against one person once."""

import duckdb
import pytest

from kundig.identity.explaining import explanation
from kundig.identity.moving import moved
from kundig.settings import Identity
from tests.identity.shapes import SHAPES
from tests.identity.test_shapes import asked, figures, traits

SORTS = {"given_name": "name", "street": "words", "postcode": "code", "city": "words"}


def column(name, m, u):
    equal = {"sql_condition": f'"{name}_l" = "{name}_r"', "m_probability": 1 - m, "u_probability": 1 - u}
    return {"output_column_name": name, "comparison_levels": [{"sql_condition": f'"{name}_l" IS NULL', "is_null_level": True}, equal, {"sql_condition": "ELSE", "m_probability": m, "u_probability": u}]}


MODEL = {"comparisons": [column("given_name", 0.01, 0.99), column("street", 0.125, 1.0), column("postcode", 0.25, 1.0), column("city", 0.5, 1.0)]}


@pytest.mark.parametrize(
    ("one", "other", "bits"),
    [
        (("Haupt 1", "10115", "berlin"), ("Wald 2", "80331", "muenchen"), 3.0),  # 3 + 2 + 1 bits against, of which three stay
        (("Haupt 1", "10115", "berlin"), ("Wald 2", "80331", "berlin"), 0.0),
        (("Haupt 1", None, "berlin"), ("Wald 2", "80331", "muenchen"), 1.0),
        (("Haupt 1", None, None), ("Wald 2", "80331", "muenchen"), 0.0),
        ((None, None, None), ("Wald 2", "80331", "muenchen"), 0.0),
    ],
)
def test_an_address_that_differs_in_all_that_is_known_speaks_once(one, other, bits):
    with duckdb.connect() as con:
        con.execute("CREATE TABLE r (given_name VARCHAR, street VARCHAR, postcode VARCHAR, city VARCHAR, which VARCHAR)")
        con.executemany("INSERT INTO r VALUES ('ada', ?, ?, ?, ?)", [(*one, "a"), (*other, "b")])
        assert con.execute(f"SELECT {moved(SORTS, MODEL)} FROM r a, r b WHERE a.which = 'a' AND b.which = 'b'").fetchall() == [(bits,)]


def test_of_one_column_alone_nothing_is_given_back():
    assert moved({"city": "words"}, MODEL) == "0.0"


@pytest.fixture(scope="module")
def town():
    """People who married and moved, who they really are, and whom they were taken for."""
    rows, truth = SHAPES["married and moved"](21, 400)
    return rows, truth, asked(rows)


def test_an_explanation_says_of_who_moved_what_was_believed(town):
    rows, _, found = town
    there = {row["subject"]: row for row in rows}
    links = {(row["subject"], row["other"]): row["probability"] for row in found.links.to_pylist() if row["how"] == "resemblance"}
    pairs = [pair for pair in links if all(there[pair[0]][name] != there[pair[1]][name] for name in ("street", "postcode", "city"))]
    assert pairs
    one, other = pairs[0]
    told = explanation(one, other, said=traits(rows), identities=found.identities, links=found.links, order=found.order, decisions=(), settings=Identity(), model=found.model)
    assert [step.field for step in told.steps if step.bits > 0 and step.field == "address"] == ["address"]
    assert told.probability == pytest.approx(links[one, other], abs=1e-6)


def test_a_name_at_birth_and_a_compound_are_found_again(town):
    rows, truth, found = town
    precision, recall = figures(found, rows, truth)
    assert (precision >= 0.99, recall >= 0.95) == (True, True), (precision, recall)

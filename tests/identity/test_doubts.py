"""How much is believed of a pair that speaks against its being one person."""

import duckdb
import numpy as np
import pytest

from kundig.identity.doubts import AGREE, DIFFER, DOUBTFUL, NEAR, UNKNOWN, UNPROVEN, believable, believed, standing

SORTS = {"given_name": "name", "family_name": "name", "birth_date": "date", "city": "words"}


def standings(counts):
    return np.array([4 * named + owned for (named, owned), times in counts.items() for _ in range(times)], dtype=np.int8)


@pytest.mark.parametrize(
    ("a", "b", "named", "owned"),
    [
        (("ada", "19900307"), ("ada", "19900307"), AGREE, AGREE),
        (("ada", "19900307"), ("ada", "19900703"), AGREE, AGREE),
        (("ada", "19900307"), ("ben", "19611123"), DIFFER, DIFFER),
        (("ada", None), ("ben", "19611123"), DIFFER, UNKNOWN),
        ((None, None), ("ben", "19611123"), UNKNOWN, UNKNOWN),
        (("berg", "19900307"), ("lohe", "19900307"), AGREE, AGREE),
        (("hanna", "19900307"), ("anne", "19900307"), NEAR, AGREE),
    ],
    ids=["the same", "day and month transposed", "two persons", "no day known", "nothing known", "names transposed", "names alike"],
)
def test_two_records_stand_to_each_other_as_their_names_and_days_do(a, b, named, owned):
    family = {"berg": "lohe", "lohe": "berg"}
    with duckdb.connect() as con:
        rows = [f"(SELECT ?::VARCHAR AS given_name, '{family.get(one[0], 'berg')}' AS family_name, ?::VARCHAR AS birth_date) {name}" for name, one in (("a", a), ("b", b))]
        [(found,)] = con.execute(f"SELECT {standing(SORTS)} FROM {rows[0]}, {rows[1]}", [*a, *b]).fetchall()
    transposed = a[0] == "berg"
    assert found == 4 * (NEAR if transposed else named) + owned


def test_mistakes_that_come_one_by_one_leave_it_open():
    """Of 1,000 pairs 200 differ in the name and 60 in the day: 12 in both are as many as chance makes."""
    most = believed(SORTS, standings({(AGREE, AGREE): 1000, (DIFFER, AGREE): 200, (AGREE, DIFFER): 60, (DIFFER, DIFFER): 12}))
    assert most[:16] == [1.0] * 16
    assert most[16] == DOUBTFUL


def test_pairs_that_differ_in_both_more_often_than_by_chance_are_two():
    most = believed(SORTS, standings({(AGREE, AGREE): 1000, (DIFFER, AGREE): 200, (AGREE, DIFFER): 60, (DIFFER, DIFFER): 1200}))
    assert most[4 * DIFFER + DIFFER] == pytest.approx((12 + 5) / (1200 + 5))
    assert most[16] == pytest.approx((12 + 5) / (1200 + 5))


def test_where_nothing_of_one_s_own_is_known_another_given_name_is_another_person():
    most = believed({"given_name": "name", "street": "words"}, standings({(AGREE, UNKNOWN): 50, (DIFFER, UNKNOWN): 50}))
    assert [place for place, chance in enumerate(most) if chance < 1] == [4 * DIFFER + UNKNOWN, 16]
    assert most[4 * DIFFER + UNKNOWN] == UNPROVEN


def test_no_more_is_believed_than_the_standing_and_the_contradiction_allow():
    most = [1.0] * 17
    most[3], most[16] = 0.2, 0.4
    found = believable(np.array([0.9, 0.9, 0.9, 0.1]), np.array([False, False, True, True]), np.array([0, 3, 0, 0], dtype=np.int8), most)
    assert found.tolist() == [0.9, 0.2, 0.4, 0.1]

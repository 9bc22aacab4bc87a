"""Of incidents that come together, the one that goes with leaving stands, and its companions do not."""

import numpy as np
import pytest

from kundig.foresight.adjusted import added_by, beside, standing
from kundig.foresight.conditional import conditional

SETS, MEMBERS, Z = 1_500, 5, 1.96


def drawn(seed, log_ratio, **exposures):
    """Sets in which whoever is exposed leaves oftener by `log_ratio`; exposures by name, each from the ones before it."""
    chance = np.random.default_rng(seed)
    columns = {}
    for name, made in exposures.items():
        columns[name] = np.asarray(made(chance, columns), dtype=float)
    x, of = np.column_stack(list(columns.values())), np.repeat(np.arange(SETS), MEMBERS)
    odds = np.exp(x @ np.array([log_ratio.get(name, 0.0) for name in columns]))
    share = odds / np.bincount(of, odds)[of]
    case = np.zeros(len(of), dtype=bool)
    for number in range(SETS):
        rows = slice(number * MEMBERS, (number + 1) * MEMBERS)
        case[number * MEMBERS + chance.choice(MEMBERS, p=share[rows])] = True
    return x, case, of


def often(share):
    return lambda chance, _: chance.random(SETS * MEMBERS) < share


def part_of(name, share):
    return lambda chance, columns: columns[name] * (chance.random(SETS * MEMBERS) < share)


def together_with(name, share, alone):
    return lambda chance, columns: np.where(columns[name] > 0, chance.random(SETS * MEMBERS) < share, chance.random(SETS * MEMBERS) < alone)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_case_handed_around_stands_and_the_case_and_its_solution_come_along(seed):
    x, case, of = drawn(seed, {"handed around": 0.9}, case=often(0.4), solution=part_of("case", 0.97), **{"handed around": part_of("case", 0.25)})
    kept, ratios = standing(x, case, of, Z)
    assert kept == [2]
    assert [abs(ratio) < 3.3 * error for ratio, error in ratios] == [True, True, False]
    assert abs(ratios[2][0] - 0.9) < 3.3 * ratios[2][1] < 0.5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_reasons_that_often_come_together_both_stand(seed):
    x, case, of = drawn(seed, {"error": 0.8, "slow": 0.6}, error=often(0.2), slow=together_with("error", 0.6, 0.1))
    kept, ratios = standing(x, case, of, Z)
    assert kept == [0, 1]
    assert [abs(ratio - planted) < 3.3 * error for (ratio, error), planted in zip(ratios, (0.8, 0.6), strict=True)] == [True, True]


def test_of_two_names_for_one_thing_one_stands():
    x, case, of = drawn(1, {"one": 0.9}, one=often(0.2), other=part_of("one", 1.0))
    assert standing(x, case, of, Z)[0] == [0]


def test_nothing_stands_where_nothing_goes_with_leaving():
    x, case, of = drawn(4, {}, one=often(0.2), other=often(0.5))
    assert standing(x, case, of, Z)[0] == []


def test_the_score_is_nearly_the_ratio_over_its_error():
    x, case, of = drawn(5, {"error": 0.8}, error=often(0.2), slow=together_with("error", 0.3, 0.2))
    score = added_by(x, [0], case, of)
    ratio, error = beside(x, [0], case, of)[1]
    joint = conditional(x, case, of)
    assert (score[0], score[1]) == (-np.inf, pytest.approx(ratio / error, abs=0.1))
    assert (ratio, error) == (pytest.approx(joint.log_ratio[1]), pytest.approx(joint.error[1]))

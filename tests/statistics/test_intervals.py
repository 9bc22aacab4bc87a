import ibis
import pytest

from kundig.statistics import wilson, z_value


def ends(pairs, confidence):
    table = ibis.memtable({"count": [float(count) for count, _ in pairs], "n": [float(n) for _, n in pairs]})
    low, high = wilson(table["count"], table.n, z_value(confidence))
    return [(row["low"], row["high"]) for row in table.select(low=low, high=high).to_pyarrow().to_pylist()]


@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.95, 0.99])
def test_none_of_all_begins_at_nothing_and_all_of_them_end_at_one_to_the_last_digit(confidence):
    sizes = [*range(1, 400), 986, 1_434, 3_512, 10**6 + 1, 10**9]
    assert {low for low, _ in ends([(0, n) for n in sizes], confidence)} == {0.0}
    assert {high for _, high in ends([(n, n) for n in sizes], confidence)} == {1.0}


def test_an_interval_is_that_of_the_textbook_and_mirrors_that_of_the_rest():
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    pairs = [(81, 263), (15, 148), (0, 20), (1, 29)]
    found = ends(pairs, 0.95)
    assert [(round(low, 4), round(high, 4)) for low, high in found] == [(0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718)]
    assert [1 - high for _, high in ends([(n - count, n) for count, n in pairs], 0.95)] == pytest.approx([low for low, _ in found], abs=1e-15)

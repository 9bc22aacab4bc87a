import pyarrow as pa

from kundig.identity.linked import linked
from kundig.identity.probable import Probable


def found(*pairs, threshold=0.5):
    rows = [{"subject": a, "other": b, "probability": chance} for a, b, chance in sorted(pairs, key=lambda pair: -pair[2])]
    schema = pa.schema([("subject", pa.string()), ("other", pa.string()), ("probability", pa.float64())])
    return Probable(pa.Table.from_pylist(rows, schema=schema), threshold, 1.0, 1.0, ())


def test_a_link_joins_and_a_pair_below_the_threshold_does_not():
    assert linked(["ada", "adda", "ben"], found(("ada", "adda", 0.9), ("ada", "ben", 0.4))).label.tolist() == [0, 0, 2]


def test_a_chain_of_three_is_followed():
    assert linked(["a", "b", "c"], found(("a", "b", 0.99), ("b", "c", 0.99))).label.tolist() == [0, 0, 0]


def test_one_weak_link_does_not_unite_two_large_clusters_that_share_nothing_else():
    ada, ben = [f"ada{n}" for n in range(4)], [f"ben{n}" for n in range(4)]
    pairs = [(group[i], group[j], 0.999) for group in (ada, ben) for i in range(4) for j in range(i + 1, 4)]
    answer = linked([*ada, *ben], found(*pairs, ("ada0", "ben0", 0.6)))
    assert (answer.label.tolist(), len(answer.refused)) == ([0, 0, 0, 0, 4, 4, 4, 4], 1)


def test_who_must_be_apart_stays_apart():
    answer = linked(["a", "b", "c"], found(("a", "b", 0.99), ("b", "c", 0.9)), apart=[(0, 2)])
    assert answer.label.tolist() == [0, 0, 2]


def test_a_pair_that_is_only_likely_joins_where_a_second_record_of_the_cluster_says_so_too():
    sure = [("ada", "adda", 0.99), ("ada", "aada", 0.6), ("adda", "aada", 0.7)]
    assert linked(["ada", "adda", "aada"], found(*sure, threshold=0.9)).label.tolist() == [0, 0, 0]
    assert linked(["ada", "adda", "aada"], found(*sure[:2], threshold=0.9)).label.tolist() == [0, 0, 2]


def test_what_is_only_likely_joins_nobody_who_must_be_apart():
    sure = [("ada", "adda", 0.99), ("ada", "aada", 0.6), ("adda", "aada", 0.7)]
    assert linked(["ada", "adda", "aada"], found(*sure, threshold=0.9), apart=[(0, 2)]).label.tolist() == [0, 0, 2]

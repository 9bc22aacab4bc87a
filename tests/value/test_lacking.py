import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kundig.value import lacking as module
from kundig.value.lacking import Links, lacking, sets


def one_by_one(pairs, held, most):
    """For each customer the candidates, told without any array."""
    found = []
    for mine in held:
        best = {}
        for link, (product, candidate, share, holders, worth) in enumerate(pairs):
            if product in mine and candidate not in mine:
                best[candidate] = min(best.get(candidate, ((1,),)), ((-share, -holders, product), -worth, candidate, link))
        found.append([link for *_, link in sorted(best.values(), key=lambda row: row[1:])[:most]])
    return found


PRODUCT = st.integers(0, 5)
PAIRS = st.dictionaries(st.tuples(PRODUCT, PRODUCT).filter(lambda pair: pair[0] != pair[1]), st.tuples(st.sampled_from([0.2, 0.4, 0.9]), st.integers(1, 3), st.sampled_from([1.0, 2.0, 3.0])), max_size=20)


@given(PAIRS, st.lists(st.sets(PRODUCT, min_size=1), max_size=12), st.integers(1, 3))
def test_what_each_lacks_is_what_looking_at_one_customer_after_the_other_finds(pairs, held, most):
    pairs = [(*key, *value) for key, value in sorted(pairs.items())]
    links = Links(*(np.array([pair[place] for pair in pairs], dtype=type_) for place, type_ in enumerate((np.int64, np.int64, float, np.int64, float))))
    who = np.array([place for place, mine in enumerate(held) for _ in mine], dtype=np.int64)
    product = np.array([one for mine in held for one in sorted(mine)], dtype=np.int64)
    found = sets(who, product)
    of, link = lacking(links, found, product, most)
    assert [link[of == kind].tolist() for kind in found.of] == one_by_one(pairs, held, most)


def test_sets_looked_at_in_parts_are_the_same_sets(monkeypatch):
    links = Links(np.array([0, 1, 2]), np.array([1, 2, 0]), np.array([0.5, 0.5, 0.5]), np.array([9, 9, 9]), np.array([1.0, np.nan, 3.0]))
    found, product = sets(np.array([0, 1, 1, 2]), np.array([0, 1, 2, 1])), np.array([0, 1, 2, 1])
    whole = [part.tolist() for part in lacking(links, found, product, 2)]
    monkeypatch.setattr(module, "AT_ONCE", 1)
    assert [part.tolist() for part in lacking(links, found, product, 2)] == whole
    assert sorted(whole[1]) == [0, 1, 2]

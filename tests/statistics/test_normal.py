import ibis
import numpy as np
import pytest
from scipy.stats import false_discovery_control, norm

from kundig.statistics import benjamini_hochberg
from kundig.statistics.normal import two_sided


def test_the_normal_distribution_is_that_of_scipy_far_into_its_tails():
    z = np.linspace(-12, 12, 97)
    table = ibis.memtable({"z": z})
    assert table.select("z", p=two_sided(table.z)).order_by("z").to_pyarrow()["p"].to_pylist() == pytest.approx(2 * norm.sf(np.abs(z)), rel=2e-7)


def test_corrected_chances_are_those_of_scipy_within_each_family():
    rng = np.random.default_rng(1)
    p = np.round(rng.uniform(size=40) ** 3, 2)
    table = ibis.memtable({"id": list(range(42)), "of": ["a"] * 25 + ["b"] * 15 + ["a", "b"], "p": [*p, None, None]})
    found = {row["id"]: row["q"] for row in benjamini_hochberg(table, "p", ["of"], ["id"]).to_pyarrow().to_pylist()}
    expected = [*false_discovery_control(p[:25]), *false_discovery_control(p[25:])]
    assert [found[n] for n in range(40)] == pytest.approx(expected)
    assert (found[40], found[41]) == (None, None)

"""What sums of products say of drivers: their importance, how sure it is, and whether it is more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

OUTCOME = CONSTANT = ""
"""The names of the outcome, which stands after a separator, and of the constant beside all values."""
SEPARATOR, BETWEEN = "\x1f", "\x1e"
"""Between a metric and a touchpoint, and between the names of a pattern."""
_MOST_SUMS = 40_000_000


def importances(names: list[str], observed: Any, n: Any, total: Any, product: Any, replicates: int, alpha: float) -> dict[tuple[str, str], dict[str, Any]]:  # noqa: PLR0913 -- the sums, and how often to draw
    """What the bootstrap says of each compared driver, by metric and name."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy import stats  # noqa: PLC0415 -- slow import

    from kundig.statistics.importance import lmg  # noqa: PLC0415 -- with it comes NumPy
    from kundig.statistics.missing import Gaps, normal, redrawn  # noqa: PLC0415 -- loaded when it is needed

    if len(names) < 2 or len(n) < 10 or n.sum() < 3 * len(names):  # noqa: PLR2004 -- fewer groups have no bootstrap
        return {}
    whole = Gaps(observed, n.sum(0), total.sum(0), product.sum(0))
    start = normal(whole)
    if start[1][-1, -1] < 1e-9:  # noqa: PLR2004 -- everybody answers the same
        return {}
    draws = np.random.default_rng(1980).multinomial(len(n), np.full(len(n), 1 / len(n)), size=replicates).astype(float)
    drawn = redrawn(whole, Gaps(observed, n, total, product), draws, start)
    kept = drawn[:, -1, -1] > 1e-9  # noqa: PLR2004 -- a draw in which everybody answers the same says nothing
    drawn = drawn[kept]
    if len(drawn) < replicates / 2:
        return {}
    parts, r2 = lmg(start[1])
    some, r2s = lmg(drawn)
    shares, some_shares = parts / max(float(r2), 1e-12), some / np.maximum(r2s, 1e-12)[:, None]
    p = np.minimum(*(2 * stats.norm.sf(np.abs(of(start[1])) / np.maximum(of(drawn).std(axis=0, ddof=1), 1e-12)) for of in (_correlations, _slopes)))
    q = stats.false_discovery_control(np.minimum(2 * p, 1))
    low, high = _between(shares, some_shares, alpha)
    [r2_low], [r2_high] = _between(np.array([r2]), r2s[:, None], alpha)
    correlation = _correlations(start[1])
    found = {}
    for place, name in enumerate(names[:-1]):
        sure = q[place] <= alpha
        metric, _, driver = name.partition(SEPARATOR)
        found[metric, driver] = {
            "importance": float(shares[place]) if sure else 0.0, "low": float(low[place]) if sure else 0.0, "high": float(high[place]), "part_of_r2": float(parts[place]),
            "correlation": float(correlation[place]), "q": float(q[place]), "r2": float(r2), "r2_low": float(r2_low), "r2_high": float(r2_high),
        }  # fmt: skip
    return found


def _between(estimate: Any, drawn: Any, alpha: float) -> tuple[Any, Any]:
    """The interval of a share. Noise makes shares too large, and in each draw once more, so their percentiles would lie too high."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy import stats  # noqa: PLC0415 -- slow import

    half = stats.norm.isf(alpha / 2) * drawn.std(axis=0, ddof=1)
    return np.clip(estimate - half, 0, 1), np.clip(estimate + half, 0, 1)


def _correlations(covariance: Any) -> Any:
    import numpy as np  # noqa: PLC0415 -- slow import

    spread = np.sqrt(np.maximum(np.einsum("...kk->...k", covariance), 1e-12))
    return covariance[..., :-1, -1] / spread[..., :-1] / spread[..., -1:]


def _slopes(covariance: Any) -> Any:
    import numpy as np  # noqa: PLC0415 -- slow import

    return np.linalg.solve(covariance[..., :-1, :-1], covariance[..., :-1, -1:])[..., 0]


def arrays(products: pa.Table) -> tuple[list[str], Any, Any, Any, Any]:
    """Names with the outcome last, what each pattern has, and by group and pattern the rows, sums and products."""
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    outcome = SEPARATOR + OUTCOME
    names = [*sorted(set(products["other_name"].unique().to_pylist()) - {outcome, CONSTANT}), outcome, CONSTANT]
    patterns, blocks = (sorted(products[name].unique().to_pylist()) for name in ("pattern", "block"))

    def places(column: str, of: list[str]) -> Any:
        return pc.index_in(products[column], value_set=pa.array(of, type=pa.string())).to_numpy()

    k = len(names)
    # Where gaps have very many patterns, fewer and larger groups are drawn from.
    groups = int(min(len(blocks), max(16, _MOST_SUMS // (len(patterns) * k * k))))
    product = np.zeros((groups, len(patterns), k, k))
    at, one, other, value = (places("block", blocks) % groups, places("pattern", patterns)), places("name", names), places("other_name", names), products["total"].to_numpy()
    np.add.at(product, (*at, one, other), value)
    apart = one != other
    np.add.at(product, tuple(part[apart] for part in (*at, other, one)), value[apart])
    observed = np.array([[name in pattern.split(BETWEEN) for name in names[:-1]] for pattern in patterns])
    return names[:-1], observed, product[..., -1, -1], product[..., :-1, -1], product[..., :-1, :-1]

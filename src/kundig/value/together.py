"""Which products go together: lifts of all pairs, corrected for how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

TOGETHER, APART, UNSURE = "goes together", "goes apart", "no difference shown"


class Together(NamedTuple):
    """For each pair of products what is known of it; not a number, and no verdict, where too few hold the one or do not."""

    share: Numbers
    share_others: Numbers
    lift: Numbers
    low: Numbers
    high: Numbers
    p: Numbers
    verdict: NDArray[np.object_]


def together(pairs: pa.Table, floor: int, z: float) -> Together:
    """Lifts of the rows of `holdings.pairs`, with exact intervals where counts are small, and their verdicts.

    Two products go together, or apart, if the lift's interval lies above, or below, 1, and chance gives such a one seldom enough after
    all pairs are corrected for (Benjamini and Hochberg).

    Args:
        pairs: customers, holders, owners and both of each, and how many comparisons they are among.
        floor: of fewer holders, or fewer others, nothing is told.
        z: quantile of the normal distribution for the intervals; it sets the level of the verdicts too.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import norm  # noqa: PLC0415 -- slow import

    from kundig.statistics.false_discovery import corrected  # noqa: PLC0415 -- beside the slow ones
    from kundig.statistics.lifts import lifts  # noqa: PLC0415 -- needs it too

    customers, n, owners, both = (_numbers(pairs, name) for name in ("customers", "holders", "owners", "both"))
    known = np.flatnonzero((n >= floor) & (customers - n >= floor))
    size, others, here, apart = n[known], (customers - n)[known], both[known], (owners - both)[known]
    found = lifts(here, size, apart, others, z)
    p = corrected(found.p, pairs["comparisons"][0].as_py()) if len(known) else found.p
    sure = p <= 2 * norm.sf(z)
    said = np.select([sure & (found.low > 1), sure & (found.high < 1)], [TOGETHER, APART], UNSURE)

    def told(values: Any, other: Any = np.nan) -> Any:
        every = np.full(len(n), other, dtype=object if other is None else np.float64)
        every[known] = values
        return every

    return Together(told(here / size), told(apart / others), told(found.size), told(found.low), told(found.high), told(p), told(said, None))


def _numbers(pairs: pa.Table, name: str) -> Numbers:
    import numpy as np  # noqa: PLC0415 -- slow import

    return np.asarray(pairs[name].to_numpy(zero_copy_only=False), dtype=np.float64)

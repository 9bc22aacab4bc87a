"""The slope of an outcome on one thing, with others held, where the outcome scatters differently from row to row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Slope:
    """A slope with its standard error and degrees of freedom."""

    size: float
    error: float
    freedom: float

    def interval(self, confidence: float) -> tuple[float, float]:
        """Student's interval."""
        from scipy.stats import t  # noqa: PLC0415 -- slow import

        half = float(t.ppf((1 + confidence) / 2, self.freedom)) * self.error
        return self.size - half, self.size + half

    @property
    def p(self) -> float:
        """How often chance alone gives a slope as steep."""
        from scipy.stats import t  # noqa: PLC0415 -- slow import

        return float(2 * t.sf(abs(self.size) / self.error, self.freedom)) if self.error > 0 else float(self.size == 0)


def slope(y: Numbers, x: Numbers, held: Sequence[Numbers] = ()) -> Slope | None:
    """The least-squares slope of `y` on `x` beside a constant and what is held, with errors that need not be alike (HC3).

    None where `x` says nothing that what is held does not say already, or no row is left to tell the scatter.

    Source: MacKinnon and White (1985), Journal of Econometrics 29; Long and Ervin (2000), The American Statistician 54.

    >>> import numpy as np
    >>> found = slope(np.array([1.0, 2.0, 2.0, 3.0, 4.0]), np.array([0.0, 1.0, 1.0, 2.0, 3.0]))
    >>> round(found.size, 6), round(found.error, 6), found.freedom
    (1.0, 0.0, 3.0)
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    n = len(y)
    columns = np.column_stack([np.ones(n), *held])
    # Frisch, Waugh and Lovell: what is held is taken out of both, which leaves one slope.
    basis, size, _ = np.linalg.svd(columns, full_matrices=False)
    basis = basis[:, size > 1e-10 * size[0]]
    freedom = n - basis.shape[1] - 1
    rest = x - basis @ (basis.T @ x)
    spread = float(rest @ rest)
    if freedom < 1 or spread <= 1e-10 * max(float(x @ x), 1e-300):
        return None
    steep = float(rest @ y) / spread
    left = y - basis @ (basis.T @ y) - steep * rest
    leverage = (basis * basis).sum(axis=1) + rest * rest / spread
    # A row that alone fixes a column fits exactly and tells nothing of the scatter.
    kept = 1 - leverage
    scaled = np.where(kept > 1e-8, left / np.maximum(kept, 1e-8), 0.0)  # noqa: PLR2004 -- the number is the thought
    return Slope(steep, float(np.sqrt(((rest * scaled) ** 2).sum()) / spread), float(freedom))

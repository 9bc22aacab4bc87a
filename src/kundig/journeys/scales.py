"""Scales: on which the noise of a figure is as wide in every period, and alike on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["roots", "logarithms", "plain"]
HEAVIEST = 2.0
"""A period weighs at most as much as this many usual ones."""
LITTLE = 0.01
"""Added to what is turned into logarithms, as a share of the usual: a period in which nothing was waited for has one as well."""


@dataclass(frozen=True)
class Scale:
    """A figure of each period on its scale, and the way back.

    Attributes:
        kind: roots of numbers (Anscombe), whose noise grows with them; logarithms of what has a long tail and is at least 0; means as they are.
        y: the figure on the scale; null in a period without one.
        weight: how much each period counts.
        little: what was added before the logarithm.
    """

    kind: Kind
    y: NDArray[np.float64]
    weight: NDArray[np.float64]
    little: float = 0.0

    def back(self, level: float) -> float:
        """A level of the scale as a figure."""
        import numpy as np  # noqa: PLC0415 -- slow import

        if self.kind == "roots":
            return max(max(level, 0.0) ** 2 / 4 - 0.375, 0.0)
        return float(max(np.exp(level) - self.little, 0.0)) if self.kind == "logarithms" else level

    def smeared(self, usual: NDArray[np.float64], n: NDArray[np.float64], among: NDArray[np.bool_]) -> float:
        """What to add to levels so that they lead back to means: of logarithms it is medians else, which lie lower.

        Source: Duan (1983), Journal of the American Statistical Association 78, the smearing estimate.

        Args:
            usual: the expected level of each period.
            n: events of each period.
            among: the periods that are as expected.
        """
        import numpy as np  # noqa: PLC0415 -- slow import

        if self.kind != "logarithms":
            return 0.0
        known = among & np.isfinite(self.y)
        return float(np.log((n[known] * np.exp(self.y[known])).sum() / (n[known] * np.exp(usual[known])).sum()))


def scale(n: NDArray[np.float64], total: NDArray[np.float64], kind: Kind) -> Scale:
    """The figures of periods with `n` events and the sum `total` on a scale; as they are, where they have no logarithms."""
    import numpy as np  # noqa: PLC0415 -- slow import

    if kind == "roots":
        return Scale(kind, 2 * np.sqrt(n + 0.375), np.ones(len(n)))
    mean = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
    weight = np.sqrt(n)
    # One period with most of the events would be a stretch by itself.
    weight = np.minimum(weight, HEAVIEST * np.median(weight[n > 0])) if n.any() else weight
    known = mean[np.isfinite(mean)]
    if kind == "logarithms" and len(known) and known.min() >= 0 and np.median(known) > 0:
        little = LITTLE * float(np.median(known))
        return Scale(kind, np.log(mean + little), weight, little)
    return Scale("plain", mean, weight)

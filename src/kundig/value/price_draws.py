"""What contracts of different tenure cost, drawn again and again: medians within strata, what is above them, and the trend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

YEAR = 12
FEWEST = 3
"""Fewer new contracts have no middle to compare with."""
CELLS, DRAWN = 20_000, 2e7
"""Prices of a product beyond which they are rounded for the draws; and so many drawn weights are held at a time."""


@dataclass(frozen=True)
class Priced:
    """Contracts of one product: the stratum, price, months since the start, and how many are alike."""

    alike: Any
    price: Numbers
    months: Any
    n: Any

    def coarser(self) -> Priced:
        """The same with prices to a thousandth of the middle one, where there are so many that draws of them would not fit."""
        import numpy as np  # noqa: PLC0415 -- slow import

        if len(self.n) <= CELLS:
            return self
        step = max(float(np.median(self.price)) / 1000, 1e-6)
        cells, place = np.unique(np.column_stack([self.alike, np.round(self.price / step), self.months]), axis=0, return_inverse=True)
        return Priced(cells[:, 0].astype(np.int64), cells[:, 1] * step, cells[:, 2].astype(np.int64), np.bincount(place.ravel(), weights=self.n).astype(np.int64))

    def strata(self, fresh: Any) -> list[Any]:
        """Where each stratum stands that holds enough new contracts."""
        import numpy as np  # noqa: PLC0415 -- slow import

        order = np.argsort(self.alike, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(self.alike[order])) + 1)
        return [part for part in parts if self.n[part][fresh[part]].sum() >= FEWEST]


def figures(of: Priced, weights: Numbers, bands: Sequence[tuple[str, int, int | None]], new: int) -> Iterator[tuple[str, Numbers]]:
    """For each band with matched contracts, and each row of weights: difference, new price, what is paid above it by a contract in the mean, and the trend."""
    import numpy as np  # noqa: PLC0415 -- slow import

    fresh = of.months <= new
    references = []
    usual = of.n[None, :].astype(np.float64)
    for part in of.strata(fresh):
        here = part[fresh[part]]
        reference = medians(of.price[here], weights[:, here])
        references.append((part, np.where(np.isnan(reference), medians(of.price[here], usual[:, here])[0], reference)))
    for name, low, high in bands:
        sums, bases, over, mass = (np.zeros(len(weights)) for _ in range(4))
        used = []
        for part, reference in references:
            those = part[(of.months[part] > low) & ((of.months[part] <= high) if high else True)]
            if not len(those):
                continue
            used.append(part)
            drawn = weights[:, those].sum(axis=1)
            middle = medians(of.price[those], weights[:, those])
            sums += drawn * np.where(drawn > 0, middle - reference, 0)
            bases += drawn * reference
            mass += drawn
            over += (weights[:, those] * np.maximum(of.price[those][None, :] - reference[:, None], 0)).sum(axis=1)
        if used:
            mass = np.maximum(mass, 1)
            trend = _slopes(used, of, weights) if name == "all" else np.full_like(mass, np.nan)
            yield name, np.array([sums / mass, bases / mass, over / mass, trend])


def _slopes(parts: Sequence[Any], of: Priced, weights: Numbers) -> Numbers:
    """The least-squares rise of the price per year of tenure within strata, for every row of weights."""
    import numpy as np  # noqa: PLC0415 -- slow import

    up, down = np.zeros(len(weights)), np.zeros(len(weights))
    for part in parts:
        drawn, years, paid = weights[:, part], of.months[part] / YEAR, of.price[part]
        mass = np.maximum(drawn.sum(axis=1), 1)
        # Sums of products are all that a slope needs; around the middle they lose no figures.
        years, paid = years - years.mean(), paid - paid.mean()
        at, money = drawn @ years, drawn @ paid
        up += drawn @ (years * paid) - at * money / mass
        down += drawn @ (years * years) - at * at / mass
    return np.asarray(np.divide(up, down, out=np.full_like(up, np.nan), where=down > 1e-9))  # noqa: PLR2004 -- rounding alone


def medians(values: Numbers, weights: Numbers) -> Numbers:
    """The weighted median of `values` for each row of `weights`; not a number where all weights of a row are 0."""
    import numpy as np  # noqa: PLC0415 -- slow import

    order = np.argsort(values, kind="stable")
    so_far = np.cumsum(weights[:, order], axis=1)
    half = so_far[:, -1:] / 2
    low = np.argmax(so_far >= half, axis=1)
    high = np.argmax(so_far > half, axis=1)
    middle = (values[order][low] + values[order][high]) / 2
    return np.where(so_far[:, -1] > 0, middle, np.nan)

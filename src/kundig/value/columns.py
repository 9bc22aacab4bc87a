"""Arrays of figures as columns of an answer: what is no number is null, and money has four places."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def finite(values: Any) -> pa.Array:
    """Figures, null where there is none.

    >>> import numpy as np
    >>> finite(np.array([0.5, np.nan, np.inf])).to_pylist()
    [0.5, None, None]
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return pa.array(values, mask=~np.isfinite(values))


def money(values: Any) -> pa.Array:
    """Amounts; each different one is rounded once, for the same few prices stand in very many rows.

    >>> import numpy as np
    >>> [str(value) for value in money(np.array([2.5, np.nan, 2.5, 1 / 3])).to_pylist()]
    ['2.5000', 'None', '2.5000', '0.3333']
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    different, place = np.unique(np.asarray(values, dtype=np.float64), return_inverse=True)
    amounts = pa.array([Decimal(f"{value:.4f}") if np.isfinite(value) else None for value in different], pa.decimal128(18, 4))
    return amounts.take(pa.array(place))

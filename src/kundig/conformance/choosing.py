"""What differs from rule to rule, chosen in each row."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any


def chosen_by(place: Any, keys: Sequence[Hashable], of: Callable[[int], Any]) -> Any:
    """The expression for each row's `place`; places with the same key share one.

    Args:
        place: the column with a place in `keys`.
        keys: what the expression depends on, for each place.
        of: the expression for a place; asked once for each key.
    """
    import ibis  # noqa: PLC0415 -- slow import

    places: dict[Hashable, list[int]] = {}
    for number, key in enumerate(keys):
        places.setdefault(key, []).append(number)
    *others, last = places.values()
    if not others:
        return of(last[0])
    return ibis.cases(*((place.isin(those) if len(those) > 1 else place == those[0], of(those[0])) for those in others), else_=of(last[0]))

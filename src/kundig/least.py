"""Arguments that are too small to be meant."""

from __future__ import annotations

from kundig.errors import ArgumentError


def least(smallest: float = 1, **given: float) -> None:
    """Nothing, if all are as large as that.

    Raises:
        ArgumentError: one is smaller; with its name.
    """
    for name, value in given.items():
        if value < smallest:
            raise ArgumentError(f"--{name.replace('_', '-')} expects {smallest} or more, found {value}")

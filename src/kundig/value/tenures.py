"""How long customers have been there, cut into bands: the new ones, and those that they are compared with."""

from __future__ import annotations

from itertools import pairwise

from kundig.errors import ArgumentError


def cut(new: int, bands: str) -> tuple[int, ...]:
    """Where tenure is cut beyond the new customers, in months.

    >>> cut(12, "24, 36")
    (24, 36)

    Raises:
        ArgumentError: `bands` are no rising months above `new`, or `new` is below 1.
    """
    try:
        edges = tuple(int(edge) for edge in bands.split(",") if edge.strip())
    except ValueError:
        edges = (0,)
    if new < 1 or list(edges) != sorted({*edges, new + 1} - {new + 1}) or any(edge <= new for edge in edges):
        raise ArgumentError(f"--bands expects rising months above {new} such as '24, 36', found {bands!r}")
    return edges


def tenures(new: int, edges: tuple[int, ...]) -> list[tuple[str, int, int | None]]:
    """The bands of those who are not new: name, above how many months, up to how many; `all` of them last.

    >>> tenures(12, (36,))
    [('13-36', 12, 36), ('over 36', 36, None), ('all', 12, None)]
    """
    cuts = [new, *edges]
    return [*((f"{low + 1}-{high}", low, high) for low, high in pairwise(cuts)), (f"over {cuts[-1]}", cuts[-1], None), ("all", new, None)]

"""What customers lack that goes together with what they have: told once for each set of products, however many customers hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

AT_ONCE = 50_000
"""So many sets of products are looked at together: what they need of memory does not grow with how many there are."""


class Sets(NamedTuple):
    """Distinct sets of products.

    Attributes:
        of: for each customer the number of its set
        start, size: for each set where its products begin among the rows, and how many they are
    """

    of: Whole
    start: Whole
    size: Whole


class Links(NamedTuple):
    """Pairs of products that go together, in the order of those held.

    Attributes:
        held, candidate: the products, by number in the order of their names
        share, holders: how many hold the one, and which share of these the other too
        worth: by which a candidate comes before another; not a number where that is not known
    """

    held: Whole
    candidate: Whole
    share: Any
    holders: Any
    worth: Any


def sets(who: Whole, product: Whole) -> Sets:
    """The distinct sets of products that customers hold; the rows of one customer stand side by side, each product once.

    Each product has a random number of 64 bits, and a set is known by their sum: among ten million different sets, the chance that any two share one is
    3 in a million.

    >>> import numpy as np
    >>> found = sets(np.array([0, 0, 1, 2, 2]), np.array([3, 5, 3, 5, 3]))
    >>> bool(found.of[0] == found.of[2] != found.of[1]), found.size[found.of].tolist()
    (True, [2, 1, 2])
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    begins = np.flatnonzero(np.diff(who, prepend=-1))
    if not len(begins):
        return Sets(begins, begins, begins)
    marks = np.random.default_rng(0).integers(0, 2**64, size=int(product.max()) + 1, dtype=np.uint64)
    _, first, of = np.unique(np.add.reduceat(marks[product], begins), return_index=True, return_inverse=True)
    return Sets(of, begins[first], np.diff(begins, append=len(who))[first])


def lacking(links: Links, found: Sets, product: Whole, most: int) -> tuple[Whole, Whole]:
    """For each set at most so many candidates that it lacks, those of the highest worth first, then by name.

    A candidate that goes together with several products of the set is told with the one whose holders have it oftenest; then with that of
    most holders.

    Returns:
        Numbers of sets, from low to high, and of the links chosen for them.

    >>> import numpy as np
    >>> links = Links(np.array([0, 1]), np.array([2, 2]), np.array([0.4, 0.5]), np.array([90, 80]), np.array([4.0, 5.0]))
    >>> [chosen.tolist() for chosen in lacking(links, Sets(np.array([0]), np.array([0]), np.array([2])), np.array([0, 1]), 1)]
    [[0], [1]]
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    parts = [_lacking(links, found, product, most, np.arange(low, min(low + AT_ONCE, len(found.size)))) for low in range(0, len(found.size), AT_ONCE)]
    none = np.empty(0, dtype=np.int64)
    return np.concatenate([none, *(of for of, _ in parts)]), np.concatenate([none, *(link for _, link in parts)])


def _lacking(links: Links, found: Sets, product: Whole, most: int, chosen: Whole) -> tuple[Whole, Whole]:
    import numpy as np  # noqa: PLC0415 -- slow import

    whose, rows = ranges(chosen, found.start[chosen], found.size[chosen])
    held = product[rows]
    low, high = (np.searchsorted(links.held, held, side) for side in ("left", "right"))
    of, link = ranges(whose, low, high - low)
    candidate, wide = links.candidate[link], int(max(links.candidate.max(initial=0), product.max(initial=0))) + 1
    lacks = ~np.isin(of * wide + candidate, whose * wide + held)
    of, link, candidate = of[lacks], link[lacks], candidate[lacks]

    def firsts(order: Whole, *alike: Whole) -> Whole:
        """Of rows in that order those that are the first of their kind."""
        changes = np.zeros(len(order), dtype=bool)
        for values in alike:
            changes |= np.diff(values[order], prepend=-1) != 0
        return order[changes]

    one = firsts(np.lexsort((links.held[link], -links.holders[link], -links.share[link], candidate, of)), of, candidate)
    of, link, candidate = of[one], link[one], candidate[one]
    order = np.lexsort((candidate, -links.worth[link], of))
    of, link = of[order], link[order]
    place = np.arange(len(of)) - np.searchsorted(of, of, "left")
    return of[place < most], link[place < most]


def ranges(names: Whole, start: Whole, size: Whole) -> tuple[Whole, Whole]:
    """For each range all its numbers, each beside the range's name.

    >>> import numpy as np
    >>> [found.tolist() for found in ranges(np.array([7, 8]), np.array([0, 5]), np.array([2, 1]))]
    [[7, 7, 8], [0, 1, 5]]
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    return np.repeat(names, size), np.repeat(start, size) + within

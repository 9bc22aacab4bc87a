"""Whose a subject was held to be, and since when: links in the order in which they became known.

A customer is called after the subject that came first of all its subjects. So the id is a property of who is together and
of nothing else: it stays over re-runs and when others join, on a merge the older one survives, and a merge that is undone
leaves what was before. The id that gave way is still the name of a subject, and leads to the customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundig.identity.components import components

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

OPEN = 2**63 - 1
"""The end of what has none."""
ALWAYS = -(2**62)
"""The beginning of what has none."""


@dataclass(frozen=True)
class Timeline:
    """A row for each time a subject came to another customer; the arrays belong together.

    Attributes:
        member: the subject, by its place in the order of coming.
        customer: the subject after which the customer is called.
        link: the link that did it, by its position.
        since: since when, in microseconds since 1970.
        until: when the next row of the subject took over; OPEN for what holds now.
    """

    member: Numbers
    customer: Numbers
    link: Numbers
    since: Numbers
    until: Numbers


def timeline(count: int, left: Numbers, right: Numbers, since: Numbers) -> Timeline:
    """The rows that links between subjects 0 to `count` - 1 make, in order of subject and time.

    A link that ties what is tied already changes nothing. All customers are walked through at once: the first link of each,
    then the second of each, and so on.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    kept = _telling(count, left, right, since)
    label = components(count, left[kept], right[kept])
    group = label[left[kept]]
    order = np.lexsort((kept, since[kept], group))
    links, group = kept[order], group[order]
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(group) else np.array([], dtype=np.int64)
    turn = np.arange(len(group)) - np.repeat(first, np.diff(np.r_[first, len(group)]))
    return _rows(_moves(count, left, right, label, links, group, turn), since)


def _moves(count: int, left: Numbers, right: Numbers, label: Numbers, links: Numbers, group: Numbers, turn: Numbers) -> list[tuple[Numbers, Numbers, Numbers]]:  # noqa: PLR0913 -- all that bears on it
    """Who came to whom by which link, in the order of time within each group."""
    import numpy as np  # noqa: PLC0415 -- slow import

    size = np.bincount(group, minlength=count)
    members = np.flatnonzero(size[label] > 0)
    # Groups with the most links first, so that those which are finished fall off the end.
    members = members[np.argsort(-size[label[members]], kind="stable")]
    left_over = -size[label[members]]
    by_turn = np.argsort(turn, kind="stable")
    ends = np.cumsum(np.bincount(turn)) if len(turn) else np.array([], dtype=np.int64)
    customer, older, link_of, seen = np.arange(count), np.full(count, -1), np.full(count, -1), np.zeros(count, dtype=bool)
    moved: list[tuple[Numbers, Numbers, Numbers]] = []
    start = 0
    for number, end in enumerate(ends.tolist()):
        now = links[by_turn[start:end]]
        start = end
        there = members[: int(np.searchsorted(left_over, -number))]
        a, b = customer[left[now]], customer[right[now]]
        low, high = np.minimum(a, b), np.maximum(a, b)
        older[high], link_of[high], link_of[low] = low, now, now
        gone = there[older[customer[there]] >= 0]
        # Who was alone until now and gives the customer its name has a row as well.
        alone = low[~seen[low]]
        moved += [(gone, older[customer[gone]], link_of[customer[gone]]), (alone, alone, link_of[alone])]
        customer[gone] = older[customer[gone]]
        older[high] = -1
        seen[gone] = seen[low] = True
    return moved


def _telling(count: int, left: Numbers, right: Numbers, since: Numbers) -> Numbers:
    """The links that tie what was not tied by earlier ones: a spanning forest of the earliest."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.sparse import coo_array  # noqa: PLC0415 -- loaded when it is needed
    from scipy.sparse.csgraph import minimum_spanning_tree  # noqa: PLC0415 -- loaded when it is needed

    if not len(left):
        return np.array([], dtype=np.int64)
    # Each pair once, by its earliest link; weights are places in the order of time, so that none is zero.
    order = np.lexsort((np.arange(len(left)), since))
    low, high = np.minimum(left, right)[order], np.maximum(left, right)[order]
    _, first = np.unique(low * count + high, return_index=True)
    first = first[low[first] != high[first]]
    graph = coo_array((first + 1.0, (low[first], high[first])), shape=(count, count)).tocsr()
    kept: Numbers = order[minimum_spanning_tree(graph).data.astype(np.int64) - 1]
    return kept


def _rows(moved: list[tuple[Numbers, Numbers, Numbers]], since: Numbers) -> Timeline:
    """The rows, of several from one moment the last."""
    import numpy as np  # noqa: PLC0415 -- slow import

    nothing = np.array([], dtype=np.int64)
    member, customer, link = (np.concatenate([nothing, *(part[place] for part in moved)]) for place in range(3))
    at = since[link]
    order = np.lexsort((np.arange(len(member)), at, member))
    member, customer, link, at = member[order], customer[order], link[order], at[order]
    last = np.r_[(member[1:] != member[:-1]) | (at[1:] != at[:-1]), np.ones(min(len(member), 1), dtype=bool)]
    member, customer, link, at = member[last], customer[last], link[last], at[last]
    until = np.full(len(member), OPEN)
    if len(member):
        until[:-1] = np.where(member[1:] == member[:-1], at[1:], OPEN)
    return Timeline(member, customer, link, at, until)

"""Groups of what is joined, with what must stay apart: numbers in, numbers out.

Where nothing contradicts, groups are the connected components of the joins. Only a component that holds a
contradiction is built up join by join, the strongest first; a join that would bring together what must stay apart is
left out as a whole, since nobody knows which half of it is true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Joins:
    """Sets of members that are each held to be one: set i is `members[starts[i]:starts[i + 1]]`, the strongest first."""

    starts: Numbers
    members: Numbers


@dataclass(frozen=True)
class Groups:
    """The group of each member, numbered by its lowest member, and the joins that were left out."""

    label: Numbers
    refused: list[int]


def groups(count: int, joins: Joins, *, ones: Sequence[tuple[Numbers, Numbers]] = (), apart: Sequence[tuple[int, int]] = ()) -> Groups:
    """Who is together, of members 0 to `count` - 1.

    Args:
        count: how many members there are.
        joins: what joins them.
        ones: for each kind of which a group can have one only: members, and the values they have.
        apart: pairs of members that must not be together.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    sizes = np.diff(joins.starts)
    hubs = np.repeat(joins.members[joins.starts[:-1]], sizes) if len(sizes) else joins.members
    label = components(count, hubs, joins.members)
    contested = _contested(label, ones, apart)
    if not len(contested):
        return Groups(label, [])
    within = np.zeros(count, dtype=bool)
    within[contested] = True
    where = np.flatnonzero(within[label])
    label[where] = where
    concerned = np.flatnonzero(within[label_of_first(joins, components(count, hubs, joins.members))]) if len(sizes) else np.array([], dtype=np.int64)
    return Groups(*_built(label, where, joins, concerned, ones, apart))


def label_of_first(joins: Joins, label: Numbers) -> Numbers:
    """The group of each join."""
    return label[joins.members[joins.starts[:-1]]]


def components(count: int, left: Numbers, right: Numbers) -> Numbers:
    """The connected component of each member, numbered by its lowest member."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.sparse import coo_array  # noqa: PLC0415 -- loaded when it is needed
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 -- loaded when it is needed

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    number, label = connected_components(graph, directed=False)
    lowest = np.full(number, count, dtype=np.int64)
    np.minimum.at(lowest, label, np.arange(count))
    found: Numbers = lowest[label]
    return found


def _contested(label: Numbers, ones: Sequence[tuple[Numbers, Numbers]], apart: Sequence[tuple[int, int]]) -> Numbers:
    """The groups that hold two values of one kind, or two members that must be apart."""
    import numpy as np  # noqa: PLC0415 -- slow import

    found = [np.array([label[a] for a, b in apart if label[a] == label[b]], dtype=np.int64)]
    for members, values in ones:
        pairs = np.unique(np.stack([label[members], values]), axis=1)
        group, times = np.unique(pairs[0], return_counts=True)
        found.append(group[times > 1])
    return np.unique(np.concatenate(found))


def _built(  # noqa: PLR0913 -- all that bears on a join
    label: Numbers, where: Numbers, joins: Joins, concerned: Numbers, ones: Sequence[tuple[Numbers, Numbers]], apart: Sequence[tuple[int, int]]
) -> tuple[Numbers, list[int]]:
    """The contested groups, join by join."""
    inside = set(where.tolist())
    together: dict[int, list[int]] = {member: [member] for member in inside}
    root = {member: member for member in inside}
    values: list[dict[int, set[int]]] = []
    for members, numbers in ones:
        of: dict[int, set[int]] = {}
        for member, number in zip(members.tolist(), numbers.tolist(), strict=True):
            if member in inside:
                of.setdefault(member, set()).add(number)
        values.append(of)
    foes: dict[int, set[int]] = {}
    for a, b in apart:
        if a in inside and b in inside:
            foes.setdefault(a, set()).add(b)
            foes.setdefault(b, set()).add(a)
    refused = []
    for join in concerned.tolist():
        roots = sorted({root[member] for member in joins.members[joins.starts[join] : joins.starts[join + 1]].tolist()})
        if len(roots) == 1:
            continue
        if _contradicts(roots, values, foes, root):
            refused.append(join)
            continue
        _united(roots, together, root, values, foes)
    for group in together.values():
        label[group] = min(group)
    return label, refused


def _contradicts(roots: list[int], values: list[dict[int, set[int]]], foes: Mapping[int, set[int]], root: Mapping[int, int]) -> bool:
    for of in values:
        stated = [of[one] for one in roots if of.get(one)]
        if len(stated) > 1 and not set.intersection(*stated):
            return True
    there = set(roots)
    return any(root[foe] in there for one in roots for foe in foes.get(one, ()) if root[foe] != one)


def _united(roots: list[int], together: dict[int, list[int]], root: dict[int, int], values: list[dict[int, set[int]]], foes: dict[int, set[int]]) -> None:
    first, *others = sorted(roots, key=lambda one: (-len(together[one]), one))
    for other in others:
        for member in together[other]:
            root[member] = first
        together[first] += together.pop(other)
        for of in [*values, foes]:
            gained: Any = of.pop(other, None)
            if gained:
                of.setdefault(first, set()).update(gained)

"""Customers from probable links: the strongest first, and a chain of weak ones is not followed against all evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.identity.components import components

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundig.identity.probable import Probable

    Numbers = NDArray[np.int64]

UNLIKE = -8.0
"""The log2 odds of a pair that shares so little that it was never compared."""
INCOHERENT = -6.0
"""Two clusters stay apart where the mean log2 odds of all pairs across them are below this, whatever the best link says."""
LIKELY = 0.5
"""From here on a pair is likelier one person than not, and joins where a second pair of the same clusters says so too."""
BELIEVED = 12.0
"""The log2 odds beyond which the model is not believed."""


@dataclass(frozen=True)
class Linked:
    """The cluster of each subject, and the links that made it (position in `pairs`) or were refused as incoherent."""

    label: Numbers
    used: list[int]
    refused: list[int]


def linked(subjects: Any, found: Probable, apart: Sequence[tuple[int, int]] = (), ones: Sequence[tuple[Numbers, Numbers]] = ()) -> Linked:
    """Which subjects are together.

    Two subjects that have nobody else are joined as they are; only where three and more hang together is it asked link by
    link whether they fit.

    Args:
        subjects: in the order of the answer.
        found: the probable links.
        apart: positions of subjects that must not be together.
        ones: for each kind of which a cluster can have one only: positions of subjects, and the values they have.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- loaded when it is needed
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    names = subjects if isinstance(subjects, pa.ChunkedArray | pa.Array) else pa.array(subjects, pa.string())
    count = len(names)
    left, right = (np.asarray(pc.index_in(found.pairs.column(side), names).to_numpy(), dtype=np.int64) for side in ("subject", "other"))
    probability = found.pairs.column("probability").to_numpy()
    label = np.arange(count)
    strong = int((probability >= found.threshold).sum())
    likely = int((probability >= min(LIKELY, found.threshold)).sum())
    whole = components(count, left[:likely], right[:likely])
    careful = np.bincount(whole, minlength=count) > 2  # noqa: PLR2004 -- more than a pair
    for members in [*(members for members, _ in ones), np.array(apart, dtype=np.int64).reshape(-1)]:
        careful[whole[members]] = True
    plain = ~careful[whole[left[:strong]]]
    label[right[:strong][plain]] = label[left[:strong][plain]] = np.minimum(left[:strong][plain], right[:strong][plain])
    within = np.flatnonzero((whole[left] == whole[right]) & careful[whole[left]])
    build = _Build(left[within], right[within], np.clip(np.log2(np.maximum(probability[within], 1e-12) / np.maximum(1 - probability[within], 1e-12)), -BELIEVED, BELIEVED), ones, apart)
    used, refused = np.flatnonzero(plain).tolist(), []
    for place in within[within < strong].tolist():
        a, b = build.of[int(left[place])], build.of[int(right[place])]
        if a == b:
            continue
        if build.coherent(a, b):
            build.unite(a, b)
            used.append(place)
        else:
            refused.append(place)
    used += _supported(build, left, right, range(strong, likely))
    for group in build.together.values():
        label[group] = min(group)
    return Linked(label, sorted(used), refused)


def _supported(build: _Build, left: Numbers, right: Numbers, weak: range) -> list[int]:
    """Less probable pairs that join after all, since several of one cluster say the same; asked again until no more join."""
    waiting = [(place, int(left[place]), int(right[place])) for place in weak if int(left[place]) in build.of and int(right[place]) in build.of]
    used: list[int] = []
    found = -1
    while found != len(used):
        found = len(used)
        later = []
        for place, one, other in waiting:
            a, b = build.of[one], build.of[other]
            if a == b:
                continue
            if build.supported(a, b):
                build.unite(a, b)
                used.append(place)
            else:
                later.append((place, one, other))
        waiting = later
    return used


class _Build:
    """Clusters while they grow; of two that are united the smaller one is walked through."""

    def __init__(self, left: Numbers, right: Numbers, odds: NDArray[np.float64], ones: Sequence[tuple[Numbers, Numbers]], apart: Sequence[tuple[int, int]]) -> None:
        self.of = {member: member for pair in (left.tolist(), right.tolist()) for member in pair}
        self.together = {member: [member] for member in self.of}
        self.compared: dict[int, dict[int, float]] = {member: {} for member in self.of}
        for a, b, chance in zip(left.tolist(), right.tolist(), odds.tolist(), strict=True):
            self.compared[a][b] = self.compared[b][a] = chance
        self.foes: dict[int, set[int]] = {}
        for a, b in apart:
            self.foes.setdefault(a, set()).add(b)
            self.foes.setdefault(b, set()).add(a)
        self.held: list[dict[int, set[int]]] = []
        for members, values in ones:
            held: dict[int, set[int]] = {}
            for member, value in zip(members.tolist(), values.tolist(), strict=True):
                held.setdefault(member, set()).add(value)
            self.held.append(held)

    def coherent(self, a: int, b: int) -> bool:
        """Whether the pairs across two clusters allow that they are one."""
        return not self._forbidden(a, b) and self._mean(a, b, self._across(a, b)) >= INCOHERENT

    def supported(self, a: int, b: int) -> bool:
        """Whether more than one pair across two clusters is likelier one person than not, and so are all together."""
        across = self._across(a, b)
        return sum(odds >= 0 for odds in across) > 1 and self._mean(a, b, across) >= 0 and not self._forbidden(a, b)

    def _across(self, a: int, b: int) -> list[float]:
        """The log2 odds of the pairs across two clusters that were compared."""
        small, large = sorted((a, b), key=lambda one: len(self.together[one]))
        return [odds for member in self.together[small] for other, odds in self.compared[member].items() if self.of[other] == large]

    def _mean(self, a: int, b: int, across: list[float]) -> float:
        count = len(self.together[a]) * len(self.together[b])
        return (sum(across) + UNLIKE * (count - len(across))) / count

    def _forbidden(self, a: int, b: int) -> bool:
        """Whether somebody or a key has told them apart."""
        small, large = sorted((a, b), key=lambda one: len(self.together[one]))
        if any(self.of.get(foe) == large for member in self.together[small] for foe in self.foes.get(member, ())):
            return True
        return any(held.get(a) and held.get(b) and not held[a] & held[b] for held in self.held)

    def unite(self, a: int, b: int) -> None:
        """Make one of two clusters."""
        small, large = sorted((a, b), key=lambda one: (len(self.together[one]), -one))
        for member in self.together[small]:
            self.of[member] = large
        self.together[large] += self.together.pop(small)
        for held in self.held:
            if small in held:
                held.setdefault(large, set()).update(held.pop(small))

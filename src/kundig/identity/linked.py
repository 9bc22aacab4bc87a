"""Customers from probable links: the strongest first, and a chain of weak ones is not followed against all evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

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


@dataclass(frozen=True)
class Linked:
    """The cluster of each subject, and the links that made it (position in `pairs`) or were refused as incoherent."""

    label: Numbers
    used: list[int]
    refused: list[int]


def linked(subjects: Sequence[str], found: Probable, start: Numbers | None = None, apart: Sequence[tuple[int, int]] = (), ones: Sequence[tuple[Numbers, Numbers]] = ()) -> Linked:
    """Which subjects are together.

    Args:
        subjects: in the order of the answer.
        found: the probable links.
        start: clusters that stand already, by exact keys; each subject alone by default.
        apart: positions of subjects that must not be together.
        ones: for each kind of which a cluster can have one only: positions of subjects, and the values they have.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    code = {subject: number for number, subject in enumerate(subjects)}
    left = np.array([code[one] for one in found.pairs.column("subject").to_pylist()], dtype=np.int64)
    right = np.array([code[one] for one in found.pairs.column("other").to_pylist()], dtype=np.int64)
    probability = found.pairs.column("probability").to_numpy()
    label = np.arange(len(subjects)) if start is None else start.copy()
    strong = int((probability >= found.threshold).sum())
    whole = components(len(subjects), np.concatenate([np.arange(len(subjects)), left[:strong]]), np.concatenate([label, right[:strong]]))
    build = _Build(label)
    for a, b in apart:
        build.foes.setdefault(a, set()).add(b)
        build.foes.setdefault(b, set()).add(a)
    for members, values in ones:
        held: dict[int, set[int]] = {}
        for member, value in zip(members.tolist(), values.tolist(), strict=True):
            held.setdefault(build.root(member), set()).add(value)
        build.held.append(held)
    for a, b, chance in zip(left.tolist(), right.tolist(), probability.tolist(), strict=True):
        if whole[a] == whole[b]:
            build.compared.setdefault(a, {})[b] = build.compared.setdefault(b, {})[a] = _odds(chance)
    used, refused = [], []
    for place in range(strong):
        a, b = build.root(left[place]), build.root(right[place])
        if a == b:
            continue
        if build.coherent(a, b):
            build.unite(a, b)
            used.append(place)
        else:
            refused.append(place)
    for group in build.together.values():
        label[group] = min(group)
    return Linked(label, used, refused)


def _odds(chance: float) -> float:
    """The log2 odds, held between the bounds within which the model is believed."""
    return max(-12.0, min(12.0, log2(max(chance, 1e-12) / max(1 - chance, 1e-12))))


class _Build:
    """Clusters while they grow; of two that are united the smaller one is walked through."""

    def __init__(self, label: Numbers) -> None:
        self.of: list[int] = label.tolist()
        self.together: dict[int, list[int]] = {}
        for member, group in enumerate(self.of):
            self.together.setdefault(group, []).append(member)
        self.compared: dict[int, dict[int, float]] = {}
        self.foes: dict[int, set[int]] = {}
        self.held: list[dict[int, set[int]]] = []

    def root(self, member: int) -> int:
        return self.of[member]

    def coherent(self, a: int, b: int) -> bool:
        """Whether the pairs across two clusters allow that they are one."""
        small, large = sorted((a, b), key=lambda one: len(self.together[one]))
        across = [odds for member in self.together[small] for other, odds in self.compared.get(member, {}).items() if self.of[other] == large]
        if any(self.of[foe] == large for member in self.together[small] for foe in self.foes.get(member, ())):
            return False
        if any(held.get(a) and held.get(b) and not held[a] & held[b] for held in self.held):
            return False
        count = len(self.together[small]) * len(self.together[large])
        return (sum(across) + UNLIKE * (count - len(across))) / count >= INCOHERENT

    def unite(self, a: int, b: int) -> None:
        small, large = sorted((a, b), key=lambda one: (len(self.together[one]), -one))
        for member in self.together[small]:
            self.of[member] = large
        self.together[large] += self.together.pop(small)
        for held in self.held:
            if small in held:
                held.setdefault(large, set()).update(held.pop(small))

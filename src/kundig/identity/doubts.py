"""What speaks against one person, and how much it is believed: mistakes are made one by one, but two persons differ in all that is their own.

Who lives together shares name, address and telephone, so that a model without labels can take a household for a person. Given
name and day of birth tell them apart. If records of one person differ in them by mistake, the two mistakes have nothing to
do with each other: pairs that differ in both are as rare as one mistake in so many times the other. What is seen beyond that
is two persons, and as probable as that share says is it that a pair which differs is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kundig.identity.families import GENERATION, SLIP, transposed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kundig.identity.linkage import Sort

DOUBTFUL = 0.49
"""More than that a pair is not believed of which something speaks against its being one person."""
UNPROVEN = 0.25
"""More than that a pair of different given names is not believed where nothing is known that is somebody's own."""
FEW = 5
"""So many pairs of each count are taken to be chance."""
OWN = ("email", "phone")
"""What somebody has for himself, beside the day of birth."""

AGREE, NEAR, DIFFER, UNKNOWN = range(4)
"""How two records stand to each other in one thing."""


def contradictions(sorts: Mapping[str, Sort]) -> dict[str, str]:
    """What speaks against one person however much else is the same, by column: SQL over two records a and b.

    Nobody is born twice, and father and son may have all the rest in common, but are a generation apart; brothers and twins
    are not called alike. A given name that stands where the other record has the family name is no other name.
    """
    alike = " AND coalesce(jaro_winkler_similarity(a.given_name, b.given_name) < 0.8, true)" if "given_name" in sorts else ""
    said = {name: _born_apart(f'a."{name}"', f'b."{name}"', alike) for name, sort in sorts.items() if sort == "date"}
    if "given_name" in sorts:
        said["given_name"] = _called_otherwise(sorts)
    said |= _of_a_family(sorts)
    return said


def _called_otherwise(sorts: Mapping[str, Sort]) -> str:
    given = "jaro_winkler_similarity(a.given_name, b.given_name) < 0.6 AND NOT contains(a.given_name, b.given_name) AND NOT contains(b.given_name, a.given_name)"
    swapped = f" AND NOT {transposed('a.given_name', 'a.family_name', 'b.given_name', 'b.family_name')}" if "family_name" in sorts else ""
    return given + swapped


def _of_a_family(sorts: Mapping[str, Sort]) -> dict[str, str]:
    """Name and address may be a father's and his son's: where mailbox or number differ and nothing of one's own agrees, they tell of no one person."""
    agree = {name: f'damerau_levenshtein(a."{name}", b."{name}") <= {SLIP if sort == "date" else 1}' for name, sort in sorts.items() if sort == "date" or name in OWN}
    none = " AND ".join(f"NOT coalesce({same}, false)" for same in agree.values())
    return {name: f'a."{name}" IS NOT NULL AND b."{name}" IS NOT NULL AND {none}' for name in OWN if name in sorts}


def _born_apart(one: str, other: str, otherwise: str) -> str:
    """Whether two days cannot be one person's: a generation apart, or more than a slip where the given names are no reason to doubt the day."""
    generation = f"coalesce(abs(try_cast(left({one}, 4) AS INTEGER) - try_cast(left({other}, 4) AS INTEGER)) >= {GENERATION}, true)"
    return f"NOT {_one_day(one, other)} AND ({generation} OR (true{otherwise}))"


def _one_day(one: str, other: str) -> str:
    """Whether two days are one but for slips, or day and month are transposed."""
    swapped = f"left({one}, 4) = left({other}, 4) AND {one}[5:6] = {other}[7:8] AND {one}[7:8] = {other}[5:6]"
    return f"(damerau_levenshtein({one}, {other}) <= {SLIP} OR ({swapped}))"


def standing(sorts: Mapping[str, Sort]) -> str:
    """SQL over two records a and b: how they stand in given name (times four) and in what is their own, as one number."""
    named, owned = str(UNKNOWN), str(UNKNOWN)
    if "given_name" in sorts:
        named = (
            f"CASE WHEN a.given_name IS NULL OR b.given_name IS NULL THEN {UNKNOWN} WHEN {_called_otherwise(sorts)} THEN {DIFFER} "
            f"WHEN jaro_winkler_similarity(a.given_name, b.given_name) >= 0.8 THEN {AGREE} ELSE {NEAR} END"
        )
    dates = [name for name, sort in sorts.items() if sort == "date"]
    same = [_one_day(f'a."{name}"', f'b."{name}"') for name in dates] or [f'damerau_levenshtein(a."{name}", b."{name}") <= 1' for name in OWN if name in sorts]
    if same:
        owned = f"CASE WHEN {' OR '.join(f'coalesce({one}, false)' for one in same)} THEN {AGREE} WHEN coalesce({', '.join(same)}) IS NOT NULL THEN {DIFFER} ELSE {UNKNOWN} END"
    return f"(4 * ({named}) + ({owned}))::TINYINT"


def believed(sorts: Mapping[str, Sort], standings: NDArray[np.int8]) -> list[float]:
    """For each standing, how probable it is at most that such a pair is one person; the last is that of any pair that is contradicted.

    Args:
        sorts: what is compared.
        standings: of all pairs that would be links by the rest of what is known.
    """
    import numpy as np  # noqa: PLC0415 -- slow import

    count = np.bincount(standings, minlength=16).reshape(4, 4).astype(float)
    most = [1.0] * 16
    if "given_name" not in sorts:
        return [*most, DOUBTFUL]
    if not any(sort == "date" or name in OWN for name, sort in sorts.items()):
        most[4 * DIFFER + UNKNOWN] = UNPROVEN
        return [*most, DOUBTFUL]
    expected, seen = 0.0, 0.0
    for named in (NEAR, DIFFER, UNKNOWN):
        for owned in (DIFFER, UNKNOWN):
            if named == owned == UNKNOWN:
                continue
            by_chance = count[named, AGREE] * count[AGREE, owned] / max(count[AGREE, AGREE], 1)
            share = (by_chance + FEW) / (count[named, owned] + FEW)
            most[4 * named + owned] = share if share < DOUBTFUL else 1.0
            expected, seen = expected + by_chance, seen + count[named, owned]
    return [*most, min(DOUBTFUL, (expected + FEW) / (seen + FEW))]


def believable(probability: NDArray[np.float64], contradicted: NDArray[np.bool_], standings: NDArray[np.int8], most: Sequence[float]) -> NDArray[np.float64]:
    """What is believed of pairs, given what would be probable without doubt."""
    import numpy as np  # noqa: PLC0415 -- slow import

    chance = np.minimum(probability, np.array(most[:-1])[standings])
    found: NDArray[np.float64] = np.where(contradicted, np.minimum(chance, most[-1]), chance)
    return found

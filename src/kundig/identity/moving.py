"""Who has moved has another street, another postcode and another city: one thing happened, and it speaks against one person once.

A model that takes columns to be independent counts it as often as there are columns. Of two records that are one person,
all of the address differs at least as seldom as the column that differs most seldom; that column's bits are taken alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kundig.identity.linkage import Sort

ADDRESS = ("street", "postcode", "city", "country")
"""What changes together when somebody moves, and is the same for all who live together."""


def moved(sorts: Mapping[str, Sort], parameters: Mapping[str, Any]) -> str:
    """SQL over two records a and b: the bits to give back where all that is known of both addresses differs; otherwise 0.

    Args:
        sorts: what is compared.
        parameters: the model, as Splink writes it.
    """
    told = {one["output_column_name"]: one["comparison_levels"] for one in parameters["comparisons"]}
    bits, alike = [], []
    for name in ADDRESS:
        if name not in sorts or name not in told:
            continue
        *nearer, last = [level for level in told[name] if not level.get("is_null_level")]
        m, u = last.get("m_probability"), last.get("u_probability")
        if not m or not u or m >= u:
            continue
        held = " OR ".join(f"coalesce({_of(level['sql_condition'], name)}, false)" for level in nearer) or "false"
        known = f'a."{name}" IS NOT NULL AND b."{name}" IS NOT NULL'
        bits.append(f"(CASE WHEN {known} THEN {log2(m / u)!r} ELSE 0 END)")
        alike.append(f"({known} AND ({held}))")
    if len(bits) <= 1:
        return "0.0"
    return f"(CASE WHEN {' OR '.join(alike)} THEN 0.0 ELSE least({', '.join(bits)}) - ({' + '.join(bits)}) END)"


def _of(condition: str, name: str) -> str:
    """A condition of Splink's over one record of two, as one over the records a and b."""
    for side, record in (("l", "a"), ("r", "b")):
        condition = condition.replace(f'"{name}_{side}"', f'{record}."{name}"').replace(f"{name}_{side}", f'{record}."{name}"')
    return condition

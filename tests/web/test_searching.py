"""Letters find customers wherever they stand, whatever their case, and in any order of the words."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

PEOPLE = pa.table(
    {
        "customer_id": ["crm:1", "crm:2", "crm:3", None],
        "name": ["Ada Öztürk", "Ben Maier", "Cyd Ben Ali", "100 % Laden"],
        "email": ["ada@nord.example", None, None, None],
        "company": [None, "Ada & Söhne", None, None],
        "city": ["Kiel", "Bremen", "Kiel", None],
    }
)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["ada"], ["Ada Öztürk", "Ben Maier"]),
        (["ÖZT"], ["Ada Öztürk"]),
        (["ben", "kiel"], ["Cyd Ben Ali"]),
        (["kiel", "ben"], ["Cyd Ben Ali"]),
        (["NORD.EX"], ["Ada Öztürk"]),
        (["crm:2"], ["Ben Maier"]),
        (["%"], ["100 % Laden"]),
        (["a_a"], []),
        (["maierben"], []),
    ],
)
def test_every_word_stands_somewhere(site: Any, words: list[str], names: list[str]) -> None:
    from kundig.web.searching import fitting

    assert [fitting(PEOPLE, words, kept=kept)["name"].to_pylist() for kept in (True, False, True)] == [names] * 3


def test_many_are_found_in_their_own_order(site: Any) -> None:
    """The engine gives rows back as they come; the list must not."""
    from kundig.web.searching import fitting

    many = pa.table({name: [f"{name} {n}" for n in range(300_000)] for name in PEOPLE.column_names})
    assert fitting(many, ["9999"], kept=False)["name"].to_pylist() == [f"name {n}" for n in range(300_000) if "9999" in str(n)]

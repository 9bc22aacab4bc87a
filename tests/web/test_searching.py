"""Letters find customers wherever they stand, whatever their case, and in any order of the words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


def test_what_is_found_keeps_the_order_of_the_list_whatever_the_engine_gives_first(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.store import duckdb
    from kundig.web.searching import fitting

    class Backwards:
        """An engine that reads tables from their end."""

        def __init__(self, con: Any) -> None:
            self.con = con

        def register(self, name: str, table: pa.Table) -> None:
            self.con.register(name, table.take(pa.array(range(table.num_rows))[::-1]))

        def __getattr__(self, name: str) -> Any:
            return getattr(self.con, name)

    @contextmanager
    def backwards(*words: Any) -> Iterator[Backwards]:
        with made(*words) as con:
            yield Backwards(con)

    made = duckdb.connection
    monkeypatch.setattr(duckdb, "connection", backwards)
    assert fitting(PEOPLE, ["a"], kept=False)["name"].to_pylist() == PEOPLE["name"].to_pylist()

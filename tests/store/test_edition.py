"""Answers belong to the code that computed them."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from kundig.store.edition import edition


def told(package: Path) -> str:
    edition.cache_clear()
    return edition(package)


def test_another_text_is_another_edition_and_the_same_one_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "value").mkdir()
    (tmp_path / "value" / "bridge.py").write_text("one")
    first = told(tmp_path)
    assert first == told(tmp_path)
    (tmp_path / "value" / "bridge.py").write_text("more")
    second = told(tmp_path)
    (tmp_path / "value" / "ledger.py").write_text("more")
    third = told(tmp_path)
    # As many letters, written a moment later.
    os.utime(tmp_path / "value" / "bridge.py", ns=(1, 1))
    assert len({first, second, third, told(tmp_path)}) == 4


def test_what_only_shows_answers_makes_no_other_edition(tmp_path: Path) -> None:
    (tmp_path / "web" / "views").mkdir(parents=True)
    (tmp_path / "events.py").write_text("one")
    first = told(tmp_path)
    (tmp_path / "web" / "views" / "overview.py").write_text("new")
    assert told(tmp_path) == first


def test_of_kundig_itself_something_is_known() -> None:
    edition.cache_clear()
    assert edition() not in {told(Path(__file__).parent), sha256().hexdigest()[:16]}

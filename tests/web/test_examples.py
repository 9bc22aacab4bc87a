"""The examples in the docstrings of the pages, of the state and of what is sent; they want Django set up."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module
from pathlib import Path

import kundig.sending
import kundig.state
import kundig.web


def test_the_examples_run(site: Path) -> None:
    # These two open a workspace when a server loads them.
    names = [one.name for package in (kundig.web, kundig.state, kundig.sending) for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}.") if not one.name.endswith(("wsgi", "asgi"))]
    results = {name: doctest.testmod(import_module(name)) for name in names}
    assert [name for name, result in results.items() if result.failed] == []
    assert sum(result.attempted for result in results.values()) > 0

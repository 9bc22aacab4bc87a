"""For tests and the examples in docstrings alike."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    import pytest

# An answer takes as long as the machine is busy; a deadline would test that.
settings.register_profile("here", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("KUNDIG_PROOF", "ci" if os.environ.get("CI") else "here"))

# Modules of Django want its settings, and those a workspace; tests/web/test_examples.py runs their examples.
collect_ignore_glob = ["src/kundig/web/*", "src/kundig/state/*", "src/kundig/sending/*"]

# A question is a tree of ten thousand objects, none of them garbage; to look through them again and again took a fifth of the time.
gc.set_threshold(50_000, 20, 50)

TOGETHER = ("tests/web/", "tests/recovery/")
"""Folders whose tests share a company: one process runs them all, and computes each answer once."""
FIRST = (
    # Of these the later two find kept what the first has had answered, before others change the company.
    "tests/web/test_browser.py", "tests/web/test_access.py", "tests/web/test_pages.py", "tests/web/",
    "tests/store/test_spark.py", "tests/test_every_analysis.py", "tests/recovery/", "tests/report/weekly/", "tests/identity/", "tests/cli/", "tests/foresight/",
)  # fmt: skip
"""The longest, so that no core waits for another in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((place for place, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST)))


def pytest_collection_finish() -> None:
    # What was collected stays.
    gc.freeze()


class Rooms(LoadFileScheduling):
    """A file is one process's, and so are all of a folder that shares a company."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Rooms | None:
    return Rooms(config, log) if config.getvalue("dist") == "loadfile" else None

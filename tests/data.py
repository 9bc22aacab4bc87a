"""Where the real data for development lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def real(name: str) -> Path:
    """The folder of a real data set; without it the test is skipped for all to see, and fails in continuous integration."""
    folder = Path(os.environ.get("KUNDIG_DATA", ROOT.parent / "shared" / "data")) / name
    if folder.is_dir():
        return folder
    if os.environ.get("CI"):
        pytest.fail(f"the data set {name} is missing: {folder}; set KUNDIG_DATA")
    pytest.skip(f"the data set {name} is not here: {folder}; set KUNDIG_DATA")

"""From the report's data to a PDF: typst sets it, with tags, language and alt texts."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from kundig.report.fonts import print_fonts


def printed(page: dict[str, Any]) -> bytes:
    """The report as a PDF that screen readers can read (PDF/UA-1)."""
    import typst  # noqa: PLC0415 -- slow import

    made = typst.compile(str(_template()), **_given(page), format="pdf", pdf_standards=["ua-1"])
    return bytes(made)


def previewed(page: dict[str, Any], *, ppi: float = 144) -> list[bytes]:
    """The report's pages as PNG pictures, for a look at it in the browser."""
    import typst  # noqa: PLC0415 -- slow import

    made = typst.compile(str(_template()), **_given(page), format="png", ppi=ppi)
    return [bytes(one) for one in made] if isinstance(made, list) else [bytes(made)]


def _given(page: dict[str, Any]) -> dict[str, Any]:
    return {"font_paths": [str(print_fonts())], "ignore_system_fonts": True, "sys_inputs": {"page": json.dumps(page, ensure_ascii=False)}}


def _template() -> Path:
    return Path(str(files("kundig.report.weekly"))) / "board.typ"

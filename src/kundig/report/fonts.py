"""The two open fonts: cut once from their variable files into a cache folder, for print, for charts and for the web.

Instrument Sans and Newsreader stand under the SIL Open Font License; their packages carry it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

from kundig.report.tokens import SANS, SERIF

_PACKAGES = {SANS: "fontpkg_instrument_sans", SERIF: "fontpkg_newsreader"}
_FILES = {SANS: "InstrumentSans[wdth,wght].ttf", SERIF: "Newsreader[opsz,wght].ttf"}
_CUTS: tuple[tuple[str, int, Mapping[str, float]], ...] = (
    (SANS, 400, {"wdth": 100}),
    (SANS, 500, {"wdth": 100}),
    (SANS, 600, {"wdth": 100}),
    (SANS, 700, {"wdth": 100}),
    (SERIF, 400, {"opsz": 36}),
    (SERIF, 500, {"opsz": 44}),
)
_WEIGHTS = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}
_LATIN = (*range(0x20, 0x180), 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026, 0x2030, 0x20AC, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0xD7)
"""What is kept: Latin with its extension A, and the signs of typography and arithmetic."""


def cache() -> Path:
    """The folder of cut fonts: that of this user, or `KUNDIG_CACHE`; a new version of a font has a new one."""
    home = os.environ.get("KUNDIG_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    versions = "-".join(version(name.replace("_", "-")) for name in _PACKAGES.values())
    folder = Path(home) / "kundig" / f"fonts-1-{versions}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        # A home that may not be written costs the cutting of the fonts each time the machine starts, not the report.
        folder = Path(tempfile.gettempdir()) / f"kundig-{os.getuid() if hasattr(os, 'getuid') else 'user'}" / folder.name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@lru_cache(maxsize=1)
def print_fonts() -> Path:
    """A folder of static cuts for typst and for charts; made on first use, which takes some seconds."""
    folder = cache() / "print"
    folder.mkdir(parents=True, exist_ok=True)
    for family, weight, axes in _CUTS:
        target = folder / f"{family.replace(' ', '')}-{_WEIGHTS[weight]}.ttf"
        if not target.exists():
            _cut(family, weight, axes, target)
    return folder


@lru_cache(maxsize=1)
def web_fonts() -> Mapping[str, Path]:
    """The variable fonts as small woff2 files by family: Latin letters, all weights; made on first use."""
    folder = cache() / "web"
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for family in _FILES:
        made[family] = folder / f"{family.replace(' ', '')}.woff2"
        if not made[family].exists():
            _subset(family, made[family])
    return made


def source(family: str) -> Path:
    """The variable font as its package ships it."""
    return Path(str(files(_PACKAGES[family]))) / "files" / _FILES[family]


def _cut(family: str, weight: int, axes: Mapping[str, float], target: Path) -> None:
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415 -- slow import

    font = instantiateVariableFont(_latin(family), {**axes, "wght": weight}, inplace=True)
    names = font["name"]
    for name_id, text in ((1, family), (2, _WEIGHTS[weight]), (4, f"{family} {_WEIGHTS[weight]}"), (6, target.stem), (16, family), (17, _WEIGHTS[weight])):
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    _saved(font, target)


def _subset(family: str, target: Path) -> None:
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415 -- slow import

    font = _latin(family)
    if family == SERIF:
        font = instantiateVariableFont(font, {"wght": (400, 600), "opsz": 40}, inplace=True)
    font.flavor = "woff2"
    _saved(font, target)


def _latin(family: str) -> Any:
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415 -- slow import
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- slow import

    font = TTFont(source(family))
    options = Options()
    options.layout_features = ["kern", "liga", "tnum", "pnum", "lnum", "ccmp", "locl", "mark", "rvrn"]
    options.name_IDs = ["*"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=_LATIN)
    subsetter.subset(font)
    return font


def _saved(font: Any, target: Path) -> None:
    """The font in its place, whole or not at all: two processes may cut at once."""
    part = target.with_suffix(f".{uuid4().hex}.part")
    font.save(part)
    part.replace(target)

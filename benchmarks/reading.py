"""Reading texts: a large company's day of posts, and whether memory stays where it is when there are many more."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.process import step, told
from benchmarks.ratio import Ratio

DAY = 26_000
MANY = 1_000_000
CONFIGURATION = """
company: {name: Nord, language: de}
sources:
  posts:
    read: {csv: posts.csv}
    key: id
    events: {kind: post, subject: "c:{who}", at: at, text: text, touchpoint: "social"}
"""
_PARTS = ("Mein Paket", "Die App", "Der Kundendienst", "Die Rechnung", "Der Router", "Die Hotline"), ("kam viel zu spät an", "stürzt dauernd ab", "war sehr freundlich", "stimmt schon wieder nicht", "läuft endlich stabil", "ist nicht zu erreichen")


def measured(folder: Path) -> Iterator[Ratio]:
    """Minutes for a day's posts through import and `kundig read`, and the memory of many over that of a day."""
    day = step("reading", "day", folder / "day")
    yield Ratio(f"{DAY:,} posts read, all steps", day.call / 60, 5.0, "min")
    few, many = step("reading", "few", folder / "few"), step("reading", "many", folder / "many")
    yield Ratio(f"peak memory of reading {MANY:,} texts / {DAY:,}, with a stand-in for the embedder", many.peak / few.peak, 1.5)


def written(folder: Path, texts: int) -> None:
    """So many different posts of some 130 letters."""
    folder.mkdir(parents=True)
    (folder / "kundig.yaml").write_text(CONFIGURATION, encoding="utf-8")
    things, deeds = _PARTS
    with (folder / "posts.csv").open("w", encoding="utf-8") as stream:
        stream.write("id,who,at,text\n")
        for at in range(texts):
            rest = " ".join(f"{things[(at // 7 ** place) % 6]} {deeds[(at // 5 ** place) % 6]}." for place in range(3))
            stream.write(f"{at},{at % 5000},2026-03-01 10:00,{rest} Seit {at} Tagen.\n")


class _StandIn:
    """Vectors that cost nothing, so that a million texts can be read here."""

    name, dim, revision = "stand-in", 512, "1"

    def encode(self, texts: list[str]) -> object:
        import numpy as np

        return np.random.default_rng(len(texts)).standard_normal((len(texts), self.dim), dtype=np.float32)


def _read(folder: Path, texts: int, *, stand_in: bool) -> None:
    from dataclasses import replace

    from kundig.ingest.texts import read_texts
    from kundig.workspace import Workspace

    written(folder, texts)
    workspace = Workspace(folder)
    list(workspace.imports())
    reader = replace(workspace.reader(), embedder=_StandIn()) if stand_in else workspace.reader()
    began = time.perf_counter()
    with workspace.lake.writing():
        done = read_texts(workspace.lake, reader)
    told(time.perf_counter() - began)
    if done.read != texts:
        raise SystemExit(f"expected {texts} texts, found {done}")


if __name__ == "__main__":
    what, where = sys.argv[1], Path(sys.argv[2])
    _read(where, MANY if what == "many" else DAY, stand_in=what != "day")

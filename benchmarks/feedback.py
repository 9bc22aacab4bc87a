"""Reading texts: a large company's day of posts, whether memory stays where it is when there are many more, and a million copies of one."""

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
    """A day's posts through import, `kundig read` and the themes; the memory of many over that of a day; copies of one post."""
    day = step("feedback", "day", folder / "day")
    yield Ratio(f"{DAY:,} posts imported, read and parted into themes", day.whole / 60, 5.0, "min")
    yield Ratio("posts a second of one core, all of these steps", DAY / day.call, 180, "posts", at_least=True)
    few, many = step("feedback", "few", folder / "few"), step("feedback", "many", folder / "many")
    yield Ratio(f"peak memory of reading {MANY:,} texts / {DAY:,}, with a stand-in for the embedder", many.peak / few.peak, 1.5)
    yield Ratio(f"peak memory of reading {MANY:,} texts", many.peak, 2.0, "GiB")
    copies = step("feedback", "copies", folder / "copies")
    yield Ratio(f"{MANY:,} copies of one post imported, read and told to be a campaign", copies.whole / 60, 5.0, "min")
    yield Ratio(f"peak memory of {MANY:,} copies", copies.peak, 2.0, "GiB")


def written(folder: Path, texts: int, *, alike: bool = False) -> None:
    """So many posts of some 130 letters: all different, or all alike but for whom they address."""
    folder.mkdir(parents=True)
    (folder / "kundig.yaml").write_text(CONFIGURATION, encoding="utf-8")
    things, deeds = _PARTS
    with (folder / "posts.csv").open("w", encoding="utf-8") as stream:
        stream.write("id,who,at,text\n")
        for at in range(texts):
            rest = " ".join(f"{things[(at // 7 ** place) % 6]} {deeds[(at // 5 ** place) % 6]}." for place in range(3))
            said = f"@freund{at % 50} Unterschreibt alle die Petition gegen die neuen Preise von Nord!" if alike else f"{rest} Seit {at} Tagen."
            stream.write(f"{at},{at % 5000},2026-03-01 10:00,{said}\n")


class _StandIn:
    """Vectors that cost nothing, so that a million texts can be read here."""

    name, dim, revision = "stand-in", 512, "1"

    def encode(self, texts: list[str]) -> object:
        import numpy as np

        return np.random.default_rng(len(texts)).standard_normal((len(texts), self.dim), dtype=np.float32)


def _read(folder: Path, texts: int, *, stand_in: bool = False, alike: bool = False) -> None:
    from dataclasses import replace

    from kundig.ingest.texts import read_texts
    from kundig.workspace import Workspace

    written(folder, texts, alike=alike)
    began = time.process_time()
    workspace = Workspace(folder)
    list(workspace.imports())
    reader = replace(workspace.reader(), embedder=_StandIn()) if stand_in else workspace.reader()
    with workspace.lake.writing():
        done = read_texts(workspace.lake, reader)
    different = 50 if alike else texts
    if done.read != different:
        raise SystemExit(f"expected {different} texts, found {done}")
    if not stand_in:
        themes = workspace.ask("feedback.themes").table.to_pylist()
        told_of = [(row["state"], row["n"], row["copies"]) for row in themes]
        if alike and told_of != [("campaign", texts, texts)]:
            raise SystemExit(f"expected one campaign of {texts}, found {told_of}")
    told(time.process_time() - began)


if __name__ == "__main__":
    what, where = sys.argv[1], Path(sys.argv[2])
    _read(where, MANY if what in {"many", "copies"} else DAY, stand_in=what in {"few", "many"}, alike=what == "copies")

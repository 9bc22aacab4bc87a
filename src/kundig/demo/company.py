"""The simulated company as a workspace: exports of all silos, configuration, and the truth beside them."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kundig.demo import truth
from kundig.demo.block import Block, block, english
from kundig.demo.chance import either
from kundig.demo.contracts import TARIFFS
from kundig.demo.files import arrow
from kundig.demo.life import NO_ONE
from kundig.demo.period import MONTH_START, MONTHS, date
from kundig.demo.silos import billing, calls, crm, exits, field, letters, orders, shops, social, surveys, tickets, usage, web, workforce
from kundig.errors import ArgumentError

Progress = Callable[[str, float], None]
"""Told before each step: what is being written, and the share of the whole that is done."""

BLOCK = 5_000
SILOS = {
    "crm": crm, "billing": billing, "usage": usage, "orders": orders, "field": field, "tickets": tickets, "calls": calls,
    "web": web, "shops": shops, "surveys": surveys, "exits": exits, "social": social, "letters": letters, "staff": workforce,
}  # fmt: skip
FEWEST = 100


def simulate(folder: Path, *, customers: int = 5_000, seed: int = 7, progress: Progress | None = None) -> Path:
    """Write the company Nordwind Mobil as a workspace, and give its folder.

    What silos would export comes into `data/`, the configuration into `kundig.yaml`, what was planted into
    `truth.json` and `truth/`. An earlier simulation in the folder, and the lake imported from it, are replaced;
    anything else is refused. The same seed and size give the same files.

    Customers are simulated in blocks, so that memory does not grow with their number.

    Raises:
        ArgumentError: too few customers, a negative seed, or the folder holds something that is no simulation.
    """
    if customers < FEWEST:
        raise ArgumentError(f"expected at least {FEWEST} customers, found {customers}")
    if seed < 0:
        raise ArgumentError(f"expected a seed of 0 or more, found {seed}")
    folder = Path(folder)
    _cleared(folder)
    told = progress or (lambda _step, _share: None)
    tallies, rows, broken = Counter[str](), Counter[str](), Counter[str]()
    blocks = -(-customers // BLOCK)
    with _Truth(folder / "truth") as tables:
        for number in range(blocks):
            first = number * BLOCK
            told("customers", number / blocks)
            of = block(seed, number, first, min(BLOCK, customers - first), folder / "data")
            for index, (name, silo) in enumerate(SILOS.items()):
                told(name, (number + (index + 1) / (len(SILOS) + 1)) / blocks)
                silo.write(of)
            tables.write(of)
            tallies += truth.counted(of)
            rows += Counter(of.rows)
            broken += Counter(of.broken)
    text = (files("kundig.demo") / "kundig.yaml").read_text(encoding="utf-8")
    (folder / "kundig.yaml").write_text(text, encoding="utf-8")
    known = {"meta": truth.meta(seed, customers, rows, broken), "truths": truth.truths(tallies)}
    (folder / "truth.json").write_text(json.dumps(known, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    told("done", 1.0)
    return folder


def _cleared(folder: Path) -> None:
    """An empty folder, or one from which an earlier simulation was taken out."""
    there = [entry for entry in folder.iterdir() if not entry.name.startswith(".")] if folder.is_dir() else []
    if there and not (folder / "truth").is_dir():
        raise ArgumentError(f"{folder} holds {there[0].name}, and no earlier simulation; name a new or empty folder")
    for name in ("data", "truth", "lake"):
        shutil.rmtree(folder / name, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


class _Truth:
    """The tables of truth, written block by block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True)
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self.writers.values():
            writer.close()

    def write(self, of: Block) -> None:
        """What is true of a block."""
        for name, tables in (("subjects", of.subjects), ("texts", of.texts)):
            for table in tables:
                self._add(name, table)
        self._add("persons", _table(_persons(of)))
        self._add("hazards", _table(_hazards(of)))
        doubled, people = of.doubles, of.people
        self._add("doubles", _table({"person": people.person[doubled.of], "why": doubled.why, "since": date(doubled.since)}))
        for kind, pairs in (("brothers", people.brothers), ("father and son", people.namesakes), ("shared e-mail", people.couples)):
            self._add("decoys", _table({"kind": np.full(len(pairs), kind, dtype=object), "one": people.person[pairs[:, 0]], "other": people.person[pairs[:, 1]]}))

    def _add(self, name: str, table: pa.Table) -> None:
        if name not in self.writers:
            self.writers[name] = pq.ParquetWriter(self.folder / f"{name}.parquet", table.schema, compression="zstd")
        self.writers[name].write_table(table)


def _table(columns: dict[str, Any]) -> pa.Table:
    return pa.table({name: arrow(values) for name, values in columns.items()})


def _persons(of: Block) -> dict[str, Any]:
    bought, life, rows = of.contracts, of.life, np.arange(len(of.people))
    left = life.left != NO_ONE
    return {
        "person": of.people.person, "given_name": of.people.given, "family_name": of.people.family, "email": of.people.email, "phone": of.people.phone,
        "region": of.people.region, "language": english(of.people, rows), "age": np.floor(of.people.age).astype(np.int64), "tariff": np.array(TARIFFS, dtype=object)[bought.tariff],
        "started": date(bought.start), "activated": date(bought.activated), "notice": np.where(left, date(np.where(left, life.notice, 0)), np.datetime64("NaT")),
        "cause": exits.causes(of), "advocate": bought.advocate, "silent_start": bought.silent, "slow_porting": bought.slow, "newsletter": life.newsletter,
        "trial": either(life.trial == NO_ONE, None, either(life.called, "Anruf", "Kontrolle")),
    }  # fmt: skip


def _hazards(of: Block) -> dict[str, Any]:
    """A row for each customer and month under contract."""
    life = of.life
    who, m = np.nonzero(life.active)
    return {
        "person": of.people.person[who], "month": date(MONTH_START[:MONTHS][m]), "hazard": life.hazard[who, m], "left": life.left[who] == m,
        "slow_porting": life.porting_cause[who, m], "repeated_errors": life.errors_cause[who, m], "handed_around": life.handed_cause[who, m], "silent_start": life.silence_cause[who, m],
    }  # fmt: skip

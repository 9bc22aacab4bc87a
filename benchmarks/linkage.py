"""How long who is who takes: resemblance against bare Splink with the same model, and new subjects beside known ones against all anew.

The large ones, a million records and ten million subjects, are scripts of their own: `python -m benchmarks.resemblance` and
`python -m benchmarks.exact_keys`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import duckdb

from benchmarks.ratio import Ratio
from benchmarks.resemblance import bare, ours, records
from kundig.identity.identify import identify

RECORDS = 100_000
KNOWN, NEW = 200_000, 1000
AT = datetime(2026, 2, 1, tzinfo=timezone.utc)


def traits(count):
    """People of whom half have a mailbox, in no order."""
    table = records(count)
    with duckdb.connect() as con:
        con.register("people", table)
        return con.sql(
            "SELECT *, TIMESTAMPTZ '2026-01-01' AS known_at, 'crm' AS source, CASE WHEN hash(subject) % 2 = 0 THEN split_part(subject, '-', 1) || '@example.de' END AS email FROM people ORDER BY hash(subject)"
        ).to_arrow_table()


def timed(table, **before):
    began = time.perf_counter()
    found = identify(table, at=AT, **before)
    return time.perf_counter() - began, found


def incremental(known, new):
    """Seconds of a first run, of one with new subjects that goes on from it, and of one that compares all anew by the same model."""
    table = traits((known + new) * 12 // 11)
    began, first = timed(table.slice(0, known))
    step, then = timed(table.slice(0, known + new), order=first.order, model=first.model, compared=first.compared)
    anew, once = timed(table.slice(0, known + new), order=first.order, model=first.model)
    if not (then.identities.equals(once.identities) and then.review.equals(once.review)):
        raise AssertionError("a step found other customers than comparing all anew")
    return began, step, anew


def measured(folder: Path) -> Iterator[Ratio]:
    table = records(RECORDS)
    theirs, _ = bare(table, 0.9)
    seconds, *_ = ours(table)
    yield Ratio(f"resemblance, {RECORDS:,} records / the same model in bare Splink", seconds / theirs, 1.25)
    began, step, anew = incremental(KNOWN, NEW)
    yield Ratio(f"{NEW:,} new beside {KNOWN:,} known / a full run that learns", step / began, None)
    yield Ratio(f"{NEW:,} new beside {KNOWN:,} known / comparing all anew by the same model", step / anew, None)

"""Product usage: one row for each day on which a contract was used. No row means silence."""

from __future__ import annotations

import numpy as np

from kundig.demo.block import CONTRACT, Block
from kundig.demo.contracts import TRIAL_DAYS
from kundig.demo.files import parquet
from kundig.demo.period import DAYS, date, day, weekday

HOLIDAYS = (("2024-06-20", "2024-08-25"), ("2024-12-18", "2024-12-23"), ("2025-06-20", "2025-08-25"), ("2025-12-18", "2025-12-23"))
"""Between these days holidays begin: two to three weeks of silence that mean nothing."""


def write(block: Block) -> None:
    """Daily usage as Parquet; who stays silent after activation uses nothing for two weeks."""
    of, life, rng = block.contracts, block.life, block.stream("usage")
    n, days = len(block.people), np.arange(DAYS)
    habit = (0.12 + 0.62 * rng.beta(2, 2.6, n)).astype(np.float32)
    weekly = np.where(weekday(days) >= 5, 0.85, 1.05).astype(np.float32)
    used = rng.random((n, DAYS), dtype=np.float32) < habit[:, None] * weekly[None, :]
    # Everybody who is not silent tries the service in the first days.
    early = np.flatnonzero(of.new & ~of.silent & (of.activated + 1 < DAYS))
    used[early, of.activated[early] + 1] = True
    used &= (days[None, :] >= of.activated[:, None]) & (days[None, :] < life.ended[:, None])
    used &= ~((days[None, :] < of.activated[:, None] + TRIAL_DAYS + 2) & of.silent[:, None])
    for first, last in HOLIDAYS:
        away = (rng.random(n) < 0.45) & (of.activated + 30 < day(first))
        begin = np.where(away, rng.integers(day(first), day(last) + 1, n), DAYS * 2)
        length = rng.integers(14, 22, n)
        used &= ~((days[None, :] >= begin[:, None]) & (days[None, :] < (begin + length)[:, None]))
    who, when = np.nonzero(used)
    data = rng.gamma(1.3, 620, len(who)).astype(np.int64) + 1
    columns = {"tag": date(when), "vertragsnr": CONTRACT + block.people.person[who], "datenvolumen_mb": data, "minuten": rng.poisson(7, len(who)), "sitzungen": rng.integers(1, 9, len(who))}
    block.count("usage", parquet(block.file("usage", "nutzung.parquet"), columns))

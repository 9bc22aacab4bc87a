"""The order system, a SQLite file: orders with delivery and return, and the moves of telephone numbers."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import numpy as np

from kundig.demo.block import CUSTOMER, Block
from kundig.demo.chance import pick
from kundig.demo.files import arrow, dates, joined
from kundig.demo.period import DAYS, date, within_month

if TYPE_CHECKING:
    import pyarrow as pa

TABLES = """
CREATE TABLE IF NOT EXISTS orders (order_no TEXT PRIMARY KEY, email TEXT, name TEXT, street TEXT, postcode TEXT, city TEXT,
    ordered TEXT, item TEXT, amount TEXT, shop TEXT, delivered TEXT, returned TEXT);
CREATE TABLE IF NOT EXISTS porting (order_no TEXT PRIMARY KEY, customer_no INTEGER, requested TEXT, completed TEXT);
"""
PRICES = {"SIM card": 0.0, "Smartphone A": 449.0, "Smartphone B": 799.0, "Repeater": 59.9, "Nordwind Watch": 249.0, "Case": 19.9}


def write(block: Block) -> None:
    """Orders and number moves; orders know an e-mail address and no customer number."""
    of, people, rng = block.contracts, block.people, block.stream("orders")
    again, m = np.nonzero(block.life.active & (rng.random(block.life.active.shape) < 0.016))
    new = np.flatnonzero(of.new)
    who, day = np.concatenate([new, again]), np.concatenate([of.start[new], within_month(m, rng)])
    item = np.concatenate([np.where(rng.random(len(new)) < 0.5, "Smartphone A", "SIM card").astype(object), pick(rng, list(PRICES)[1:], len(again))])
    kept = (day >= of.start[who]) & (day < np.minimum(block.life.ended[who], DAYS))
    who, day, item = who[kept], day[kept], item[kept]
    n = len(who)
    delivered = day + rng.integers(1, 5, n) + np.where(rng.random(n) < 0.06, 9, 0)
    returned = np.where(rng.random(n) < 0.07, delivered + rng.integers(2, 14, n), DAYS)
    amount = np.array([PRICES[name] for name in sorted(PRICES)])[np.searchsorted(sorted(PRICES), item.astype("U"))]
    number = joined("B", block.number * 10_000_000 + np.arange(n))
    email = people.email[who]
    name = joined(people.given[who], " ", people.family[who])
    columns = [number, arrow(email), name, arrow(people.street[who]), arrow(people.postcode[who]), arrow(people.city[who]), _day(day), arrow(item),
               arrow(np.char.mod("%.2f", amount)), arrow(pick(rng, ("web", "shop", "phone"), n, (0.6, 0.25, 0.15))), _day(delivered), _day(returned)]  # fmt: skip
    ported = np.flatnonzero(of.porting & (of.start >= 0) & (of.start < block.life.ended))
    done = of.start[ported] + of.porting_days[ported]
    moves = [joined("N", people.person[ported]), arrow(CUSTOMER + people.person[ported]), _day(of.start[ported]), _day(done)]
    file = block.data / "orders" / "orders.sqlite"
    file.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(file) as database:
        database.executescript(TABLES)
        database.executemany(f"INSERT INTO orders VALUES ({', '.join('?' * 12)})", zip(*(column.to_pylist() for column in columns), strict=True))
        database.executemany("INSERT INTO porting VALUES (?, ?, ?, ?)", zip(*(column.to_pylist() for column in moves), strict=True))
    database.close()
    block.count("orders", n)
    block.count("porting", len(ported))
    block.known("orders", "email", email, who)


def _day(days: np.ndarray) -> pa.Array:
    """Days as text; nothing for what has not happened yet."""
    moments = date(days)
    moments[days >= DAYS] = np.datetime64("NaT")
    return dates(moments, "%Y-%m-%d")

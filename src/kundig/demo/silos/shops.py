"""The shops: who was advised where, and twelve visitors of a stand at a harbour festival."""

from __future__ import annotations

import numpy as np

from kundig.demo.answers import shop_visits
from kundig.demo.block import Block
from kundig.demo.chance import either, pick
from kundig.demo.files import append, csv, dates
from kundig.demo.period import at
from kundig.demo.staff import assigned


def write(block: Block) -> None:
    """Visits as CSV; nearly every second visitor gives no customer number."""
    rng = block.stream("shops")
    customer, day, touchpoint = shop_visits(block)
    number = block.crm(customer, day, rng)
    told = rng.random(len(customer)) < 0.6
    columns = {
        "Datum": dates(at(day, rng, 9, 19), "%d.%m.%Y %H:%M"), "Ort": touchpoint,
        "KundenNr": either(told, number.astype(str).astype(object), None), "Anliegen": pick(rng, ("Beratung", "Vertrag", "Gerät", "Reparatur"), len(customer)),
        "Berater": assigned(rng, np.full(len(customer), 2)),
    }  # fmt: skip
    file = block.file("shops", "besuche.csv")
    block.count("shops", csv(file, columns))
    block.known("shops", "crm", number[told], customer[told])
    if block.number == 0:
        append(file, ["12.05.2026 11:30;shop.advice;1000002"])
        block.break_rows("shops", 1)

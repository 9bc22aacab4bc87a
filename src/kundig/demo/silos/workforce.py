"""The staff's own answers and their training, under pseudonyms. One file for the whole company."""

from __future__ import annotations

import numpy as np

from kundig.demo.block import Block
from kundig.demo.chance import pick
from kundig.demo.files import csv, dates
from kundig.demo.period import DAYS, at, date
from kundig.demo.staff import TEAM, pseudonym, pulse


def write(block: Block) -> None:
    """The weekly pulse and the training log as CSV."""
    if block.number:
        return
    of, rng = pulse(block.seed), block.stream("training")
    columns = {"Woche": dates(date(of.day)), "Person": of.staff, "Abteilung": of.department, "Weiterempfehlung": of.score.astype(str)}
    block.count("pulse", csv(block.data / "staff" / "puls.csv", columns))
    staff = np.arange(5 * TEAM).repeat(6)
    day = rng.integers(0, DAYS, len(staff))
    columns = {
        "Datum": dates(at(day, rng, 9, 15), "%d.%m.%Y %H:%M"), "Person": pseudonym(staff), "Kurs": pick(rng, ("Gesprächsführung", "Datenschutz", "Tarife", "Störungen", "Sprache der Kunden"), len(staff)),
        "Stunden": rng.integers(1, 9, len(staff)).astype(str),
    }  # fmt: skip
    block.count("training", csv(block.data / "staff" / "schulungen.csv", columns))

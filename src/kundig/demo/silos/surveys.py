"""The survey tool's workbook: one row an answer, with what was written."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import xlsxwriter

from kundig.demo.answers import asked
from kundig.demo.block import Block, english
from kundig.demo.chance import either
from kundig.demo.files import arrow, dates, joined, stamps
from kundig.demo.period import at
from kundig.demo.words import written

HEADER = ("Eingang", "Befragung", "Kontaktpunkt", "E-Mail", "Name", "Wert", "Kommentar", "Sprache", "Produkt", "Befragt am")


def write(block: Block) -> None:
    """Answers as Excel; half of them with a comment, most in German."""
    of, people, rng = asked(block), block.people, block.stream("surveys")
    n = len(of.customer)
    told = rng.random(n) < 0.55
    comment = either(told, written(rng, of.theme, of.good.astype(np.int64), people.english[of.customer].astype(np.int64)), None)
    rows = [
        stamps(at(of.day, rng, 8, 22)), arrow(of.metric), arrow(of.touchpoint), arrow(people.email[of.customer]),
        joined(people.given[of.customer], " ", people.family[of.customer]), arrow(of.score), arrow(comment),
        arrow(either(told, english(people, of.customer), None)), arrow(of.product), dates(at(of.asked, rng, 7, 8), "%Y-%m-%d"),
    ]  # fmt: skip
    file = block.file("surveys", "antworten.xlsx")
    file.parent.mkdir(parents=True, exist_ok=True)
    extra = []
    if block.number == 0:
        extra = [("2025-03-03T10:00:00", "nps", "relationship", "a.b@mail.example", "A B", 11, None, None, None, "2025-03-01"),
                 ("2025-03-03T10:05:00", "csat", "shop.advice", "a.b@mail.example", "A B", 0, None, None, None, "2025-03-01")]  # fmt: skip
        block.break_rows("surveys", len(extra))
    with xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2026, 6, 30), "author": "Nordwind Mobil"})  # noqa: DTZ001 -- a date in a file's properties
        sheet = book.add_worksheet("Antworten")
        for line, row in enumerate([HEADER, *zip(*(column.to_pylist() for column in rows), strict=True), *extra]):
            sheet.write_row(line, 0, row)
    block.count("surveys", n)
    block.wrote("surveys", comment, of.theme, of.good, people.english[of.customer])
    block.known("surveys", "email", people.email[of.customer], of.customer)

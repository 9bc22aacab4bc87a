"""A made-up table of support tickets, as a silo exports it: a million rows of twelve columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

COLUMNS = ("ticket_no", "customer_no", "created", "channel", "score", "amount", "currency", "product", "staff", "text", "region", "topic")
CONFIGURATION = """\
company: {name: Nordwind, language: de, timezone: Europe/Berlin}
sources:
  tickets:
    read: {csv: tickets.csv}
    key: ticket_no
    events:
      kind: feedback
      at: created
      subject: "crm:{customer_no}"
      case_id: ticket_no
      touchpoint: support.ticket
      channel: channel
      metric: csat
      score: score
      amount: amount
      currency: currency
      product: product
      staff: staff
      text: text
      properties: [region, topic]
"""
_WORDS = ("Lieferung", "Rechnung", "Störung", "Vertrag", "bitte", "dringend", "seit", "gestern", "warte", "auf", "Antwort", "danke", "Anschluss", "Gerät", "falsch", "Betrag")


def written(file: Path, rows: int, seed: int = 7) -> None:
    """Write the table as CSV: ids with leading zeros, local times without zone, exact money."""
    chance = np.random.default_rng(seed)
    number = np.arange(rows)

    def chosen(*words: str) -> pa.Array:
        return pa.array(np.array(words, dtype=object)[chance.integers(0, len(words), rows)], pa.string())

    def padded(values: np.ndarray, width: int) -> pa.Array:
        return pa.array(np.char.zfill(values.astype(str), width))

    moments = np.datetime64("2024-01-01T00:00:00") + chance.integers(0, 2 * 365 * 86400, rows).astype("timedelta64[s]")
    texts = [" ".join(words) for words in np.array(_WORDS, dtype=object)[chance.integers(0, len(_WORDS), (rows, 12))]]
    columns = (
        padded(number, 8),
        padded(chance.integers(0, rows // 5, rows), 7),
        pa.array(moments),
        chosen("phone", "email", "chat", "web"),
        pa.array(chance.integers(1, 6, rows)),
        pa.array(chance.integers(100, 99999, rows)).cast(pa.decimal128(19, 0)).cast(pa.decimal128(19, 2)),
        chosen("EUR", "CHF"),
        chosen(*(f"tariff {letter}" for letter in "ABCDEFGH")),
        padded(chance.integers(0, 400, rows), 4),
        pa.array(texts),
        chosen("Nord", "Süd", "Ost", "West"),
        chosen("delivery", "invoice", "fault", "contract"),
    )
    pyarrow.csv.write_csv(pa.table(dict(zip(COLUMNS, columns, strict=True))), file)

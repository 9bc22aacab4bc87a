"""The ticket system: one JSON object for each thing that happened to a ticket."""

from __future__ import annotations

import numpy as np

from kundig.demo.block import Block
from kundig.demo.cases import DEPARTMENTS, NOWHERE
from kundig.demo.chance import pick, texts
from kundig.demo.files import append, json_lines, stamps, taken
from kundig.demo.period import DAYS, Days, at
from kundig.demo.staff import assigned
from kundig.demo.words import BAD, written


def write(block: Block) -> None:
    """Tickets as JSON lines; what happens after the period is not known yet."""
    of, rng = block.cases, block.stream("tickets")
    n = len(of.customer)
    stops = (of.stops != NOWHERE).sum(axis=1)
    final = of.stops[np.arange(n), stops - 1]
    opened = written(rng, of.concern, np.full(n, BAD), block.people.english[of.customer])
    number = block.crm(of.customer, of.days[:, 0], rng)
    by_mail = rng.random(n) < 0.15
    channel = np.where(by_mail, "email", pick(rng, ("phone", "email", "web", "chat", "app"), n, (0.45, 0.2, 0.15, 0.1, 0.1)))
    parts: list[tuple[str, Days, Days, Days]] = [("opened", np.arange(n), of.days[:, 0], of.stops[:, 0])]
    for stop in (1, 2):
        rows = np.flatnonzero(of.stops[:, stop] != NOWHERE)
        parts.append(("handover", rows, of.days[rows, stop], of.stops[rows, stop]))
    parts.append(("resolved", np.arange(n), of.resolved, final))
    again = np.flatnonzero(of.reopened >= 0)
    parts += [("reopened", again, of.reopened[again], final[again]), ("resolved", again, of.closed[again], final[again])]
    what = np.concatenate([texts([name] * len(rows)) for name, rows, _, _ in parts])
    row = np.concatenate([rows for _, rows, _, _ in parts])
    day = np.concatenate([days for _, _, days, _ in parts])
    department = np.concatenate([stop for _, _, _, stop in parts])
    hours = {"opened": (8, 11), "handover": (11, 14), "resolved": (15, 19), "reopened": (12, 15)}
    moment = np.concatenate([at(days, rng, *hours[name]) for name, _, days, _ in parts])
    told = np.where(what == "opened", opened[row], None)
    kept = (day < DAYS) & (day >= 0)
    columns = {
        "ts": stamps(moment), "event": what, "ticket": of.number[row],
        "customer": np.where(by_mail[row], None, number[row].astype(str).astype(object)), "email": np.where(by_mail[row], block.people.email[of.customer[row]], None),
        "department": texts(DEPARTMENTS)[department], "channel": channel[row], "concern": of.concern[row], "agent": assigned(rng, department), "text": told,
    }  # fmt: skip
    file = block.file("tickets", "tickets.jsonl")
    ordered = np.flatnonzero(kept)[np.argsort(moment[kept], kind="stable")]
    block.count("tickets", json_lines(file, taken(columns, ordered)))
    block.wrote("tickets", opened, of.concern, np.full(n, BAD), block.people.english[of.customer])
    block.known("tickets", "crm", number[~by_mail], of.customer[~by_mail])
    block.known("tickets", "email", block.people.email[of.customer[by_mail]], of.customer[by_mail])
    if block.number == 0:
        append(file, ['{"ts": "2026-05-04T10:11:12", "event": "opened", "ticket": "T9', "--- export resumed ---", '{"ts": "2026-05-04T10:11:12" "event": "resolved"}'])
        append(file, ['{"ts": "2025-02-30T09:00:00", "event": "opened", "ticket": "T999999999", "customer": "1000001", "department": "service", "channel": "phone"}'])
        block.break_rows("tickets", 4)

"""The call centre's log: who called when, how long it took, what it cost. Nine days of it were never exported."""

from __future__ import annotations

import numpy as np

from kundig.demo.block import Block
from kundig.demo.cases import SERVICE
from kundig.demo.chance import either
from kundig.demo.contacts import MINUTE_COST
from kundig.demo.files import append, csv, joined, numbers, stamps, taken
from kundig.demo.period import at, day
from kundig.demo.staff import assigned

OUTAGE_FROM, OUTAGE_DAYS = "2025-09-08", 9


def write(block: Block) -> None:
    """Calls as CSV; numbers are hidden now and then, and written in two ways."""
    of, rng = block.contacts, block.stream("calls")
    n = len(of.customer)
    silent = (of.day >= day(OUTAGE_FROM)) & (of.day < day(OUTAGE_FROM) + OUTAGE_DAYS)
    moment = at(of.day, rng)
    phone = either(rng.random(n) < 0.06, None, block.people.phone[of.customer])
    columns = {
        "call_id": np.asarray(joined("A", np.arange(n) + block.number * 10_000_000)),
        "start": stamps(moment), "caller": phone, "region": block.people.region[of.customer], "concern": of.concern,
        "type": np.where(of.complaint, "complaint", "call").astype(object),
        "wait_seconds": of.wait.astype(np.int64).astype(str), "handling_seconds": of.handling.astype(np.int64).astype(str),
        "cost": numbers(of.handling / 60 * MINUTE_COST, sign="."), "agent": assigned(rng, np.full(n, SERVICE)),
    }  # fmt: skip
    file = block.file("calls", "anrufe.csv")
    ordered = np.flatnonzero(~silent)[np.argsort(moment[~silent], kind="stable")]
    block.count("calls", csv(file, taken(columns, ordered), delimiter=","))
    block.known("calls", "phone", phone[~silent], of.customer[~silent])
    if block.number == 0:
        append(file, ["A999999999,2026-05-04T10:11:12,,Nord,letter,call,n/a,120,1.90,MA-000001"])
        block.break_rows("calls", 1)

"""The web shop's log: visits under a cookie, now and then with a login that tells who it is."""

from __future__ import annotations

import numpy as np

from kundig.demo.block import Block
from kundig.demo.chance import pick
from kundig.demo.files import append, csv, joined, stamps, taken
from kundig.demo.people import arrayed
from kundig.demo.period import DAYS, MONTH_START, MONTHS, at

PAGES = ("/", "/tarife", "/tarife/vergleich", "/geraete", "/geraete/fiber-box", "/hilfe", "/mein-konto", "/mein-konto/rechnungen", "/kontakt", "/warenkorb")
_COMMON = (14, 12, 6, 9, 4, 10, 18, 12, 5, 4)


def write(block: Block) -> None:
    """Visits and finished self-services as CSV. A person has up to three cookies."""
    of, life, contacts, rng = block.contracts, block.life, block.contacts, block.stream("web")
    n = len(block.people)
    counts = rng.poisson(1.35, life.active.shape) * life.active
    flat = np.repeat(np.arange(n * MONTHS), counts.ravel())
    who, m = flat // MONTHS, flat % MONTHS
    day = MONTH_START[m] + (rng.random(len(m)) * 30).astype(np.int64)
    looking = np.flatnonzero(of.new).repeat(4)
    before = of.start[looking] - rng.geometric(0.12, len(looking))
    customer = np.concatenate([who, looking, contacts.self_customer])
    days = np.concatenate([day, before, contacts.self_day])
    page = np.concatenate([pick(rng, PAGES, len(who), _COMMON), pick(rng, PAGES[:5], len(looking)), np.full(len(contacts.self_day), "/hilfe/fertig", dtype=object)])
    concern = np.concatenate([np.full(len(who) + len(looking), None), contacts.self_concern])
    kept = (days >= 0) & (days < DAYS)
    customer, days, page, concern = customer[kept], days[kept], page[kept], concern[kept]
    device = np.minimum(rng.geometric(0.6, len(customer)) - 1, 2)
    person = block.people.person[customer]
    cookie = arrayed(joined("w", ((person * 3 + device + 1) * 2_654_435_761) % (1 << 36)))
    inside = (days >= of.start[customer]) & ((rng.random(len(customer)) < 0.3) | (concern != None))  # noqa: E711 -- an array
    moment = at(days, rng, 6, 23)
    order = np.argsort(moment, kind="stable")
    columns = {
        "time": stamps(moment), "cookie": cookie, "login": np.where(inside, block.people.email[customer], None), "page": page, "concern": concern,
        "seconds": rng.gamma(1.5, 60, len(customer)).astype(np.int64).astype(str), "device": pick(rng, ("mobile", "desktop", "tablet"), len(customer), (0.62, 0.3, 0.08)),
        "referrer": pick(rng, ("", "suche", "anzeige", "newsletter", "vergleichsportal"), len(customer), (0.45, 0.3, 0.1, 0.08, 0.07)),
    }  # fmt: skip
    file = block.file("web", "besuche.csv")
    block.count("web", csv(file, taken(columns, order), delimiter=","))
    block.known("web", "web", cookie, customer)
    if block.number == 0:
        append(file, ["2026-05-04T10:11:12,w1,,/tarife,,30,mobile,suche,extra,columns", "2026-05-04T25:61:00,w1,,/tarife,,30,mobile,suche"])
        block.break_rows("web", 2)

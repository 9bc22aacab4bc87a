"""Billing: contracts with every change of price, invoices with their corrections, and payments."""

from __future__ import annotations

import numpy as np

from kundig.demo.block import ACCOUNT, CONTRACT, CUSTOMER, Block
from kundig.demo.chance import Texts, pick, texts
from kundig.demo.contracts import HARDWARE, LOYAL_AFTER, MONTH_DAYS, PRICE_RISE_MONTH, PRICES, TARIFFS, L, M
from kundig.demo.files import joined, parquet, taken
from kundig.demo.life import NO_ONE
from kundig.demo.period import DAYS, MONTH_START, MONTHS, Days, date


def write(block: Block) -> None:
    """Accounts, contract changes and invoices as Parquet."""
    person, tariff = block.people.person, _tariffs(block)
    columns = {"vertragsnr": CONTRACT + person, "konto": ACCOUNT + person, "kundennr": CUSTOMER + person, "tarif": tariff, "router": block.contracts.router}
    block.count("accounts", parquet(block.file("billing", "konten.parquet"), columns))
    _contracts(block)
    _invoices(block)


def _tariffs(block: Block) -> Texts:
    return texts(TARIFFS)[block.contracts.tariff]


def _contracts(block: Block) -> None:
    """A row each time the contract begins, changes its price, is given notice of, or ends."""
    of, life = block.contracts, block.life
    everyone = np.arange(len(block.people))
    before = np.maximum(np.searchsorted(MONTH_START, of.start, side="right") - 1, 0)
    first = np.round(PRICES[of.tariff] * np.where(of.online, 0.95, 1) + HARDWARE * (of.hardware <= of.start), 2)
    first = np.where(of.new, of.price[everyone, np.minimum(before + 1, MONTHS - 1)], first)
    first = np.where(of.new & (of.hardware > of.start) & (of.hardware <= MONTH_START[np.minimum(before + 1, MONTHS - 1)]), np.round(first - HARDWARE, 2), first)
    running = np.column_stack([first, of.price])
    there = life.active | (np.arange(MONTHS)[None, :] == life.left[:, None] + 1)
    started = MONTH_START[None, :MONTHS] > of.start[:, None]
    last = np.where(started, 1, 0)
    changed = there & started & (np.abs(of.price - np.where(np.cumsum(last, axis=1) == 1, first[:, None], running[:, :-1])) > 0.005)
    who, m = np.nonzero(changed)
    raised = (of.tariff[who] == M) & (m == PRICE_RISE_MONTH)
    why = np.where(raised, "Preisanpassung", np.where(of.tariff[who] == L, "Verlängerung", np.where(of.tariff[who] == M, "Hardwareplan", "Anpassung"))).astype(object)
    gone = np.flatnonzero(life.left != NO_ONE)
    over = gone[life.ended[gone] < DAYS]
    customer = np.concatenate([everyone, who, gone, over])
    # What had changed before the period began is dated when it did.
    earlier = np.where(of.tariff[who] == L, of.start[who] + round(LOYAL_AFTER * MONTH_DAYS), of.hardware[who])
    since = np.where(m == 0, np.minimum(earlier, 0), MONTH_START[m])
    day = np.concatenate([of.start, since, life.notice[gone], life.ended[over]])
    step = np.concatenate([texts(["Beginn"] * len(everyone)), why, texts(["Kündigung"] * len(gone)), texts(["Ende"] * len(over))])
    price = np.concatenate([first, of.price[who, m], of.price[gone, life.left[gone]], np.zeros(len(over))])
    discount = np.where(of.online[customer], 5, 0)
    columns = {
        "vertragsnr": CONTRACT + block.people.person[customer], "kundennr": CUSTOMER + block.people.person[customer], "gueltig_ab": date(day),
        "vorgang": step, "tarif": _tariffs(block)[customer], "preis_monat": price, "rabatt_prozent": discount,
        "hardwareplan": np.where(of.hardware[customer] <= day, "ja", "nein").astype(object),
    }  # fmt: skip
    block.count("contracts", parquet(block.file("billing", "vertraege.parquet"), columns))
    block.known("contracts", "crm", columns["kundennr"], customer)


def _invoices(block: Block) -> None:
    """One invoice a month; a wrong one is corrected eight to fifteen days later."""
    of, life, rng = block.contracts, block.life, block.stream("invoices")
    months = MONTH_START[None, :MONTHS]
    who, m = np.nonzero((months >= of.activated[:, None]) & (months < life.ended[:, None]))
    day = MONTH_START[m] + rng.integers(1, 5, len(who))
    right = np.round(of.price[who, m] + of.extras[who, m], 2)
    # The error of a month is in the invoice for it, which is written at the month's beginning.
    wrong = life.error[who, m]
    surplus = np.where(wrong, np.round(rng.gamma(3, 9, len(who)) + 4, 2), 0)
    returned = rng.random(len(who)) < 0.01
    paid = day + rng.integers(3, 15, len(who)) + np.where(returned, 12, 0)
    mend = np.flatnonzero(wrong)
    mended = day[mend] + rng.integers(8, 16, len(mend))
    number = joined("R", block.people.person[who] * 100 + m)
    rows = {
        "rechnungsnr": np.concatenate([np.asarray(number, dtype=object), np.asarray(joined("K", block.people.person[who[mend]] * 100 + m[mend]), dtype=object)]),
        "korrektur_zu": np.concatenate([np.full(len(who), None), np.asarray(number, dtype=object)[mend]]),
        "vertragsnr": CONTRACT + block.people.person[np.concatenate([who, who[mend]])],
        "kundennr": CUSTOMER + block.people.person[np.concatenate([who, who[mend]])],
        "datum": date(np.concatenate([day, mended])),
        "art": texts(["Rechnung"] * len(who) + ["Korrektur"] * len(mend)),
        "betrag": np.concatenate([np.round(right + surplus, 2), -surplus[mend]]),
        "zubuchungen": np.concatenate([of.extras[who, m], np.zeros(len(mend))]),
        "bezahlt_am": _within(np.concatenate([paid, np.full(len(mend), DAYS)])),
        "zahlart": pick(rng, ("Lastschrift", "Überweisung", "Karte"), len(who) + len(mend), (0.75, 0.15, 0.1)),
        "ruecklaeufer": np.concatenate([np.where(returned, "ja", "nein").astype(object), texts(["nein"] * len(mend))]),
    }
    kept = np.concatenate([day, mended]) < DAYS
    block.count("invoices", parquet(block.file("billing", "rechnungen.parquet"), taken(rows, kept)))


def _within(days: Days) -> np.ndarray:
    """Days as dates; none for what lies after the period."""
    moments = date(days)
    moments[days >= DAYS] = np.datetime64("NaT")
    return moments

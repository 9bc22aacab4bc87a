"""The CRM: people as they were typed in, some of them twice; and who was part of which campaign."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from kundig.demo.block import CUSTOMER, SECOND, Block
from kundig.demo.chance import either, pick
from kundig.demo.files import append, arrow, csv, dates, joined, taken
from kundig.demo.life import NO_ONE
from kundig.demo.people import arrayed
from kundig.demo.period import MONTH_START, date


def write(block: Block) -> None:
    """Customers as CSV in cp1252 with German dates; campaigns as CSV."""
    people, twice, rng = block.people, block.doubles, block.stream("crm")
    n, who = len(people), np.concatenate([np.arange(len(people)), twice.of])
    second = np.arange(len(who)) >= n
    changed = np.where(second, np.concatenate([np.zeros(n, np.int64), twice.since]), np.maximum(block.contracts.start[who], -2900))
    number = np.where(second, SECOND, CUSTOMER) + people.person[who]
    phone = people.phone[who]
    written = np.where(rng.random(len(who)) < 0.5, arrayed(joined("+49 199 9", pc.utf8_slice_codeunits(arrow(phone), 5))), phone)
    told = rng.random(len(who))
    columns = {
        "KundenNr": number,
        "Anrede": np.where(people.male[who], "Herr", "Frau").astype(object),
        "Titel": either(told < 0.02, "Dr.", None),
        "Vorname": np.concatenate([people.given, twice.given]),
        "Nachname": np.concatenate([people.family, twice.family]),
        "Geburtsdatum": either(told > 0.94, None, np.asarray(dates(people.born[who]), dtype=object)),
        "Straße": np.concatenate([people.street, twice.street]),
        "PLZ": np.concatenate([people.postcode, twice.postcode]),
        "Ort": np.concatenate([people.city, twice.city]),
        "Telefon": either(second & (told < 0.3), None, written),
        "E-Mail": either(second & (told > 0.6), None, people.email[who]),
        "Firma": people.company[who],
        "Segment": np.where(people.business[who], "Geschäftskunde", "Privatkunde").astype(object),
        "Region": people.region[who],
        "Kunde seit": dates(date(np.where(second, changed, block.contracts.start[who]))),
        "Geändert am": dates(date(changed)),
        "Werbung": pick(rng, ("ja", "nein"), len(who), (0.7, 0.3)),
    }
    file = block.file("crm", "kunden.csv")
    block.count("crm", csv(file, columns, encoding="cp1252"))
    block.known("crm", "crm", number, who)
    if block.number == 0:
        bad = "9999991;Herr;;Max;Störfall;01.01.1970;Testweg 1;20095;Hamburg;;;;Privatkunde;Nord;01.02.2024;"
        append(file, [bad + "31.02.2025;nein", bad.replace("9991;", "9992;") + "00.00.0000;ja", bad + "01.02.2024;ja;doppelt;importiert"], "cp1252")
        block.break_rows("crm", 3)
    campaigns(block)


def campaigns(block: Block) -> None:
    """The retention trial with its hold-out group, and the newsletter."""
    life, people = block.life, block.people
    drawn = np.flatnonzero((life.trial != NO_ONE) & (life.left != life.trial))
    customer, m = np.nonzero(life.active & life.newsletter[:, None] & (block.contracts.tenure > 2))
    days = np.concatenate([MONTH_START[life.trial[drawn] + 1], MONTH_START[m] + 9])
    who = np.concatenate([drawn, customer])
    name = np.where(np.arange(len(who)) < len(drawn), "Rückruf", "Newsletter").astype(object)
    group = np.where(np.arange(len(who)) < len(drawn), np.where(life.called[who], "Anruf", "Kontrolle"), "Empfänger").astype(object)
    kept = days <= np.minimum(life.ended[who], MONTH_START[-1] - 1)
    columns = {"Kampagne": name, "KundenNr": CUSTOMER + people.person[who], "Datum": dates(date(days)), "Gruppe": group}
    block.count("campaigns", csv(block.file("crm", "kampagnen.csv"), taken(columns, kept)))

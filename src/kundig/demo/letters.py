"""What the company writes: letters in two wordings, one with words that only the company uses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundig.demo.chance import Texts, stream, texts
from kundig.demo.contracts import RISE_ANNOUNCED, Contracts, M
from kundig.demo.files import arrow, joined
from kundig.demo.life import Life
from kundig.demo.people import People, arrayed
from kundig.demo.period import DAYS, Days, Flags, within_month

JARGON = {
    "Bereitstellungsentgelt": "Anschlussgebühr",
    "Portierungserklärung": "Formular für die Nummernmitnahme",
    "Entgeltanpassung": "Preiserhöhung",
    "Entstörungsauftrag": "Störungsmeldung",
    "Mindestvertragslaufzeitende": "Ende des Vertrags",
}
"""The company's word, and what customers say instead."""

RARE = "Rücklastschrift"
"""A rare word that customers use as well: no jargon."""

CALLS_PLAIN, CALLS_JARGON = 0.05, 0.12
"""Share of letters after which the customer calls within a week."""

_BODIES = {
    "welcome": "willkommen bei Nordwind Mobil. Mit der ersten Rechnung berechnen wir Ihnen einmalig #. Ihr Anschluss ist in wenigen Tagen bereit.",
    "porting": "Sie möchten Ihre Rufnummer mitbringen. Dafür brauchen wir noch von Ihnen unterschrieben zurück: #. Danach melden wir uns mit einem Termin.",
    "price": "ab dem 1. Juli ändert sich Ihr monatlicher Betrag. Den Grund der # finden Sie auf der Rückseite.",
    "fault": "wir haben Ihre Nachricht erhalten und bearbeiten sie. Bitte halten Sie bei Rückfragen bereit: #, Datum und Kundennummer.",
    "yearly": "einmal im Jahr informieren wir Sie über Ihren Vertrag. Im Kasten oben steht: #. Wenn Sie nichts tun, bleibt alles, wie es ist.",
    "dunning": "Ihre Bank hat den letzten Betrag nicht eingelöst. Nach dieser Rücklastschrift bitten wir um Überweisung bis zum Monatsende.",
    "news": "zu Ihrem Tarif gibt es etwas Neues. In der App sehen Sie, was es für Sie bedeutet. Sie müssen nichts weiter veranlassen.",
}
_ENGLISH = "this is about your contract with Nordwind Mobil. You will find all details in the app. There is nothing else you need to do now."
KINDS = tuple(_BODIES)
_WORDS = dict(zip(("welcome", "porting", "price", "fault", "yearly"), ("Bereitstellungsentgelt", "Portierungserklärung", "Entgeltanpassung", "Entstörungsauftrag", "Mindestvertragslaufzeitende"), strict=True))


@dataclass
class Letters:
    """One entry a letter."""

    customer: Days
    day: Days
    kind: Texts
    jargon: Flags
    english: Flags
    post: Flags


def letters(people: People, contracts: Contracts, life: Life, seed: int, block: int) -> Letters:
    """Every letter and e-mail of a block; which wording a customer gets is chance."""
    rng = stream(seed, "letters", block)
    everyone = np.arange(len(people))
    found = [
        ("welcome", everyone[contracts.new], contracts.start[contracts.new] + 2),
        ("porting", everyone[contracts.porting], contracts.start[contracts.porting] + 3),
        ("price", everyone[contracts.tariff == M], np.full(int((contracts.tariff == M).sum()), RISE_ANNOUNCED) + rng.integers(0, 5, int((contracts.tariff == M).sum()))),
    ]
    for kind, flags in (("fault", life.technology_case), ("yearly", _some(life, rng, 1 / 12)), ("dunning", _some(life, rng, 0.01)), ("news", _some(life, rng, 0.12))):
        customer, m = np.nonzero(flags)
        found.append((kind, customer, within_month(m, rng)))
    customer = np.concatenate([who for _, who, _ in found])
    day = np.concatenate([days for _, _, days in found])
    kinds = texts([name for name, _, _ in found]).repeat([len(who) for _, who, _ in found])
    there = (day >= 0) & (day < DAYS) & (day >= contracts.start[customer]) & (day < life.notice[customer])
    customer, day, kinds = customer[there], day[there], kinds[there]
    english = people.english[customer]
    jargon = (rng.random(len(customer)) < 0.5) & np.isin(kinds.astype("U"), list(_WORDS)) & ~english
    return Letters(customer, day, kinds, jargon, english, rng.random(len(customer)) < 0.5)


def _some(life: Life, rng: np.random.Generator, share: float) -> Flags:
    return np.asarray(life.active & (rng.random(life.active.shape) < share))


def worded(of: Letters, people: People, numbers: Days) -> Texts:
    """The text of each letter."""
    index = np.searchsorted(np.sort(np.array(KINDS)), of.kind.astype("U"))
    names = sorted(KINDS)
    stiff = texts([_BODIES[name].replace("#", _WORDS.get(name, "")) for name in names])
    plain = texts([_BODIES[name].replace("#", JARGON.get(_WORDS.get(name, ""), "")) for name in names])
    body = np.where(of.jargon, stiff[index], plain[index])
    body = np.where(of.english, _ENGLISH, body)
    hello = np.where(of.english, "Hello ", "Guten Tag ")
    end = np.where(of.english, "\n\nYour Nordwind Mobil team\nCustomer number ", "\n\nIhr Team von Nordwind Mobil\nKundennummer ")
    return arrayed(joined(arrow(hello.astype(object)), people.given[of.customer], " ", people.family[of.customer], ",\n\n", body, arrow(end.astype(object)), numbers))


def wordings() -> dict[str, str]:
    """The company's two wordings of each kind of letter, by name."""
    stiff = {name: body.replace("#", _WORDS[name]) for name, body in _BODIES.items() if name in _WORDS}
    plain = {f"{name}-plain": body.replace("#", JARGON[_WORDS[name]]) for name, body in _BODIES.items() if name in _WORDS}
    return stiff | plain | {name: body for name, body in _BODIES.items() if name not in _WORDS} | {"any-english": _ENGLISH}

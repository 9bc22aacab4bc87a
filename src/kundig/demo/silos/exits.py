"""Exit interviews: the reason for leaving as an agent typed it, which is mostly the easiest one."""

from __future__ import annotations

import numpy as np

from kundig.demo.block import CUSTOMER, Block
from kundig.demo.cases import BILLING
from kundig.demo.chance import Texts, pick
from kundig.demo.files import append, csv, dates
from kundig.demo.life import NO_ONE
from kundig.demo.period import DAYS, date
from kundig.demo.staff import assigned

SAYS_PRICE = 0.62
PRICE = ("Preis", "zu teuer", "Preis zu hoch", "günstigeres Angebot", "PREIS", "preisl. Gründe", "Wettbewerber billiger", "Kd. findet Tarif zu teuer")
CAUSES = {
    "porting": ("Rufnummer kam zu spät", "Nummernmitnahme", "lange Umstellung"),
    "errors": ("Rechnung mehrfach falsch", "Rechnungsfehler", "Ärger mit Abrechnung"),
    "handed": ("von Abt. zu Abt.", "keiner zuständig", "Service"),
    "silence": ("nutzt Anschluss nicht", "nie eingerichtet", "kein Bedarf"),
    "other": ("Umzug", "k. A.", "persönl. Gründe", "Netz", "Sonstiges", ""),
}


def write(block: Block) -> None:
    """Interviews as CSV, days after the notice."""
    rng = block.stream("exits")
    left = np.flatnonzero(block.life.left != NO_ONE)
    who = left[rng.random(len(left)) < 0.75]
    day = block.life.notice[who] + rng.integers(1, 11, len(who))
    who, day = who[day < DAYS], day[day < DAYS]
    cause = causes(block)[who]
    said = pick(rng, PRICE, len(who))
    for name, words in CAUSES.items():
        typed = pick(rng, words, len(who))
        said = np.where((cause == name) & (rng.random(len(who)) >= SAYS_PRICE), typed, said)
    columns = {
        "Datum": dates(date(day)), "KundenNr": CUSTOMER + block.people.person[who], "Grund": said, "Angebot gemacht": pick(rng, ("ja", "nein"), len(who)),
        "Mitarbeiter": assigned(rng, np.full(len(who), BILLING)),
    }  # fmt: skip
    file = block.file("exits", "kuendigergespraeche.csv")
    block.count("exits", csv(file, columns, encoding="cp1252"))
    if block.number == 0:
        append(file, ["31.04.2025;1000003;Preis;nein;MA-000001", "12.05.2025;1000003"], "cp1252")
        block.break_rows("exits", 2)


def causes(block: Block) -> Texts:
    """The strongest true cause of each customer's leaving, "other" where nothing planted was at work."""
    life = block.life
    rows, m = np.arange(len(life.left)), np.minimum(life.left, life.active.shape[1] - 1)
    found = np.full(len(rows), "other", dtype=object)
    for name, flags in (("silence", life.silence_cause), ("handed", life.handed_cause), ("porting", life.porting_cause), ("errors", life.errors_cause)):
        found[flags[rows, m]] = name
    found[life.left == NO_ONE] = None
    return found

"""German words of administration with what customers call the same: what proposals for customers' own words are measured on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from kundig.texts.own_words import own_words

PAIRS = {
    "Beförderungsentgelt": "Fahrpreis", "Lichtbildausweis": "Personalausweis", "Kraftfahrzeug": "Auto", "Selbstbeteiligung": "Eigenanteil", "Fernsprechanschluss": "Telefonanschluss",
    "Zahlungserinnerung": "Mahnung", "Leistungserbringer": "Arzt", "Wertstellung": "Buchung", "Girokontoführungsentgelt": "Kontogebühr", "Widerrufsbelehrung": "Rückgaberecht",
    "Vertragsbeendigung": "Kündigung", "Lastschriftmandat": "Einzugsermächtigung", "Verbrauchsabrechnung": "Stromrechnung", "Netzbetreiber": "Stromanbieter", "Beitragsanpassung": "Beitragserhöhung",
    "Schadensmeldung": "Unfallbericht", "Sendungsverfolgung": "Paketnummer", "Zustellversuch": "Lieferung", "Retourenschein": "Rücksendeetikett", "Endgerät": "Handy",
    "Teilnehmernummer": "Telefonnummer", "Störungsbeseitigung": "Reparatur", "Rufnummernportierung": "Nummernmitnahme", "Wartungsintervall": "Inspektion", "Barauszahlung": "Bargeld",
    "Kontokorrentkredit": "Dispo", "Erstattungsanspruch": "Rückzahlung", "Beschwerdemanagement": "Kundendienst", "Fahrgastrechteformular": "Entschädigung", "Reisedokument": "Pass",
    "Beherbergungsbetrieb": "Hotel", "Verpflegungsleistung": "Frühstück", "Anreisezeitpunkt": "Ankunft", "Servicepauschale": "Trinkgeld", "Übernachtungssteuer": "Kurtaxe", "Vertragslaufzeit": "Vertragsdauer",
}  # fmt: skip


def found(said: Sequence[str]) -> tuple[float, float]:
    """Of PAIRS the share whose right word is proposed first, and among the proposals: from these words and the nouns of some thousand German texts.

    Args:
        said: texts of customers, whose nouns stand beside the right words.
    """
    counted = Counter(word for text in said for word in set(re.findall(r"[^\W\d_]{3,}", text)))
    nouns = [word for word, n in counted.most_common() if word[0].isupper() and not word.isupper() and counted[word.lower()] < n]
    theirs = [*dict.fromkeys([*PAIRS.values(), *nouns])]
    proposed = own_words(list(PAIRS), theirs, [], said, "de")
    right = list(zip(PAIRS.values(), proposed, strict=True))
    return sum(own[:1] == [word] for word, own in right) / len(right), sum(word in own for word, own in right) / len(right)

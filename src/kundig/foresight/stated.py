"""Stated reasons: a few groups of what is noted when customers leave, German and English."""

from __future__ import annotations

import re

GROUPS = {
    "price": r"preis|teuer|günst|billig|kosten|price|expensive|cheap|cost",
    "invoice": r"rechnung|abrechn|invoice|bill",
    "number porting": r"rufnummer|nummernmit|umstellung|port",
    "service": r"service|zuständig|abt\.|abteilung|warte|hotline|support|department|waiting",
    "product": r"netz|qualit|gerät|ausfall|störung|network|quality|fault|outage",
    "no need": r"bedarf|nutzt|nie einger|no need|unused|not using",
    "moving": r"umzug|umgezogen|moved|moving",
}


def group(text: str | None) -> str:
    """The group of a reason: the first whose words it holds.

    >>> group("Kd. findet Tarif zu teuer"), group("moved to Spain"), group(None)
    ('price', 'moving', 'not noted')
    """
    if not (text or "").strip():
        return "not noted"
    low = (text or "").lower()
    return next((name for name, words in GROUPS.items() if re.search(words, low)), "other")

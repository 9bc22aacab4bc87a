"""Personal data in texts, covered for display; who may see what is the company's to settle."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Literal

Kind = Literal["name", "email", "phone", "iban", "card", "number", "account"]
KINDS: tuple[Kind, ...] = ("email", "iban", "card", "number", "phone", "account", "name")
"""In the order in which they are looked for: what is found first is not taken for something else."""
WORDS = {
    "de": {"name": "Name", "email": "E-Mail", "phone": "Telefon", "iban": "IBAN", "card": "Karte", "number": "Nummer", "account": "Konto"},
    "en": {"name": "name", "email": "e-mail", "phone": "phone", "iban": "IBAN", "card": "card", "number": "number", "account": "account"},
}

_EMAIL = re.compile(r"[\w.+%-]{1,64}(?:@|\s?\[at\]\s?|\s?\(at\)\s?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z0-9]{2,4}){3,8}\b", re.IGNORECASE)
_CARD = re.compile(r"\b\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,7}\b")
_PHONE = re.compile(r"(?<![\w.,-])(?:\+|00|0)(?:[ ()/.\-\u2013]{0,3}\d){6,15}(?![\w])")
_ACCOUNT = re.compile(r"(?<![\w@.])@\w{2,50}")
_NUMBER = re.compile(
    r"((?:kunden|vertrags|rechnungs|auftrags|bestell|ticket|vorgangs|mitglieds|versicherungs|konto|customer|contract|invoice|order|case|member|account|booking)[ -]?(?:nummer|nr|no|number|id|#)?\.?\s*[:#]?\s*(?:ist|is|lautet)?\s*:?\s*)([A-Z]{0,4}[-/]?\d[\d./-]{2,18}\d)",
    re.IGNORECASE,
)
_CALLED = "[A-ZÄÖÜ][a-zäöüßéèáàóòç]+(?:-[A-ZÄÖÜ][a-zäöüßéèáàóòç]+)?"
_TITLED = re.compile(rf"\b((?:Herrn?|Frau|Familie|Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s+(?:(?:Dr|Prof)\.\s+)*)({_CALLED}(?:\s+(?:von\s+|van\s+|de\s+)?{_CALLED})?)")
_INTRODUCED = re.compile(
    rf"\b((?:[Mm]ein(?:\s+\w+)? Name ist|[Ii]ch heiße|[Mm]y name is|I am called|[Gg]rü(?:ß|ss)en?,?\s+(?:Ihre?\s+|von\s+|dein[e]?\s+)?|LG,?\s|VG,?\s|MfG,?\s|[Rr]egards,?|[Ss]incerely,?|Guten Tag|Liebe[rs]?|Dear|Hallo|Hello)\s*)({_CALLED}\s+{_CALLED}|(?<=ist ){_CALLED}|(?<=heiße ){_CALLED}|(?<=is ){_CALLED})"
)
_NO_NAMES = frozenset("Herr Frau Familie Dr Prof Team Damen Herren Kunde Kundin Kunden Zusammen Support Service Customer Kundenservice Kundendienst Sir Madam Ihr Ihre Mein Meine Das Der Die Ich Sie Wir".split())


def masked(text: str, *, sees: Collection[str] = (), names: Iterable[str] = (), numbers: Iterable[str] = (), language: str = "de") -> str:
    """The text with personal data replaced by what kind it is, in brackets.

    Found are e-mail addresses, IBANs whose check digits are right, payment cards whose check digit is right, telephone
    numbers, customer and other numbers that are called so, accounts, and names after a greeting, a title or a farewell.

    Args:
        sees: kinds that the reader may see; these stay.
        names: names that are known, such as the customer's own; they go wherever they stand.
        numbers: the company's own forms of customer numbers, as regular expressions.
        language: of the words in brackets.

    >>> masked("Ich heiße Ada Kern, Kundennummer 1000123, Tel. 0171 2345678, ada@kern.de, DE02 1203 0000 0000 2020 51.")
    'Ich heiße [Name], Kundennummer [Nummer], Tel. [Telefon], [E-Mail], [IBAN].'
    >>> masked("The train of 10:45 cost 1234567 cents.", language="en")
    'The train of 10:45 cost 1234567 cents.'
    """
    words = WORDS.get(language, WORDS["en"])
    label = {kind: f"[{words[kind]}]" for kind in KINDS}
    if "email" not in sees:
        text = _EMAIL.sub(label["email"], text)
    if "iban" not in sees:
        text = _IBAN.sub(lambda found: _covered(found[0], label["iban"]), text)
    if "card" not in sees:
        text = _CARD.sub(lambda found: label["card"] if card(found[0]) else found[0], text)
    if "number" not in sees:
        for form in numbers:
            text = re.sub(form, label["number"], text)
        text = _NUMBER.sub(lambda found: found[1] + label["number"], text)
    if "phone" not in sees:
        text = _PHONE.sub(label["phone"], text)
    if "account" not in sees:
        text = _ACCOUNT.sub(label["account"], text)
    return text if "name" in sees else _named(text, label["name"], names)


def _named(text: str, label: str, names: Iterable[str]) -> str:
    known = sorted({part for name in names for part in (name, *name.split()) if len(part) > 2}, key=lambda part: (-len(part), part))  # noqa: PLR2004 -- initials hide nobody
    if known:
        text = re.sub(r"(?<!\w)(?:" + "|".join(map(re.escape, known)) + r")(?!\w)", label, text)
    text = _TITLED.sub(lambda found: found[0] if found[2].split()[0] in _NO_NAMES else found[1] + label, text)
    text = _INTRODUCED.sub(lambda found: found[0] if set(found[2].split()) & _NO_NAMES else found[1] + label, text)
    return re.sub(rf"{re.escape(label)}(?:\s+{re.escape(label)})+", label, text)


def _covered(found: str, label: str) -> str:
    """The longest IBAN that stands at the beginning covered; words after it were no part of it."""
    for end in range(len(found), 14, -1):
        if (end == len(found) or not found[end].isalnum()) and iban(found[:end]):
            return label + found[end:]
    return found


def iban(text: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 13616, modulo 97).

    >>> iban("DE02 1203 0000 0000 2020 51"), iban("DE03 1203 0000 0000 2020 51")
    (True, False)
    """
    plain = re.sub(r"\s", "", text).upper()
    if not 15 <= len(plain) <= 34:  # noqa: PLR2004 -- the shortest and the longest there are
        return False
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def card(text: str) -> bool:
    """Whether the check digit of a payment card is right (Luhn).

    >>> card("4111 1111 1111 1111"), card("4111 1111 1111 1112")
    (True, False)
    """
    digits = [int(sign) for sign in re.sub(r"\D", "", text)]
    if not 13 <= len(digits) <= 19:  # noqa: PLR2004 -- the shortest and the longest there are
        return False
    doubled = [sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0

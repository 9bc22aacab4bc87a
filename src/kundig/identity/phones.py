"""Telephone numbers in one form: E.164, as `phonenumbers` reads them."""

from __future__ import annotations

from collections.abc import Iterable

_TRUNK_ZERO = {"DE": "49", "AT": "43"}
"""Countries where a national number is 0 and the significant number whatever follows, so that no library is needed."""


def plain(text: str, country: str) -> str:
    """SQL of the E.164 form where spelling alone decides it, else null.

    Digits with the usual signs between them, the country given as +, 00 or by a leading 0, and 8 to 13 digits in all.
    """
    there = rf"regexp_replace(trim({text}), '\(0\)', '')"
    digits = rf"regexp_replace({there}, '[^0-9]', '', 'g')"
    known = _TRUNK_ZERO.get(country)
    readings = [
        rf"WHEN NOT regexp_full_match({there}, '\+?[0-9 ()/.\-\x{{a0}}–]+') THEN NULL",
        rf"WHEN regexp_full_match({there}, '\+ ?(49|43)[^0-9]*[1-9].*') AND length({digits}) BETWEEN 10 AND 13 THEN '+' || {digits}",
    ]
    if known:
        readings.append(rf"WHEN regexp_full_match({digits}, '00{known}[1-9][0-9]{{7,10}}') THEN '+' || {digits}[3:]")
        readings.append(rf"WHEN NOT starts_with({there}, '+') AND regexp_full_match({digits}, '0[1-9][0-9]{{7,10}}') THEN '+{known}' || {digits}[2:]")
    return f"CASE {' '.join(readings)} END"


def numbers(texts: Iterable[str], country: str) -> dict[str, str | None]:
    """Each text with its E.164 form, None for what cannot be a number; a number without country is of `country`.

    >>> numbers(["0171/23 45 678", "tel. +49 (0)171 2345678 ext. 3", "1"], "DE")
    {'0171/23 45 678': '+491712345678', 'tel. +49 (0)171 2345678 ext. 3': '+491712345678', '1': None}
    """
    return {text: _number(text, country) for text in texts}


def _number(text: str, country: str) -> str | None:
    import phonenumbers  # noqa: PLC0415 -- slow import

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    number.extension = None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

"""Normal forms: the same thing written differently becomes the same text.

Each function takes the SQL of a text and gives the SQL of its normal form, in DuckDB's dialect, so that a million rows
cost one pass of the engine. What cannot be read is null, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

_TITLES = (
    "herrn|herr|frau|hr|fr|familie|fam|mister|mr|mrs|ms|miss|sir|madame|mme|monsieur|signora|signor|"
    "professor|prof|doktor|dr|dres|dipl|diplom|ing|med|dent|vet|jur|phil|rer|nat|pol|oec|habil|h ?c|mult|mag|msc|bsc|mba|phd|ll ?m|ba|ma|jr|sr"
)
_NOBLE = "von der|von dem|von den|von und zu|von|vom|zu|zur|zum|van der|van den|van|de la|del|della|de|di|da|dos|du|le|la|el|al|bin|ten|ter"
_FORMS = (
    "gemeinnuetzige gmbh|ggmbh|gmbh|mbh|haftungsbeschraenkt|ug|kgaa|kg|ohg|gbr|ag|se|eg|e g|e v|ev|e k|ek|e kfm|e kfr|partg|part g|stiftung|"
    "gesellschaft mit beschraenkter haftung|aktiengesellschaft|kommanditgesellschaft|offene handelsgesellschaft|eingetragener verein|"
    "limited|ltd|llc|llp|plc|incorporated|inc|corporation|corp|company|co|sarl|s a r l|sas|s a s|sa|s a|srl|s r l|spa|s p a|bv|b v|nv|n v|ab|as|a s|oy|oyj|aps|gesmbh|ges m b h|sl|s l|pty|kk|sro|s r o|doo|d o o|zoo|z o o|sp"
)
_MAILERS_WITH_TAGS = "'gmail.com', 'outlook.com', 'hotmail.com', 'live.com', 'icloud.com', 'me.com', 'fastmail.com', 'proton.me', 'protonmail.com'"


_NOTHING = "'', '-', '--', '?', '.', 'n/a', 'na', 'nan', 'null', 'none', 'unknown', 'unbekannt', 'keine', 'keine angabe', 'k.a.', 'k. a.'"


def present(text: str) -> str:
    """The text without space around it; null where it says only that nothing is known.

    >>> present("x")[:8]
    'CASE WHE'
    """
    trimmed = f"trim({text}, ' \t\r\n')"
    return f"CASE WHEN lower({trimmed}) IN ({_NOTHING}) THEN NULL ELSE {trimmed} END"


def folded(text: str) -> str:
    """Words in small letters with single spaces: ä is ae, ß is ss, other accents fall; letters of other scripts stay."""
    small = f"lower(nfc_normalize({present(text)}))"
    spelled = f"replace(replace(replace(replace({small}, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss')"
    words = rf"regexp_replace(regexp_replace(strip_accents({spelled}), '[''’`´]', '', 'g'), '[^\p{{L}}\p{{M}}\p{{N}}]+', ' ', 'g')"
    # What is plain words already needs no more than small letters, and that is most of what there is.
    return f"CASE WHEN regexp_full_match({text}, '[A-Za-z0-9]+( [A-Za-z0-9]+)*') AND lower({text}) NOT IN ({_NOTHING}) THEN lower({text}) ELSE nullif(trim({words}), '') END"


def email(text: str) -> str:
    """The mailbox: small letters, no display name; at mailers known for it without tag, at Gmail without dots."""
    part = r"[^\s<>:;,\"()@]+"
    there = f"lower(trim({text}, ' \t\r\n'))"
    # A bare address is told by one quick match; only what is dressed up is taken apart. The lambda names it once.
    address = rf"CASE WHEN regexp_full_match({there}, '{part}@{part}\.[^\s<>:;,\"()@.]+') THEN {there} ELSE nullif(regexp_extract({there}, '(?:mailto:)?({part}@{part}\.[^\s<>:;,\"()@.]+)', 1), '') END"
    box, home = "split_part(m, '@', 1)", "split_part(m, '@', 2)"
    gmail = f"replace(split_part({box}, '+', 1), '.', '') || '@gmail.com'"
    other = f"CASE WHEN {home} IN ({_MAILERS_WITH_TAGS}) THEN split_part({box}, '+', 1) || '@' || {home} ELSE m END"
    return f"list_transform([{address}], lambda m: CASE WHEN m IS NULL THEN NULL WHEN {home} IN ('gmail.com', 'googlemail.com') THEN {gmail} ELSE {other} END)[1]"


def person(text: str) -> str:
    """A name or part of one: folded, without titles and forms of address, and without the name at birth; see `family_names`."""
    now = rf"regexp_replace({text}, '(?i)[(,]?\s*\b(geb\.?|geborene[rn]?|née|nee|verw\.?)\s.*$', '')"
    bare = rf"regexp_replace(m, '(\b({_TITLES})\b ?)', '', 'g')"
    whole = f"list_transform([{folded(now)}], lambda m: coalesce(nullif(trim({bare}), ''), m))[1]"
    return f"CASE WHEN regexp_full_match({text}, '[A-Za-z]+') AND lower({text}) NOT IN ({_NOTHING}) THEN lower({text}) ELSE {whole} END"


def birth_name(text: str) -> str:
    """The name at birth where the text states one, as in "Schmidt geb. Müller"."""
    return folded(rf"nullif(regexp_extract({text}, '(?i)\b(?:geb\.?|geborene[rn]?|née|nee)\s+([^),]+)', 1), '')")


def family_names(text: str, now: str) -> str:
    """Every family name that is stated: "Schmidt-Müller" and "Schmidt geb. Müller" are both "schmidt mueller".

    Args:
        text: what was written.
        now: the SQL of the family name in it, such as `person` or `family` give.
    """
    born = rf"regexp_matches({text}, '(?i)\b(geb\.?|geborene[rn]?|née|nee)\s')"
    return f"CASE WHEN {born} THEN nullif(concat_ws(' ', {now}, {birth_name(text)}), '') ELSE {now} END"


def family(text: str) -> str:
    """The family name of a name written as one text: what stands before a comma, else the last word with its "von"."""
    last = rf"regexp_extract({person(text)}, '(?:^| )((?:(?:{_NOBLE}) )*[^ ]+)$', 1)"
    hyphened = rf"regexp_extract({text}, '([^\s,]+-[^\s,]+)\s*$', 1)"
    first = person(f"split_part({text}, ',', 1)")
    return f"CASE WHEN {text} IS NULL THEN NULL WHEN contains({text}, ',') THEN {first} WHEN {hyphened} <> '' THEN {person(hyphened)} ELSE nullif({last}, '') END"


def given(text: str) -> str:
    """The given names of a name written as one text: what stands after a comma, else what is before the family name."""
    last = rf"regexp_replace({person(text)}, '(?:^| )((?:(?:{_NOBLE}) )*[^ ]+)$', '')"
    before = rf"regexp_extract({text}, '^(.*?)\s*[^\s,]+-[^\s,]+\s*$', 1)"
    hyphened = rf"regexp_matches({text}, '[^\s,]+-[^\s,]+\s*$')"
    second = person(f"split_part({text}, ',', 2)")
    return f"CASE WHEN {text} IS NULL THEN NULL WHEN contains({text}, ',') THEN {second} WHEN {hyphened} THEN {person(before)} ELSE nullif({last}, '') END"


def street(text: str) -> str:
    """The street with its number: "Haupt-Straße 5 a", "Hauptstr. 5a" and "HAUPTSTRASSE 5A" are one."""
    short = r"regexp_replace(s, '(strasse|\bstreet|str)\b', 'str', 'g')"
    whole = rf"regexp_replace(regexp_replace({short}, '\b(\d+) ?([a-z])\b', '\1\2', 'g'), '(platz|pl)\b', 'pl', 'g')"
    name = r"replace(regexp_extract(w, '^([^\d]*)', 1), ' ', '')"
    number = r"regexp_replace(w, '^[^\d]*', '')"
    # The lambdas name each step once, so that it is computed once.
    return f"list_transform(list_transform([{folded(text)}], lambda s: {whole}), lambda w: CASE WHEN {name} = '' THEN w ELSE trim({name} || ' ' || {number}) END)[1]"


_PLACEHOLDERS = ("1900-01-01", "1899-12-30", "1899-12-31", "1753-01-01", "0001-01-01", "1111-11-11", "9999-12-31")
"""What programs and people write where no day is known."""


def birth_date(text: str) -> str:
    """The day as ISO text; of two readings the day comes first unless it cannot; null for a day that never was, or that stands for none."""
    there = present(text)
    parts = {
        r"^(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?$": (1, 2, 3),
        r"^(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4})$": (3, 2, 1),
    }
    readings = []
    for pattern, (year, month, day) in parts.items():
        pieces = [f"regexp_extract({there}, '{pattern}', {group})" for group in (year, month, day)]
        readings.append(_day(*pieces))
        readings.append(_day(pieces[0], pieces[2], pieces[1]))
    never = ", ".join(f"'{day}'" for day in _PLACEHOLDERS)
    return f"list_transform([coalesce({', '.join(readings)})], lambda d: CASE WHEN d NOT IN ({never}) THEN d END)[1]"


def _day(year: str, month: str, day: str) -> str:
    return f"strftime(try_cast(nullif({year}, '') || '-' || {month} || '-' || {day} AS DATE), '%Y-%m-%d')"


def day_either_way(day: str) -> str:
    """An ISO day that is the same whether day and month were transposed or not."""
    swapped = f"strftime(try_cast(left({day}, 4) || '-' || right({day}, 2) || '-' || {day}[6:7] AS DATE), '%Y-%m-%d')"
    return f"least({day}, coalesce({swapped}, {day}))"


def company(text: str) -> str:
    """The company's name without its legal form: "Nordwind GmbH & Co. KG" is "nordwind"."""
    bare = rf"trim(regexp_replace(regexp_replace(m, '\b({_FORMS}|und|and)\b', '', 'g'), ' +', ' ', 'g'))"
    return f"list_transform([{folded(text)}], lambda m: coalesce(nullif({bare}, ''), m))[1]"


def code(text: str) -> str:
    """A number or code that somebody assigned: letters and digits in capitals, without zeros in front."""
    bare = rf"regexp_replace(upper({present(text)}), '[^\p{{L}}\p{{N}}]+', '', 'g')"
    return f"nullif(ltrim({bare}, '0'), '')"


FORMS: Mapping[str, Callable[[str], str]] = {
    "email": email,
    "person": person,
    "street": street,
    "birth_date": birth_date,
    "company": company,
    "code": code,
    "folded": folded,
    "text": present,
}
"""The normal forms by name; telephone numbers are in `phones`, which asks a library."""

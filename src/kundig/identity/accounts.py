"""Which persons belong to one account: by a key that sources give, by the domain of their mailboxes, by the company's name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kundig.identity.duckdb import answer, engine
from kundig.identity.exact import Exact, exact
from kundig.identity.normal import email
from kundig.settings.identity import Key

if TYPE_CHECKING:

    from kundig.settings import Identity

KEYS = (
    Key(name="account", column="account", form="text", one=True, most=100_000),
    Key(name="domain", column="domain", form="text"),
    Key(name="company", column="company", form="company"),
)
"""What persons of one account share, the strongest first; two different keys that sources give keep accounts apart."""

PERSONAL = frozenset(
    ["gmail.com", "googlemail.com", "outlook.com", "outlook.de", "hotmail.com", "hotmail.de", "live.com", "live.de", "msn.com", "icloud.com", "me.com", "mac.com", "yahoo.com", "yahoo.de", "ymail.com", "aol.com", "aol.de", "gmx.de", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "arcor.de", "mail.de", "mailbox.org", "posteo.de", "posteo.net", "proton.me", "protonmail.com", "tutanota.com", "tuta.io", "bluewin.ch", "hispeed.ch", "sunrise.ch", "a1.net", "aon.at", "chello.at", "fastmail.com", "zoho.com", "mail.com", "mail.ru", "yandex.ru", "yandex.com", "qq.com", "163.com", "126.com", "naver.com", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "libero.it", "virgilio.it", "tin.it", "telefonica.net", "hotmail.co.uk", "btinternet.com", "comcast.net", "verizon.net", "att.net", "unitybox.de", "vodafone.de", "vodafonemail.de", "kabelmail.de", "online.de", "onlinehome.de"]
)
"""Domains of mailboxes that anybody can have."""


def belonging(said: Any, persons: Any, settings: Identity, apart: Iterable[tuple[str, str]] = ()) -> Exact:
    """The accounts of persons, each of whom is called after its first subject.

    The newest account, mailbox and company that sources name for a person count, so that who changes sides belongs to one.

    Args:
        said: all that sources ever said.
        persons: subject, `person`, and `place` in the order of coming.
        settings: further domains that are no company's own.
        apart: pairs of persons that somebody took apart.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    table = pa.table(said)
    strangers = ", ".join("'" + domain.lower().replace("'", "''") + "'" for domain in sorted({*PERSONAL, *settings.personal_domains}))
    known = "known_at" if "known_at" in table.column_names else "NULL::TIMESTAMPTZ"
    columns = {name: (f'"{name}"' if name in table.column_names else "NULL::VARCHAR") for name in ("account", "company", "email")}
    parts = []
    for name, text in columns.items():
        newest = f"SELECT person AS subject, arg_max({text}, coalesce({known}, TIMESTAMPTZ 'epoch')) AS said, max({known}) FILTER ({text} IS NOT NULL) AS known_at FROM traits JOIN persons USING (subject) WHERE {text} IS NOT NULL GROUP BY person"
        if name == "email":
            domain = f"split_part({email('said')}, '@', 2)"
            parts.append(f"SELECT subject, known_at, domain FROM (SELECT subject, known_at, nullif({domain}, '') AS domain FROM ({newest})) WHERE domain NOT IN ({strangers})")
        else:
            parts.append(f'SELECT subject, known_at, said AS "{name}" FROM ({newest})')
    with engine(traits=table, persons=persons) as con:
        told = answer(con, f"SELECT subject, known_at, NULL::VARCHAR AS account, NULL::VARCHAR AS company, NULL::VARCHAR AS domain FROM traits WHERE false UNION ALL BY NAME {' UNION ALL BY NAME '.join(parts)}" if "known_at" in table.column_names else " UNION ALL BY NAME ".join(parts))
        order = answer(con, "SELECT person AS subject FROM persons GROUP BY person ORDER BY min(place)")
    return exact(told, KEYS, country=settings.country, apart=apart, order=order)

"""Jargon: words that the company uses and its customers never do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.least import least
from kundig.said import by_company, by_customers, words
from kundig.texts.own_words import own_words

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings import Settings

_CONTACTS = ("call", "message_in", "case_opened", "complaint")
_EVERYDAY = 3.0
"""A word of this Zipf frequency is everybody's, whether customers happened to write it or not."""
_TOLD = 60
_MOST_TEXTS = 2_000
"""So many texts of each side are looked at for the surroundings of a word."""


def jargon(journal: Journal, *, floor: int = 3, days: int = 7, confidence: float = 0.95, vocabulary: int = 100_000) -> Estimate:
    """Which words does the company use that its customers never do, what do they say instead, and what does it cost?

    Counted are documents, not occurrences: in how many texts of the company (kinds letter and message_out) and in how
    many of customers a word stands, in any of its forms. The effect size is the log ratio to base 2 of the two shares,
    with half a text added to each; a word is `jargon` if customers never write it and the lower end of the effect's
    interval is above zero, after Evert's conservative log ratio (2022) with a correction for many words; otherwise it is a
    `candidate`. Words of everyday language, names of customers and places, and allowed words (`texts: allowed:`) are left
    out. G² is Dunning's likelihood ratio (1993), for who is used to it.

    What it costs: the share of texts with the word that are followed by a contact of the same customer (a call, a message,
    a case or a complaint) within some days, less the share after texts without it at the same touchpoint and of the same
    kind (`properties.kind`), by Mantel and Haenszel's risk difference. It says what goes with the word, not why.

    Customers' own words are up to three of theirs that are nearest in meaning and stand in like sentences, by the
    embedder that comes with kundig. They are proposals for a person to choose from: of 36 German words of
    administration the right one is the first of one in four and among the three of two in five (`kundig evaluate`).

    Args:
        floor: words in fewer texts of the company are left out.
        days: within which a contact is counted.
        confidence: of the intervals, and of calling a word jargon.
        vocabulary: at most so many of the most frequent words of customers are compared.

    Columns:
        word: the word as the company writes it
        state: `jargon`, or `candidate`
        theirs: customers' own words, up to three proposals, the likeliest first; null if nothing is near
        n: texts of the company with the word
        effect: log ratio, base 2
        low: lower end of its interval
        high: upper end
        extra_contacts: contacts that go with the word: the difference times its texts
        more_contacts: the difference, in points; null where no texts without it can be compared
        more_low: lower end of its interval
        more_high: upper end
        q: probability by chance of such a difference, after Benjamini and Hochberg
        after_word: share of texts with the word that a contact followed, in per cent
        after_others: share expected from texts without it at the same touchpoints, in per cent
        customers_n: texts of customers with it
        g2: likelihood ratio

    Order:
        jargon first, then by extra contacts, most first, then by n and word

    Example:
        >>> from kundig.journal import told
        >>> said = [("letter", "Ihr Bereitstellungsentgelt ist fällig.")] * 8 + [("post", "Die Rechnung und die Anschlussgebühr sind zu hoch.")] * 12
        >>> journal = told([{"subject": "ada", "kind": kind, "occurred_at": f"2026-03-{at + 1:02}", "text": text, "language": "de"} for at, (kind, text) in enumerate(said)])
        >>> [(row["word"], row["state"], row["n"], row["theirs"]) for row in jargon(journal).to_pyarrow().to_pylist()]
        [('Bereitstellungsentgelt', 'jargon', 8, 'Anschlussgebühr')]

    Raises:
        ArgumentError: a number is smaller than can be meant.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(days=days, vocabulary=vocabulary, floor=floor)
    sent = by_company(journal)
    contacts = journal.events.filter(lambda events: events.kind.isin(_CONTACTS)).select(contact_of="customer_id", contact_at="occurred_at")
    followed = (
        sent.join(contacts, [sent.customer_id == contacts.contact_of, sent.occurred_at < contacts.contact_at, contacts.contact_at <= sent.occurred_at + ibis.interval(days=days)])
        .select("event_id").distinct().mutate(followed=ibis.literal(1))
    )  # fmt: skip
    stratum = ibis.coalesce(sent.touchpoint, "") + "/" + ibis.coalesce(sent.properties.get("kind", ""), "")
    letters = sent.select("event_id", "text", "language", stratum=stratum).left_join(followed, "event_id").drop("event_id_right")
    letters = letters.mutate(followed=letters.followed.fill_null(0))
    ours = words(letters, "stratum", "followed")
    ours = ours.group_by("word", "stratum").agg(n=ours.count(), followed=ours.followed.sum())
    strata = letters.group_by("stratum").agg(n=letters.count(), followed=letters.followed.sum())
    languages = letters.filter(letters.language.notnull()).group_by("language").agg(n=lambda table: table.count())
    said = by_customers(journal)
    theirs = words(said.select("event_id", "text"))
    theirs = theirs.group_by("word").agg(n=theirs.count()).order_by(ibis.desc("n"), "word").limit(vocabulary)
    totals = said.aggregate(n=said.count())
    people = journal.customers
    names = ibis.union(*(people.select(name=people[column].lower()) for column in ("given_name", "family_name", "city", "street", "company")), distinct=True)
    named = names.filter(names.name.notnull()).select(name=names.name.re_split(r"[^\p{L}]+").unnest()).distinct()
    spelled = ours.group_by("word").agg(n=ours.n.sum()).filter(lambda table: table.n >= floor)
    kept = ours.semi_join(spelled, "word").anti_join(named, ours.word.lower() == named.name)
    return Estimate(
        {"ours": kept, "strata": strata, "languages": languages, "theirs": theirs, "totals": totals, "sent_texts": _drawn(sent), "said_texts": _drawn(said)},
        _TYPES,
        lambda **tables: _finished(**tables, settings=journal.settings, floor=floor, confidence=confidence),
    )


def _drawn(texts: ir.Table) -> ir.Table:
    """Some different texts, evenly drawn, always the same."""
    some = texts.select("text").distinct().mutate(place=lambda table: table.text.hexdigest("md5"))
    return some.order_by("place", "text").limit(_MOST_TEXTS).select("text")


_TYPES = {
    "word": "string", "state": "string", "theirs": "string", "n": "int64", "effect": "float64", "low": "float64", "high": "float64", "extra_contacts": "float64",
    "more_contacts": "float64", "more_low": "float64", "more_high": "float64", "q": "float64", "after_word": "float64", "after_others": "float64", "customers_n": "int64",
    "g2": "float64",
}  # fmt: skip


def _finished(  # noqa: PLR0913 -- seven tables and what was asked
    ours: pa.Table, strata: pa.Table, languages: pa.Table, theirs: pa.Table, totals: pa.Table, sent_texts: pa.Table, said_texts: pa.Table, *, settings: Settings, floor: int, confidence: float
) -> dict[str, Any]:
    from scipy.stats import false_discovery_control  # noqa: PLC0415 -- slow import

    if not ours.num_rows or not strata.num_rows:
        return {name: [] for name in _TYPES}
    size = {row["stratum"]: (row["n"], row["followed"]) for row in strata.to_pylist()}
    sent, said = sum(n for n, _ in size.values()), int(totals["n"][0].as_py() or 0)
    # That of most letters: a few in another language change nothing.
    language = min(((-row["n"], row["language"]) for row in languages.to_pylist()), default=(0, settings.company.language))[1]
    used, spoken = _ours(ours, language), _theirs(theirs, language)
    allowed = {word.lower() for word in (*settings.texts.allowed, *settings.company.name.split(), *settings.texts.about)}
    rows: list[dict[str, Any]] = []
    for base, (spelling, by_stratum) in sorted(used.items()):
        n = sum(count for count, _ in by_stratum.values())
        if n < floor or spelling.lower() in allowed or base in allowed or _everyday(spelling, settings.texts.languages):
            continue
        own = spoken.get(base, 0)
        rows.append({"word": spelling, "n": n, "customers_n": own, "by_stratum": by_stratum})
    rows = [row for row in rows if row["customers_n"] == 0 or row["n"] / sent > 4 * row["customers_n"] / max(said, 1)]
    for row in rows:
        row.update(_keyness((row["n"], sent), (row["customers_n"], said), confidence, len(rows)))
        row.update(_cost(row.pop("by_stratum"), size, confidence))
        row["state"] = "jargon" if row["customers_n"] == 0 and row["low"] > 0 else "candidate"
    tested = [row for row in rows if row["q"] is not None]
    for row, q in zip(tested, false_discovery_control([row["q"] for row in tested]) if tested else [], strict=True):
        row["q"] = float(q)
    rows.sort(key=lambda row: (row["state"] != "jargon", -(row["extra_contacts"] or 0.0), -row["n"], row["word"]))
    told = [row for row in rows[:_TOLD] if row["state"] == "jargon"]
    proposed = own_words([row["word"] for row in told], theirs["word"].to_pylist(), sent_texts["text"].to_pylist(), said_texts["text"].to_pylist(), language)
    own_word = {row["word"]: ", ".join(near) or None for row, near in zip(told, proposed, strict=True)}
    for row in rows:
        row["theirs"] = own_word.get(row["word"])
    return {name: [row[name] for row in rows] for name in _TYPES}


def _ours(table: pa.Table, language: str) -> dict[str, tuple[str, dict[str, tuple[int, int]]]]:
    """The company's words by base form: the commonest spelling, and per stratum texts and texts that a contact followed."""
    from kundig.texts.themes import lemma  # noqa: PLC0415 -- slow import

    found: dict[str, dict[str, tuple[int, int]]] = {}
    spellings: dict[str, dict[str, int]] = {}
    for row in sorted(table.to_pylist(), key=lambda row: (row["word"], row["stratum"])):
        base = lemma(row["word"], language)
        own = found.setdefault(base, {})
        n, followed = own.get(row["stratum"], (0, 0))
        own[row["stratum"]] = (n + row["n"], followed + row["followed"])
        spellings.setdefault(base, {})[row["word"]] = spellings.get(base, {}).get(row["word"], 0) + row["n"]
    return {base: (min(spellings[base], key=lambda word: (-spellings[base][word], word)), own) for base, own in found.items()}


def _theirs(table: pa.Table, language: str) -> dict[str, int]:
    from kundig.texts.themes import lemma  # noqa: PLC0415 -- slow import

    found: dict[str, int] = {}
    for word, n in zip(table["word"].to_pylist(), table["n"].to_pylist(), strict=True):
        base = lemma(word, language)
        found[base] = found.get(base, 0) + n
    return found


def _everyday(word: str, languages: tuple[str, ...]) -> bool:
    """Whether readers know a word anyhow: it, its base form, or, in German, the parts it is made of are common."""
    from kundig.texts.difficulty import rarity  # noqa: PLC0415 -- slow import
    from kundig.texts.themes import lemma  # noqa: PLC0415 -- loaded when it is needed

    return any(7 - rarity(form, language) >= _EVERYDAY for language in languages for form in (word.lower(), lemma(word, language)))


def _keyness(ours: tuple[int, int], theirs: tuple[int, int], confidence: float, many: int) -> dict[str, float]:
    """The log ratio of two shares with its interval, corrected for many words, and G²."""
    from math import log, log2, sqrt  # noqa: PLC0415 -- with the arrays

    from kundig.statistics import z_value  # noqa: PLC0415 -- loaded when it is needed

    z = z_value(1 - (1 - confidence) / max(many, 1))
    (a, of), (b, other) = ours, theirs
    effect = log2((a + 0.5) / (of + 1)) - log2((b + 0.5) / (other + 1))
    half = z * sqrt(1 / (a + 0.5) + 1 / (b + 0.5)) / log(2)
    share = (a + b) / (of + other)
    g2 = 2 * sum(count * log(count / expected) for count, expected in ((a, of * share), (b, other * share)) if count)
    return {"effect": effect, "low": effect - half, "high": effect + half, "g2": g2}


def _cost(by_stratum: dict[str, tuple[int, int]], size: dict[str, tuple[int, int]], confidence: float) -> dict[str, float | None]:
    """Mantel and Haenszel's risk difference over strata, with the variance of Sato (1989)."""
    from math import sqrt  # noqa: PLC0415 -- with the arrays

    from scipy.stats import norm  # noqa: PLC0415 -- loaded when it is needed

    from kundig.statistics import z_value  # noqa: PLC0415 -- loaded when it is needed

    weight = top = spread = with_word = followed = 0.0
    for stratum, (n, hits) in by_stratum.items():
        total, all_hits = size[stratum]
        m, others = total - n, all_hits - hits
        if not m:
            continue
        w = n * m / total
        weight, top = weight + w, top + w * (hits / n - others / m)
        p, q = (hits + 0.5) / (n + 1), (others + 0.5) / (m + 1)
        spread += w * w * (p * (1 - p) / n + q * (1 - q) / m)
        with_word, followed = with_word + n, followed + hits
    blank: dict[str, float | None] = dict.fromkeys(("after_word", "after_others", "more_contacts", "more_low", "more_high", "q", "extra_contacts"))
    if not weight:
        return blank
    difference, error = top / weight, sqrt(spread) / weight
    half = z_value(confidence) * error
    return {
        "after_word": 100 * followed / with_word, "after_others": 100 * (followed / with_word - difference), "more_contacts": 100 * difference,
        "more_low": 100 * (difference - half), "more_high": 100 * (difference + half), "q": float(2 * norm.sf(abs(difference) / error)), "extra_contacts": difference * with_word,
    }  # fmt: skip

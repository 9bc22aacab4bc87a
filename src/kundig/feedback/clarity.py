"""Clarity: how easy the company is to understand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.journal import split
from kundig.least import least
from kundig.said import by_company

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings import Settings

_WORST = 3
_FEWEST = 2
_EASY = 2.0
"""A sentence of less complexity costs nobody anything, however often it is sent."""


def clarity(journal: Journal, *, by: str = "touchpoint", sample: int = 200, confidence: float = 0.95) -> Estimate:
    """How easy are the company's letters and messages to understand, and which sentences cost most?

    Texts are those of kinds letter and message_out. Reading ease is Amstad's of 1978 for German (180 - words per sentence
    - 58.5 times syllables per word), Flesch's of 1948 otherwise: 0 is very hard, 100 very easy. The first Wiener
    Sachtextformel (1984) is about the school grade needed. LIX is words per sentence plus the percentage of words of more
    than six letters. The three see lengths, not meaning. `complexity` is the score from 1 (very easy) to 7 (very complex)
    that people would give to a sentence: a ridge regression on lengths, rare words, passive, noun style and subordinate
    clauses, fitted on rated German sentences; other languages stand on the same scale unproven. The company's names and the words
    under `texts: allowed:` are taken as known. Its interval is Student's,
    over different texts. Sentences that many texts share count as often as they are sent when the worst are named.

    Args:
        by: what to split by, such as touchpoint, channel, department, kind, product or properties.NAME.
        sample: of each group at most so many different texts are looked at, drawn evenly.
        confidence: of the interval.

    Columns:
        group: the value of `by`
        language: ISO 639-1
        state: `ok`, or `too few texts`
        n: different texts looked at
        sent: how often these were sent
        reading_ease: Amstad or Flesch, over all texts together
        wiener: Wiener Sachtextformel; null if not German
        lix: LIX
        complexity: mean over texts of the mean over their sentences, 1 to 7
        low: lower end of its interval; null if there are too few texts
        high: upper end
        hard: share of sentences of complexity 4 and more, in per cent
        worst: the sentences that cost most readers most, with personal data covered; none below a complexity of 2
        reasons: why each of these is hard; in the reader's language

    Order:
        by complexity, highest first, then by group and language

    Example:
        >>> from kundig.journal import told
        >>> letters = ["Wir rufen Sie morgen an.", "Die Entgeltanpassung wird gemäß der Leistungsbeschreibung vorgenommen."]
        >>> journal = told([{"subject": "ada", "kind": "letter", "touchpoint": f"letter.{at}", "occurred_at": "2026-03-01", "text": text, "language": "de"} for at, text in enumerate(letters)])
        >>> [(row["group"], round(row["complexity"]), row["reasons"]) for row in clarity(journal).to_pyarrow().to_pylist()]
        [('letter.1', 3, ['rare words: Entgeltanpassung; noun style: Entgeltanpassung, Leistungsbeschreibung; passive']), ('letter.0', 1, [])]

    Raises:
        ArgumentError: a number is smaller than can be meant.
    """
    import ibis  # noqa: PLC0415 -- slow import

    least(sample=sample)
    own, group = split(journal, by_company(journal), by)
    counted = own.group_by(group=group, text=own.text, told_language=own.language).agg(n=own.count())
    place = ibis.row_number().over(ibis.window(group_by=counted.group, order_by=[counted.text.hexdigest("sha256"), counted.told_language]))
    drawn = counted.mutate(place=place).filter(lambda table: table.place < sample).drop("place")
    return Estimate({"said": drawn}, _TYPES, lambda said: _finished(said, journal.settings, confidence))


_TYPES = {
    "group": "string", "language": "string", "state": "string", "n": "int64", "sent": "int64", "reading_ease": "float64", "wiener": "float64", "lix": "float64",
    "complexity": "float64", "low": "float64", "high": "float64", "hard": "float64", "worst": "array<string>", "reasons": "array<string>",
}  # fmt: skip


def retold(rows: pa.Table, arguments: Mapping[str, Any], language: str) -> pa.Table:  # noqa: ARG001 -- every analysis that writes texts is asked alike
    """The rows with their reasons in that language."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    from kundig.texts.clarity import retold as told  # noqa: PLC0415 -- only for who reads another language

    if "reasons" not in rows.column_names:
        return rows
    said = [None if own is None else [told(reason, language) for reason in own] for own in rows["reasons"].to_pylist()]
    return rows.set_column(rows.column_names.index("reasons"), "reasons", pa.array(said, pa.list_(pa.string())))


def _finished(said: pa.Table, settings: Settings, confidence: float) -> dict[str, Any]:
    from kundig.texts.language import language  # noqa: PLC0415 -- slow import
    from kundig.texts.normal import cleaned  # noqa: PLC0415 -- loaded when it is needed

    groups: dict[tuple[str | None, str | None], dict[str, int]] = {}
    for row in said.to_pylist():
        text = cleaned(row["text"])
        tongue = row["told_language"] or language(text, settings.texts.languages, settings.company.language).code
        own = groups.setdefault((row["group"], tongue), {})
        own[row["text"]] = own.get(row["text"], 0) + row["n"]
    rows = [_row(group, tongue, texts, settings, confidence) for (group, tongue), texts in groups.items()]
    rows = [row for row in rows if row["complexity"] is not None]
    rows.sort(key=lambda row: (-row["complexity"], row["group"] or "", row["language"] or ""))
    return {name: [row[name] for row in rows] for name in _TYPES}


def _row(group: str | None, tongue: str | None, texts: dict[str, int], settings: Settings, confidence: float) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import t  # noqa: PLC0415 -- loaded when it is needed

    from kundig.texts.clarity import HARD, complexity, reasons  # noqa: PLC0415 -- loaded when it is needed
    from kundig.texts.masking import masked  # noqa: PLC0415 -- loaded when it is needed
    from kundig.texts.normal import cleaned, sentences  # noqa: PLC0415 -- loaded when it is needed
    from kundig.texts.readability import counted, flesch, lix, wiener, words  # noqa: PLC0415 -- loaded when it is needed

    code = tongue or settings.company.language
    known = frozenset(word.lower() for name in (settings.company.name, *settings.texts.about, *settings.texts.allowed) for word in words(name))
    means: list[float] = []
    sent: dict[str, int] = {}
    flat: list[list[str]] = []
    for text in sorted(texts):
        # Lines of a letter end sentences, as a greeting does.
        own = [sentence for line in text[:10_000].splitlines() for sentence in sentences(cleaned(line)) if len(words(sentence)) > 1]
        if own:
            means.append(float(np.mean(complexity(own, code, known))))
        for sentence in own:
            covered = masked(sentence, numbers=settings.texts.numbers, language=settings.company.language)
            sent[covered] = sent.get(covered, 0) + texts[text]
            flat.append(words(sentence))
    if not means:
        return {"group": group, "language": tongue, "complexity": None}
    of, n = counted(flat, code), len(means)
    scored = dict(zip(sent, complexity(list(sent), code, known), strict=True))
    worst = sorted((sentence for sentence in sent if scored[sentence] >= _EASY), key=lambda sentence: (-(scored[sentence] - 1) * sent[sentence] ** 0.5, sentence))[:_WORST]
    half = float(t.ppf((1 + confidence) / 2, n - 1)) * float(np.std(means, ddof=1)) / n**0.5 if n > 1 else None
    mean = float(np.mean(means))
    return {
        "group": group, "language": tongue, "state": "ok" if n >= _FEWEST else "too few texts", "n": n, "sent": sum(texts.values()),
        "reading_ease": flesch(of, code), "wiener": wiener(of) if code == "de" else None, "lix": lix(of),
        "complexity": mean, "low": None if half is None else max(mean - half, 1.0), "high": None if half is None else min(mean + half, 7.0),
        "hard": 100 * sum(count for sentence, count in sent.items() if scored[sentence] >= HARD) / sum(sent.values()),
        "worst": worst, "reasons": ["; ".join(reasons(sentence, code, known)) for sentence in worst],
    }  # fmt: skip

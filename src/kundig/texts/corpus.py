"""Texts with their themes, moods and days: what analyses of themes have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.texts.categories import Categories
from kundig.texts.copies import originals
from kundig.texts.language import language
from kundig.texts.masking import masked
from kundig.texts.normal import bare, cleaned, gist
from kundig.texts.readings import unpacked
from kundig.texts.themes import MIXED, formed

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.settings import Settings

_LEAST_A_THEME = 2
_CAMPAIGN, _CALLED = 10, 5
"""So often a text is copied before a theme without terms is called by its first words, and by so many."""


@dataclass(frozen=True)
class Corpus:
    """Rows of texts with how often each was told, and the themes of each."""

    texts: list[str]
    n: NDArray[Any]
    days: NDArray[Any]
    touchpoints: NDArray[Any]
    mood: NDArray[Any]
    gists: NDArray[Any]
    memberships: list[frozenset[str]]
    nearness: NDArray[Any]
    names: list[str]
    terms: dict[str, list[str]]
    coverage: dict[str, float]
    pinned: frozenset[str]
    later: NDArray[Any]
    numbers: tuple[str, ...]
    shown_in: str

    def inside(self, name: str) -> NDArray[Any]:
        """Which rows belong to a theme."""
        import numpy as np  # noqa: PLC0415 -- slow import

        return np.array([name in own for own in self.memberships], dtype=bool)

    def mixed(self, name: str) -> bool:
        """Whether nothing tells the theme from the rest."""
        return self.coverage.get(name, 1.0) < MIXED

    def copies(self, inside: NDArray[Any]) -> tuple[int, int]:
        """How many texts have a copy, and how many copies the most copied one has."""
        import numpy as np  # noqa: PLC0415 -- slow import

        _, which = np.unique(self.gists[inside], return_inverse=True)
        sums = np.bincount(which, weights=self.n[inside]) if len(which) else np.zeros(1)
        return int(sums[sums > 1].sum()), int(sums.max()) if (sums > 1).any() else 0

    def examples(self, inside: NDArray[Any], most: int) -> list[str]:
        """Typical texts: near the middle of the theme, none twice, personal data covered."""
        import numpy as np  # noqa: PLC0415 -- slow import

        found: dict[str, str] = {}
        for at in sorted(np.flatnonzero(inside), key=lambda row: (-round(float(self.nearness[row]), 6), self.texts[row])):
            if shown := masked(cleaned(self.texts[at])[:500], numbers=self.numbers, language=self.shown_in):
                found.setdefault(self.gists[at], shown)
            if len(found) == most:
                break
        return list(found.values())

    def where(self, inside: NDArray[Any], floor: int) -> str | None:
        """The touchpoint at which the theme is most clearly commoner than elsewhere, beyond chance among all that were looked at."""
        import numpy as np  # noqa: PLC0415 -- slow import
        from scipy.stats import binom  # noqa: PLC0415 -- loaded when it is needed

        known = np.array([point is not None for point in self.touchpoints])
        names = sorted(set(self.touchpoints[inside & known]))
        total, own = float(self.n.sum()), float(self.n[inside].sum())
        best: tuple[float, str] | None = None
        for name in names:
            there = self.touchpoints == name
            here, size = float(self.n[there & inside].sum()), float(self.n[there].sum())
            if here < floor or here / size <= own / total:
                continue
            p = float(binom.sf(here - 1, size, own / total)) * len(names)
            if p < 0.01 and (best is None or (p, name) < best):  # noqa: PLR2004 -- beyond chance
                best = (p, name)
        return best[1] if best else None


def corpus(said: pa.Table, settings: Settings, most: int) -> Corpus:
    """Rows of said texts (text, text_hash, n, day, touchpoint, told_language, read_language, and what was read) with their themes."""
    import numpy as np  # noqa: PLC0415 -- slow import

    rows = sorted(said.to_pylist(), key=lambda row: (row["text_hash"], str(row["day"]), row["touchpoint"] or ""))
    plain = [cleaned(row["text"]) for row in rows]
    gists = np.array(originals([gist(text) or text for text in plain]), dtype=object)
    kept = [row["told_language"] or row["read_language"] or language(text, settings.texts.languages).code for row, text in zip(rows, plain, strict=True)]
    pinned = pinned_themes(rows, plain, settings)
    rest = [at for at in range(len(rows)) if not pinned[at]]
    memberships = list(pinned)
    terms: dict[str, list[str]] = {name: list(theme.words) for name, theme in settings.texts.themes.items()}
    coverage: dict[str, float] = {}
    nearness = np.zeros(len(rows))
    if rest:
        # One text of each gist shapes the themes; its copies go with it.
        first: dict[str, int] = {}
        for at in rest:
            first.setdefault(gists[at], len(first))
        heads: dict[str, int] = {}
        for at in rest:
            heads.setdefault(gists[at], at)
        order = list(heads.values())
        read = all(rows[at]["vector"] is not None for at in order)
        vectors = unpacked([rows[at]["vector"] for at in order]) if read else None
        company = [settings.company.name, *settings.company.name.split(), *settings.texts.about]
        # A theme is of two texts at least, and two copies of one text are two.
        told = Counter(dict.fromkeys(heads, 0))
        for at in rest:
            told[gists[at]] += rows[at]["n"]
        room = sum(min(n, _LEAST_A_THEME) for n in told.values()) // _LEAST_A_THEME
        found = formed([bare(plain[at]) for at in order], [kept[at] for at in order], vectors, min(most, max(1, room)), without=company)
        calls = _calls(rest, [int(found.theme[first[gists[at]]]) for at in rest], rows, gists, plain, settings)
        titles = _titles([own or calls.get(theme, []) for theme, own in enumerate(found.terms)], settings.texts.renamed)
        for title, own, share in zip(titles, found.terms, found.coverage, strict=True):
            terms.setdefault(title, own)
            coverage[title] = max(share, coverage.get(title, 0.0))
        for at in rest:
            place = first[gists[at]]
            memberships[at] = frozenset({titles[found.theme[place]]})
            nearness[at] = found.nearness[place]
    days = np.array([row["day"] for row in rows], dtype="datetime64[D]")
    middle = days.min() + (days.max() - days.min()) // 2
    negative = np.array([np.nan if row["negative"] is None else row["negative"] for row in rows], dtype=float)
    positive = np.array([np.nan if row["positive"] is None else row["positive"] for row in rows], dtype=float)
    return Corpus(
        [row["text"] for row in rows], np.array([row["n"] for row in rows]), days, np.array([row["touchpoint"] for row in rows], dtype=object), 100 * (positive - negative), gists,
        memberships, nearness, sorted({name for own in memberships for name in own}), terms, coverage, frozenset(settings.texts.themes), days > middle,
        settings.texts.numbers, settings.company.language,
    )  # fmt: skip


def _calls(among: Sequence[int], theme: Sequence[int], rows: Sequence[dict[str, Any]], gists: NDArray[Any], plain: Sequence[str], settings: Settings) -> dict[int, list[str]]:  # noqa: PLR0913 -- texts, and what is known of them
    """The first words of the most copied text of each theme, in one piece, where it was copied so often that it is a campaign."""
    copied: dict[tuple[int, str], int] = {}
    head: dict[str, int] = {}
    for at, own in zip(among, theme, strict=True):
        copied[own, gists[at]] = copied.get((own, gists[at]), 0) + rows[at]["n"]
        head.setdefault(gists[at], at)
    most: dict[int, tuple[int, str]] = {}
    for (own, gist_), n in copied.items():
        most[own] = max(most.get(own, (0, "")), (n, gist_))
    found = {}
    for own, (n, gist_) in most.items():
        words = [word for word in masked(plain[head[gist_]][:500], numbers=settings.texts.numbers, language=settings.company.language).split() if word[0] not in "[@"]
        if n >= _CAMPAIGN and words:
            found[own] = [" ".join(words[:_CALLED]) + (" …" if len(words) > _CALLED else "")]
    return found


def pinned_themes(rows: Sequence[dict[str, Any]], plain: Sequence[str], settings: Settings) -> list[frozenset[str]]:
    """The pinned themes of each text: by words, and by what was read; those that have learnt by what was read alone, where it was."""
    if not settings.texts.themes:
        return [frozenset()] * len(rows)
    by_words = Categories({name: theme.model_copy(update={"examples": ()}) for name, theme in settings.texts.themes.items()}, None).of(plain, None)
    known = set(settings.texts.themes)
    learnt = frozenset(name for name, theme in settings.texts.themes.items() if theme.learnt_from)
    return [
        (frozenset((words or "").split("|")) & known) - (learnt if row["negative"] is not None else frozenset()) | frozenset((row["categories"] or "").split("|")) & known
        for words, row in zip(by_words, rows, strict=True)
    ]


def _titles(terms: list[list[str]], renamed: Mapping[str, str]) -> list[str]:
    """A name for each theme, none twice but where people renamed two to one.

    A theme that has changed a little keeps the name that people gave it: half of the terms that it was known by are enough.
    """
    titles: list[str] = []
    for own in terms:
        name = title = " / ".join(own) or "…"
        number = 2
        while title in titles:
            title, number = f"{name} ({number})", number + 1
        titles.append(title)
    return [renamed.get(title) or _known_by(own, renamed) or title for title, own in zip(titles, terms, strict=True)]


def _known_by(own: Sequence[str], renamed: Mapping[str, str]) -> str | None:
    """The name that people gave a theme of such terms."""
    alike: list[tuple[float, str]] = []
    for told in renamed:
        known = set(told.split(" / "))
        both = len(known & set(own))
        if both and 2 * both >= len(known):
            alike.append((both / len(known | set(own)), told))
    return renamed[max(alike)[1]] if alike else None


def share(n: int, total: int, z: float) -> tuple[float, float, float]:
    """A share in per cent with Wilson's interval."""
    p, m = n / total, float(total)
    centre, half = (p + z * z / (2 * m)) / (1 + z * z / m), z * ((p * (1 - p) / m + z * z / (4 * m * m)) ** 0.5) / (1 + z * z / m)
    return 100 * p, 100 * max(centre - half, 0.0), 100 * min(centre + half, 1.0)


def average(values: NDArray[Any], n: NDArray[Any], z: float, floor: int) -> tuple[float | None, float | None, float | None]:
    """A weighted mean with its interval; nothing where too few values are known."""
    import numpy as np  # noqa: PLC0415 -- slow import

    known = ~np.isnan(values)
    count = float(n[known].sum())
    if count < max(floor, 2):
        return None, None, None
    mean = float((values[known] * n[known]).sum() / count)
    half = z * (float((n[known] * (values[known] - mean) ** 2).sum()) / (count - 1) / count) ** 0.5
    return mean, max(mean - half, -100.0), min(mean + half, 100.0)


def difference(later: int, later_of: int, earlier: int, earlier_of: int, z: float) -> tuple[float | None, float | None, float | None]:
    """The difference of two shares in points, with the adjusted Wald interval of Agresti and Caffo (2000)."""
    if not later_of or not earlier_of:
        return None, None, None
    p, q = (later + 1) / (later_of + 2), (earlier + 1) / (earlier_of + 2)
    half = z * (p * (1 - p) / (later_of + 2) + q * (1 - q) / (earlier_of + 2)) ** 0.5
    return 100 * (later / later_of - earlier / earlier_of), 100 * (p - q - half), 100 * (p - q + half)

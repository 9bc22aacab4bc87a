"""Launches: how something new is received, hour by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.least import least
from kundig.said import by_customers, with_readings

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings import Settings

_TRAILING = 12
"""How many of the last texts are looked at for a turn, beside all since the launch."""
_LEAST_LIKE = 20
_FIRST_LOOK, _MOST_LOOKS, _DRAWS, _AT_ONCE = 5, 200, 2_000, 4_000_000
_MOST_BESIDE = 5_000


def launches(journal: Journal, *, product: str | None = None, hours: int = 48, floor: int = 10, confidence: float = 0.95) -> Estimate:
    """How is something new received, hour by hour, and from which hour on is it bad beyond chance?

    A launch is a product that posts name (`product` of an event of kind `post`), or an annotation of kundig.yaml with
    `words`, such as a price change or a campaign: posts that hold one of the words, from its day on. It begins with its
    first post. Each hour tells how much was said since, how, and about what. What is usual are the posts at the same age
    of all other launches; with fewer than twenty such posts, all posts about other things. After each post the share of
    negative ones among the last twelve, and among all since the launch, is held against what is usual, in standard
    errors. The reception is `bad` from the first hour in which the largest difference so far is beyond chance in all looks
    together: the largest of a launch whose posts are exchanged at random with the usual ones (permutation of the maximum,
    Westfall and Young 1993) reaches it in a smaller share than the error that is accepted. So the alarm is false in at
    most that share of good launches, however often one looks.

    Args:
        product: of this one only; by default of all.
        hours: how many hours since the launch are looked at.
        floor: with fewer posts in these hours there is no verdict.
        confidence: one less the error that is accepted of the verdict; of the intervals too.

    Columns:
        product: what was launched, or the annotation's text
        hour: since the launch, from 1
        state: `ok`, `bad` from the hour at which it is beyond chance, `too few posts`, or `not read` if `kundig read` was not run
        posts: posts since the launch
        negative_since: share of posts since the launch that are negative rather than positive, in per cent
        low: lower end of its interval (Wilson)
        high: upper end
        usual: such share at this age of like launches, in per cent
        began: its first post, on the company's clock
        n: posts in this hour
        negative: share of negative posts in this hour, in per cent, from their probabilities
        mood: positive less negative in this hour, in points
        times_loud: posts since the launch over the mean of like launches at this age; null without like ones
        p: probability that chance gives such a difference in any look; the smallest so far, null without a verdict
        turned: the hour at which bad was beyond chance; null if never
        terms: what is said of it since the launch oftener than in other posts
        negative_terms: what its negative posts since the launch say oftener than its others

    Order:
        by product, then by hour

    Example:
        >>> from kundig.journal import told
        >>> journal = told([{"subject": "ada", "kind": "post", "product": "Box", "occurred_at": f"2026-03-01T0{h}:30", "text": f"{h}"} for h in range(3)])
        >>> [(row["hour"], row["n"], row["state"]) for row in launches(journal, hours=3).to_pyarrow().to_pylist()]
        [(1, 1, 'too few posts'), (2, 1, 'too few posts'), (3, 1, 'too few posts')]

    Raises:
        ArgumentError: a number is smaller than can be meant.
    """
    least(hours=hours, floor=floor)
    aged, posts, about = _aged(journal, hours)
    kept = aged.select("launched", "began", "age", "event_id", "text", "read_language", "negative", "positive")
    others = posts.filter(~about & posts.negative.notnull())
    drawn = others.select("event_id", "text", "read_language", "negative", "positive").order_by(others.event_id.hexdigest("md5"), "event_id").limit(_MOST_BESIDE)
    return Estimate({"posts": kept, "beside": drawn}, _TYPES, lambda posts, beside: _finished(posts, beside, journal.settings, product, hours, floor, confidence))


def behind(journal: Journal, *, hours: int = 48) -> ir.Table:
    """Who posted in each hour, and who up to then.

    Keys: product, hour
    Counts: n, posts
    """
    import ibis  # noqa: PLC0415 -- slow import

    aged, _, _ = _aged(journal, hours)
    own = (aged.age / 3600).floor().cast("int64") + 1
    each = aged.select("customer_id", product="launched", own=own, at=ibis.range(own, hours + 1).unnest())
    return each.select("product", "customer_id", hour=each["at"].cast("string"), n=(each.own == each["at"]).cast("int64"), posts=ibis.literal(1, "int64"))


def _aged(journal: Journal, hours: int) -> tuple[ir.Table, ir.Table, ir.BooleanValue]:
    """Posts on each launch with their seconds since its first; all posts; and whether one is on any launch."""
    import ibis  # noqa: PLC0415 -- slow import

    said = with_readings(journal, by_customers(journal))
    posts = said.filter(said.kind == "post")
    names = {column: posts[column] for column in ("event_id", "customer_id", "local_at", "text", "negative", "positive", "read_language")}
    parts = [posts.filter(posts["product"].notnull()).select(launched=posts["product"], **names)]
    about = posts["product"].notnull()
    for note in journal.settings.annotations:
        if note.words:
            here = posts.text.lower().re_search(rf"(?i)(^|[^\p{{L}}])({'|'.join(map(_quoted, note.words))})") & (posts.local_at.date() >= ibis.literal(note.on, type="date"))
            parts.append(posts.filter(here).select(launched=ibis.literal(note.text), **names))
            about = about | here
    named = ibis.union(*parts, distinct=True) if len(parts) > 1 else parts[0]
    began = named.group_by(of="launched").agg(began=named.local_at.min())
    since = named.join(began, named.launched == began.of)
    aged = since.mutate(age=since.local_at.epoch_seconds() - since.began.epoch_seconds()).filter(lambda table: table.age < hours * 3600)
    return aged, posts, about


def _quoted(word: str) -> str:
    """A word as both engines' regular expressions take it, in lower case."""
    return "".join(sign if sign.isalnum() or sign == " " else f"\\{sign}" for sign in word.lower())


_TYPES = {
    "product": "string", "hour": "int64", "state": "string", "posts": "int64", "negative_since": "float64", "low": "float64", "high": "float64", "usual": "float64",
    "began": "timestamp", "n": "int64", "negative": "float64", "mood": "float64", "times_loud": "float64", "p": "float64", "turned": "int64", "terms": "array<string>",
    "negative_terms": "array<string>",
}  # fmt: skip


def _finished(posts: pa.Table, beside: pa.Table, settings: Settings, product: str | None, hours: int, floor: int, confidence: float) -> dict[str, Any]:  # noqa: PLR0913 -- two tables and what was asked
    by_launch: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(posts.to_pylist(), key=lambda row: (row["launched"], row["age"], row["event_id"])):
        by_launch.setdefault(row["launched"], []).append(row)
    background = sorted(beside.to_pylist(), key=lambda row: row["event_id"])
    rows = []
    for name, own in by_launch.items():
        if product is not None and name != product:
            continue
        like = [other for title, other in by_launch.items() if title != name and len(other) >= floor]
        rows += _launch(name, own, like, background, settings, hours, floor, confidence)
    return {column: [row[column] for row in rows] for column in _TYPES}


def _launch(  # noqa: PLR0913 -- one launch against what is usual
    name: str, own: list[dict[str, Any]], like: list[list[dict[str, Any]]], background: list[dict[str, Any]], settings: Settings, hours: int, floor: int, confidence: float
) -> list[dict[str, Any]]:
    from kundig.statistics import z_value  # noqa: PLC0415 -- with the arrays
    from kundig.texts.corpus import share  # noqa: PLC0415 -- loaded when it is needed

    read = all(row["negative"] is not None for row in own) and all(row["negative"] is not None for other in like for row in other)
    enough = len(own) >= floor
    looks = _looks(own, like, background) if read and enough else []
    z = z_value(confidence)
    turned = next((int(age // 3600) + 1 for age, p in looks if p < 1 - confidence), None)
    said = _Said(name, own, [row for other in like for row in other] or background, settings)
    rows = []
    for hour in range(1, hours + 1):
        now = [row for row in own if hour - 1 <= row["age"] / 3600 < hour]
        since = [row for row in own if row["age"] / 3600 < hour]
        there = [row for other in like for row in other if row["age"] / 3600 < hour]
        usual = _usual(there, background) if read else []
        bad = share(sum(map(_bad, since)), len(since), z) if read and since else (None, None, None)
        seen = [p for age, p in looks if age / 3600 < hour]
        rows.append({
            "product": name, "began": own[0]["began"], "hour": hour,
            "state": "too few posts" if not enough else "not read" if not read else "bad" if turned is not None and hour >= turned else "ok",
            "n": len(now), "posts": len(since), "negative": 100 * sum(row["negative"] for row in now) / len(now) if read and now else None,
            "negative_since": bad[0], "low": bad[1], "high": bad[2], "usual": 100 * sum(map(_bad, usual)) / len(usual) if usual else None,
            "times_loud": len(since) / (len(there) / len(like)) if there else None,
            "mood": 100 * sum(row["positive"] - row["negative"] for row in now) / len(now) if read and now else None,
            "p": min(seen) if seen else None, "turned": turned,
            "terms": said.since(len(since), floor), "negative_terms": said.negative(len(since), floor) if read else [],
        })  # fmt: skip
    return rows


class _Said:
    """What is said of a launch, by the terms that tell its posts from others."""

    def __init__(self, name: str, own: list[dict[str, Any]], others: list[dict[str, Any]], settings: Settings) -> None:
        import numpy as np  # noqa: PLC0415 -- slow import

        from kundig.texts.normal import bare, cleaned  # noqa: PLC0415 -- loaded when it is needed
        from kundig.texts.themes import Terms  # noqa: PLC0415 -- loaded when it is needed

        rows = [*own, *others[:_MOST_BESIDE]]
        # The name of what was launched tells nothing about it.
        known = [*name.split(), *settings.company.name.split(), *settings.texts.about]
        self._terms = Terms([bare(cleaned(row["text"])) for row in rows], [row["read_language"] or settings.company.language for row in rows], known)
        self._own = np.arange(len(rows)) < len(own)
        self._bad = np.array([row["negative"] is not None and _bad(row) for row in rows])

    def since(self, posts: int, floor: int) -> list[str]:
        """Of the first so many posts, against all others."""
        import numpy as np  # noqa: PLC0415 -- slow import

        seen = np.arange(len(self._own)) < posts
        return self._terms.telling(seen, seen | ~self._own) if posts >= floor else []

    def negative(self, posts: int, floor: int) -> list[str]:
        """Of the negative ones among them, against the rest of them."""
        import numpy as np  # noqa: PLC0415 -- slow import

        seen = np.arange(len(self._own)) < posts
        bad = seen & self._bad
        return self._terms.telling(bad, seen) if posts >= floor and bad.any() and not bad[seen].all() else []


def _bad(row: dict[str, Any]) -> bool:
    return bool(row["negative"] > row["positive"])


def _usual(there: list[dict[str, Any]], background: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Posts of like launches, or else all other posts."""
    return there if len(there) >= _LEAST_LIKE else background


def _looks(own: list[dict[str, Any]], like: list[list[dict[str, Any]]], background: list[dict[str, Any]]) -> list[tuple[float, float]]:
    """After each post: its age, and the probability that chance gives so large a difference in any look."""
    import numpy as np  # noqa: PLC0415 -- slow import

    others = sorted((row for other in like for row in other), key=lambda row: (row["age"], row["event_id"]))
    theirs = others if len(others) >= _LEAST_LIKE else background
    if not theirs:
        return []
    bad = np.array([*map(_bad, own), *map(_bad, theirs)], dtype=np.float32)
    places = np.arange(_FIRST_LOOK, len(own) + 1)
    places = places[np.unique(np.linspace(0, len(places) - 1, min(len(places), _MOST_LOOKS)).astype(int))] if len(places) else places
    ages = [own[place - 1]["age"] for place in places]
    # Like posts of the same age; where these are too few yet, the first of them.
    usual = np.full(len(places), len(theirs))
    if theirs is others:
        usual = np.clip(np.searchsorted([row["age"] for row in others], ages, side="right"), _LEAST_LIKE, len(others))
    seen = _differences(bad[None], len(own), places, usual)[0]
    rng = np.random.default_rng(1993)
    highest = np.concatenate([
        _differences(rng.permuted(np.broadcast_to(bad, (rows, len(bad))), axis=1), len(own), places, usual).max(axis=1)
        for rows in _parts(_DRAWS, max(1, _AT_ONCE // len(bad)))
    ])  # fmt: skip
    return [(float(age), float((1 + (highest >= one - 1e-9).sum()) / (1 + _DRAWS))) for age, one in zip(ages, seen, strict=True)]


def _parts(total: int, most: int) -> list[int]:
    """A number in parts of at most so many."""
    return [min(most, total - start) for start in range(0, total, most)]


def _differences(bad: Any, own: int, places: Any, usual: Any) -> Any:
    """For each row of posts and each look the larger of two differences from what is usual, in standard errors."""
    import numpy as np  # noqa: PLC0415 -- slow import

    sums = np.cumsum(np.pad(bad[:, :own], ((0, 0), (1, 0))), axis=1)
    theirs = np.cumsum(bad[:, own:], axis=1)[:, usual - 1] / usual
    spread = np.maximum(bad.mean(axis=1) * (1 - bad.mean(axis=1)), 1e-9)[:, None]
    last = np.minimum(places, _TRAILING)
    found = [((sums[:, places] - sums[:, places - n]) / n - theirs) / np.sqrt(spread * (1 / n + 1 / usual)) for n in (places, last)]
    return np.maximum(*found)

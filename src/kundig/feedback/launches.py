"""Launches: how something new is received, hour by hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.said import by_customers, with_readings

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.journal import Journal

_TRAILING = 12
"""How many of the last texts are looked at for a turn, beside all since the launch."""
_LEAST_LIKE = 20


def launches(journal: Journal, *, product: str | None = None, hours: int = 48, floor: int = 10, confidence: float = 0.95) -> Estimate:
    """How is something new received, hour by hour, and from which hour on is it bad beyond chance?

    A launch begins with the first post that names a product (`product` of an event of kind `post`). Each hour tells how
    much was said since and how. What is usual is the share of negative posts at the same age of all other launches; with
    fewer than twenty such posts, of all posts about other things. After each post the number of negative ones among the
    last twelve, and among all since the launch, is held against what is usual, with its own uncertainty (beta-binomial).
    The reception is `bad` from the first hour in which chance would give so many with a probability below the error that
    is accepted, divided by the number of looks (Bonferroni): the alarm is false in at most that share of good launches.

    A price change or a campaign is a launch too, if its posts name it as product.

    Args:
        product: of this one only; by default of all.
        hours: how many hours since the launch are looked at.
        floor: with fewer posts in these hours there is no verdict.
        confidence: one less the error that is accepted of the verdict; of the intervals too.

    Columns:
        product: what was launched
        began: its first post, on the company's clock
        hour: since the launch, from 1
        state: `ok`, `bad` from the hour at which it is beyond chance, `too few posts`, or `not read` if `kundig read` was not run
        n: posts in this hour
        posts: posts since the launch
        negative: share of negative posts in this hour, in per cent, from their probabilities
        negative_since: share since the launch
        low: lower end of its interval (Wilson)
        high: upper end
        usual: share at this age of like launches
        times_loud: posts since the launch over the mean of like launches at this age; null without like ones
        mood: positive less negative in this hour, in points
        p: smallest probability by chance of any look so far; null without a verdict
        turned: the hour at which bad was beyond chance; null if never

    Order:
        by product, then by hour

    Example:
        >>> from kundig.journal import told
        >>> journal = told([{"subject": "ada", "kind": "post", "product": "Box", "occurred_at": f"2026-03-01T0{h}:30", "text": f"{h}"} for h in range(3)])
        >>> [(row["hour"], row["n"], row["state"]) for row in launches(journal, hours=3).to_pyarrow().to_pylist()]
        [(1, 1, 'too few posts'), (2, 1, 'too few posts'), (3, 1, 'too few posts')]
    """
    said = with_readings(journal, by_customers(journal))
    posts = said.filter(said.kind == "post")
    named = posts.filter(posts["product"].notnull())
    began = named.group_by(launched="product").agg(began=named.local_at.min())
    since = named.join(began, named["product"] == began.launched)
    seconds = since.local_at.epoch_seconds() - since.began.epoch_seconds()
    aged = since.mutate(age=seconds).filter(lambda table: table.age < hours * 3600)
    kept = aged.select("launched", "began", "age", "event_id", "negative", "positive")
    others = posts.filter(posts["product"].isnull() & posts.negative.notnull())
    beside = others.aggregate(n=others.count(), bad=(others.negative > others.positive).cast("int64").sum())
    return Estimate({"posts": kept, "beside": beside}, _TYPES, lambda posts, beside: _finished(posts, beside, product, hours, floor, confidence))


_TYPES = {
    "product": "string", "began": "timestamp", "hour": "int64", "state": "string", "n": "int64", "posts": "int64", "negative": "float64", "negative_since": "float64",
    "low": "float64", "high": "float64", "usual": "float64", "times_loud": "float64", "mood": "float64", "p": "float64", "turned": "int64",
}  # fmt: skip


def _finished(posts: pa.Table, beside: pa.Table, product: str | None, hours: int, floor: int, confidence: float) -> dict[str, Any]:  # noqa: PLR0913 -- two tables and what was asked
    by_launch: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(posts.to_pylist(), key=lambda row: (row["launched"], row["age"], row["event_id"])):
        by_launch.setdefault(row["launched"], []).append(row)
    background = (int(beside["n"][0].as_py() or 0), int(beside["bad"][0].as_py() or 0))
    rows = []
    for name, own in by_launch.items():
        if product is not None and name != product:
            continue
        like = [other for title, other in by_launch.items() if title != name and len(other) >= floor]
        rows += _launch(name, own, like, background, hours, floor, confidence)
    return {column: [row[column] for row in rows] for column in _TYPES}


def _bad(row: dict[str, Any]) -> bool:
    return bool(row["negative"] > row["positive"])


def _launch(name: str, own: list[dict[str, Any]], like: list[list[dict[str, Any]]], background: tuple[int, int], hours: int, floor: int, confidence: float) -> list[dict[str, Any]]:  # noqa: PLR0913 -- one launch against what is usual
    from kundig.statistics import z_value  # noqa: PLC0415 -- with the arrays
    from kundig.texts.corpus import share  # noqa: PLC0415

    read = all(row["negative"] is not None for row in own) and all(row["negative"] is not None for other in like for row in other)
    enough = len(own) >= floor
    looks = _looks(own, like, background) if read and enough else []
    limit = (1 - confidence) / max(len(looks), 1)
    z = z_value(confidence)
    turned = next((int(age // 3600) + 1 for age, p in looks if p < limit), None)
    rows = []
    for hour in range(1, hours + 1):
        now = [row for row in own if hour - 1 <= row["age"] / 3600 < hour]
        since = [row for row in own if row["age"] / 3600 < hour]
        there = [row for other in like for row in other if row["age"] / 3600 < hour]
        usual = _usual(there, background) if read else None
        bad = share(sum(map(_bad, since)), len(since), z) if read and since else (None, None, None)
        seen = [p for age, p in looks if age / 3600 < hour]
        rows.append({
            "product": name, "began": own[0]["began"], "hour": hour,
            "state": "too few posts" if not enough else "not read" if not read else "bad" if turned is not None and hour >= turned else "ok",
            "n": len(now), "posts": len(since), "negative": 100 * sum(row["negative"] for row in now) / len(now) if read and now else None,
            "negative_since": bad[0], "low": bad[1], "high": bad[2], "usual": 100 * usual[0] / usual[1] if usual and usual[1] else None,
            "times_loud": len(since) / (len(there) / len(like)) if there else None,
            "mood": 100 * sum(row["positive"] - row["negative"] for row in now) / len(now) if read and now else None,
            "p": min(seen) if seen else None, "turned": turned,
        })  # fmt: skip
    return rows


def _usual(there: list[dict[str, Any]], background: tuple[int, int]) -> tuple[float, float]:
    """Negative posts and posts, of like launches or else of all other posts."""
    if len(there) >= _LEAST_LIKE:
        return float(sum(map(_bad, there))), float(len(there))
    return float(background[1]), float(background[0])


def _looks(own: list[dict[str, Any]], like: list[list[dict[str, Any]]], background: tuple[int, int]) -> list[tuple[float, float]]:
    """After each post: its age, and the probability by chance of so many negative ones among the last and among all."""
    from scipy.stats import betabinom  # noqa: PLC0415 -- slow import

    found = []
    for place in range(2, len(own)):
        age = own[place]["age"]
        bad, of = _usual([row for other in like for row in other if row["age"] <= age], background)
        asked = (own[: place + 1], own[max(0, place + 1 - _TRAILING) : place + 1])
        ps = [float(betabinom.sf(sum(map(_bad, rows)) - 1, len(rows), bad + 1, of - bad + 1)) for rows in asked]
        # Two questions a look.
        found.append((float(age), min(1.0, 2 * min(ps))))
    return found

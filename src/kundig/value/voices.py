"""What the customers of each segment write about more than others, and how they feel about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.said import by_customers, drawn, with_readings
from kundig.value.present import present

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from kundig.journal import Journal
    from kundig.settings import Settings
    from kundig.texts.corpus import Corpus

    Numbers = NDArray[np.float64]

CAMPAIGN, CAMPAIGN_SHARE = 10, 0.3
"""A theme is a campaign, and no voice of its customers, if one text was copied so often, and makes up so much of it."""


def voices(journal: Journal, members: ir.Table, days: int, sample: int) -> dict[str, ir.Table]:
    """What customers wrote within the last `days`, for themes to be formed from, and who wrote what.

    Args:
        members: customers with their `segment`.

    Returns:
        `said`: counts of texts as `texts.corpus` takes them; `writers`: text_hash, customer_id and segment.
    """
    import ibis  # noqa: PLC0415 -- slow import

    said = by_customers(journal).cross_join(present(journal))
    recent = said.filter(said.customer_id.notnull() & (said.local_at > said.present - ibis.interval(days=days))).drop("present")
    known = with_readings(journal, recent.semi_join(members, "customer_id"))
    keys = {
        "day": known.local_at.date(), "touchpoint": known.touchpoint, "told_language": known.language, "read_language": known.read_language,
        "negative": known.negative, "positive": known.positive, "categories": known.categories, "vector": known.vector,
    }  # fmt: skip
    wrote = known.select("text_hash", "customer_id").distinct()
    # The same even draw as that of the texts.
    wrote = wrote.mutate(place=ibis.dense_rank().over(ibis.window(order_by=wrote.text_hash)))
    writers = wrote.filter(wrote.place < sample).inner_join(members.select("customer_id", "segment"), "customer_id")
    return {"said": drawn(known, keys, sample), "writers": writers.select("text_hash", "customer_id", "segment").order_by("text_hash", "customer_id")}


def told(said: pa.Table, writers: pa.Table, settings: Settings, most: int, z: float, floor: int, alpha: float) -> list[dict[str, Any]]:  # noqa: PLR0913 -- what was asked
    """A row for each segment and theme: shares of customers who wrote about it, with the test and the mood; in no order."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import false_discovery_control  # noqa: PLC0415 -- slow import

    if not said.num_rows:
        return []
    who = _who(said, writers, settings, most)
    of, row, customer, segments, home = who.of, who.row, who.customer, who.segments, who.home
    size = np.bincount(home, minlength=len(segments)).astype(np.float64)
    rows: list[dict[str, Any]] = []
    for name in of.names:
        inside = of.inside(name)
        if not who.voiced(inside, name):
            continue
        mood, there = _by_customer(of.mood[row], inside[row], customer, len(who.names))
        own = np.bincount(home[there], minlength=len(segments)).astype(np.float64)
        for at, title in enumerate(segments.tolist()):
            figures = _compared(own[at], size[at], own.sum() - own[at], size.sum() - size[at], z, floor)
            feeling = _feeling(mood[there & (home == at)], z, floor)
            rows.append({"segment": title, "theme": name, "n": int(size[at]), "customers": int(own[at]), "example": of.examples(_texts(inside, row, home[customer] == at), 1)} | figures | feeling)
    tested = [each for each in rows if each["p"] is not None]
    for each, p in zip(tested, false_discovery_control([one["p"] for one in tested]) if tested else [], strict=True):
        each["p"] = float(p)
        each["verdict"] = "stands out" if p <= alpha and each["low"] > 1 else "seldom" if p <= alpha and (each["high"] or 2.0) < 1 else "no difference shown"
    for each in rows:
        each["example"] = each["example"][0] if each["example"] and each["verdict"] == "stands out" else None
    return rows


def wrote(said: pa.Table, writers: pa.Table, settings: Settings, most: int) -> dict[str, list[Any]]:
    """A row for each theme and customer who wrote anything: `segment`, `theme`, `customer_id`, `n` (1), and `customers`, 1 for who wrote about it."""
    import numpy as np  # noqa: PLC0415 -- slow import

    found: dict[str, list[Any]] = {name: [] for name in ("segment", "theme", "customer_id", "n", "customers")}
    if not said.num_rows:
        return found
    who = _who(said, writers, settings, most)
    for name in who.of.names:
        inside = who.of.inside(name)
        if who.voiced(inside, name):
            there = np.bincount(who.customer[inside[who.row]], minlength=len(who.names)) > 0
            parts = (who.segments[who.home].tolist(), [name] * len(who.names), who.names.tolist(), [1] * len(who.names), there.astype(int).tolist())
            for column, values in zip(found.values(), parts, strict=True):
                column.extend(values)
    return found


@dataclass(frozen=True)
class _Who:
    """Who wrote which texts: for each row of writers the place of its text and the number of its customer; of each customer the segment."""

    of: Corpus
    row: Any
    customer: Any
    names: Any
    segments: Any
    home: Any

    def voiced(self, inside: Any, name: str) -> bool:
        """Whether a theme is a finding, and a voice of its customers."""
        of = self.of
        return not of.mixed(name) and of.copies(inside)[1] < max(CAMPAIGN, CAMPAIGN_SHARE * int(of.n[inside].sum()))


def _who(said: pa.Table, writers: pa.Table, settings: Settings, most: int) -> _Who:
    import numpy as np  # noqa: PLC0415 -- slow import

    from kundig.texts.corpus import corpus  # noqa: PLC0415 -- slow import
    from kundig.texts.readings import text_hash  # noqa: PLC0415 -- with the corpus

    of = corpus(said, settings, most)
    place = {text_hash(text): at for at, text in enumerate(of.texts)}
    row = np.array([place[key] for key in writers["text_hash"].to_pylist()])
    names, customer = np.unique(writers["customer_id"].to_pylist(), return_inverse=True)
    segments, segment = np.unique(writers["segment"].to_pylist(), return_inverse=True)
    home = np.zeros(len(names), dtype=np.int64)
    home[customer] = segment
    return _Who(of, row, customer, names, segments, home)


def _texts(inside: Any, row: Any, written: Any) -> Any:
    """Which texts of a theme were written by those customers."""
    import numpy as np  # noqa: PLC0415 -- slow import

    found = np.zeros(len(inside), dtype=bool)
    found[row[written & inside[row]]] = True
    return found


def _by_customer(mood: Numbers, inside: Any, customer: Any, many: int) -> tuple[Numbers, Any]:
    """The mean mood of each customer's texts on a theme, not a number where none was read; and who wrote on it."""
    import numpy as np  # noqa: PLC0415 -- slow import

    there = np.bincount(customer[inside], minlength=many) > 0
    read = inside & ~np.isnan(mood)
    n = np.bincount(customer[read], minlength=many)
    return np.divide(np.bincount(customer[read], weights=mood[read], minlength=many), n, out=np.full(many, np.nan), where=n > 0), there


def _compared(own: float, size: float, other: float, rest: float, z: float, floor: int) -> dict[str, Any]:  # noqa: PLR0913 -- two shares
    """The share of a segment by that of the others, as `statistics.lifts` compares them."""
    from kundig.statistics.lifts import finite, lifts  # noqa: PLC0415 -- needs what is slow to import

    nothing: dict[str, Any] = dict.fromkeys(("share", "share_others", "lift", "low", "high", "p", "verdict")) | {"state": "too few customers"}
    if size < floor or rest < floor:
        return nothing | ({"state": "nobody to compare with"} if size >= floor else {})
    found = lifts([own], [size], [other], [rest], z)
    lift, low, high, p = (float(values[0]) for values in found)
    return nothing | {
        "state": "ok", "share": own / size, "share_others": other / rest, "lift": finite(lift), "low": low, "high": finite(high), "p": p,
    }  # fmt: skip


def _feeling(mood: Numbers, z: float, floor: int) -> dict[str, Any]:
    """The mean mood of those customers with its interval, and what the theme is to them."""
    import numpy as np  # noqa: PLC0415 -- slow import
    from scipy.stats import norm, t  # noqa: PLC0415 -- slow import

    known = mood[~np.isnan(mood)]
    if len(known) < max(floor, 2):
        return {"mood": None, "mood_low": None, "mood_high": None, "aspect": "topic"}
    mean = float(known.mean())
    half = float(t.ppf(norm.cdf(z), len(known) - 1)) * float(known.std(ddof=1)) / len(known) ** 0.5
    low, high = max(mean - half, -100.0), min(mean + half, 100.0)
    return {"mood": mean, "mood_low": low, "mood_high": high, "aspect": "pain" if high < 0 else "driver" if low > 0 else "topic"}

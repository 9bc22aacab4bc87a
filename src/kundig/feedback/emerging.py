"""Emerging: themes that are new or swell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.estimates import Estimate
from kundig.feedback.writers import listed, writers
from kundig.least import least
from kundig.said import Only, by_customers, drawn, kept, with_readings

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings import Settings


def emerging(  # noqa: PLR0913 -- what can be asked of a spike
    journal: Journal, *, alarms_a_week: float = 1.0, days: int = 7, history: int = 84, most: int = 60, only: Only = "all", sample: int = 20_000
) -> Estimate:
    """Which themes are new or swelling, beyond chance?

    Texts of the last days and of the time before are parted into themes, pinned ones first. For each theme and day the
    count is compared with what the 28 days before let expect, times the rhythm of the week; the tail is that of a negative
    binomial distribution, since counts vary more than chance alone. A day is an alarm if so many texts or more had a
    probability below the one at which chance alone would give `alarms_a_week` false alarms over all themes. A theme with
    no text in those 28 days is `new`, another `swelling`. A row a theme: its most surprising day of the last days.

    Args:
        alarms_a_week: how many false alarms a week are accepted, over all themes together.
        days: of how many last days.
        history: how many days are looked at in all; 28 of them stand before the first day that is judged.
        most: how many themes beside those that are pinned.
        only: all texts, or those about the company: what came to it, and posts that name it or that corrections taught to be about it.
        sample: at most so many different texts are looked at.

    Columns:
        theme: its name
        state: `new`, `swelling`, `usual`, or `too short` if there are no 28 days before
        day: the most surprising day; null if there are no 28 days before
        n: texts on that day
        expected: texts to be expected on that day
        times: n over expected
        p: probability of so many or more by chance
        alarm_below: the probability below which a day is an alarm
        total: texts of the theme in all days looked at
        examples: texts of that day, with personal data covered

    Order:
        by p, smallest first, then by theme

    Example:
        >>> from datetime import date, timedelta
        >>> from kundig.journal import told
        >>> days = [date(2026, 3, 1) + timedelta(days=day) for day in range(40)]
        >>> texts = [(day, "My parcel is late") for day in days] + [(days[-1], "The app crashes")] * 12
        >>> journal = told([{"subject": "ada", "kind": "post", "occurred_at": str(day), "text": f"{text} {'abcdefghijkl'[at % 12]}"} for at, (day, text) in enumerate(texts)])
        >>> [(row["state"], row["n"]) for row in emerging(journal, most=2).to_pyarrow().to_pylist()]
        [('new', 12), ('usual', 1)]

    Raises:
        ArgumentError: a number is smaller than can be meant.
    """
    least(days=days, history=history, most=most, sample=sample)
    least(0, alarms_a_week=alarms_a_week)
    said, keys = _said(journal, only, history)
    return Estimate({"said": drawn(said, keys, sample)}, _TYPES, lambda said: _finished(said, journal.settings, alarms_a_week, days, most))


def behind(journal: Journal, *, history: int = 84, most: int = 60, only: Only = "all", sample: int = 20_000) -> Estimate:
    """Who wrote on each theme on each day.

    Keys: theme, day
    Counts: n
    """
    said, keys = _said(journal, only, history)
    types = {"theme": "string", "day": "date", "customer_id": "string", "n": "int64"}

    def finish(said: pa.Table, wrote: pa.Table) -> dict[str, Any]:
        import pyarrow as pa  # noqa: PLC0415 -- slow import

        from kundig.statistics.spikes import WINDOW  # noqa: PLC0415 -- with the arrays
        from kundig.texts.corpus import corpus  # noqa: PLC0415 -- loaded when it is needed

        if not said.num_rows:
            return {name: [] for name in types}
        of = corpus(said, journal.settings, most)
        rows = writers(of, wrote)
        # Without a time before there is no day that is judged: all days are told together.
        if int((of.days.max() - of.days.min()).astype(int)) + 1 <= WINDOW:
            rows = rows.set_column(rows.column_names.index("day"), "day", pa.nulls(rows.num_rows, pa.date32()))
        return listed(rows, tuple(types))

    return Estimate({"said": drawn(said, keys, sample), "wrote": drawn(said, {"customer_id": said.customer_id, "day": said.local_at.date()}, sample)}, types, finish)


def _said(journal: Journal, only: Only, history: int) -> tuple[ir.Table, dict[str, Any]]:
    """The texts, and by what they are counted."""
    import ibis  # noqa: PLC0415 -- slow import

    own = kept(journal, by_customers(journal), only)
    last = own.aggregate(last=own.local_at.max())
    recent = own.cross_join(last).filter(lambda table: table.local_at > table["last"] - ibis.interval(days=history)).drop("last")
    said = with_readings(journal, recent)
    keys = {
        "day": said.local_at.date(), "touchpoint": said.touchpoint, "told_language": said.language, "read_language": said.read_language,
        "negative": said.negative, "positive": said.positive, "categories": said.categories, "vector": said.vector,
    }  # fmt: skip
    return said, keys


_TYPES = {
    "theme": "string", "state": "string", "day": "date", "n": "int64", "expected": "float64", "times": "float64", "p": "float64",
    "alarm_below": "float64", "total": "int64", "examples": "array<string>",
}  # fmt: skip


def _finished(said: pa.Table, settings: Settings, alarms_a_week: float, days: int, most: int) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import

    from kundig.statistics.spikes import WINDOW, alpha, spikes  # noqa: PLC0415 -- loaded when it is needed
    from kundig.texts.corpus import corpus  # noqa: PLC0415 -- loaded when it is needed

    if not said.num_rows:
        return {name: [] for name in _TYPES}
    of = corpus(said, settings, most)
    first = of.days.min()
    length = int((of.days.max() - first).astype(int)) + 1
    member = [of.inside(name) for name in of.names]
    counts = np.stack([np.bincount((of.days[inside] - first).astype(int), weights=of.n[inside], minlength=length) for inside in member])
    limit = alpha(alarms_a_week, len(of.names))
    rows: list[dict[str, Any]] = []
    if length <= WINDOW:
        blank: dict[str, Any] = {"day": None, "expected": None, "times": None, "p": None, "alarm_below": limit, "examples": []}
        rows = [{"theme": name, "state": "too short", "n": int(count.sum()), "total": int(count.sum()), **blank} for name, count in zip(of.names, counts, strict=True)]
    else:
        found = spikes(counts)
        judged = np.arange(max(length - days, WINDOW), length)
        for name, inside, count, p, expected in zip(of.names, member, counts, found.p, found.expected, strict=True):
            day = int(judged[np.argmin(p[judged])])
            new = not count[day - WINDOW : day].sum()
            that = inside & (of.days == first + day)
            rows.append({
                "theme": name, "state": ("new" if new else "swelling") if p[day] < limit else "usual", "day": (first + day).item(), "n": int(count[day]), "expected": float(expected[day]),
                "times": float(count[day] / expected[day]), "p": float(p[day]), "alarm_below": limit, "total": int(count.sum()), "examples": of.examples(that, 3),
            })  # fmt: skip
    rows.sort(key=lambda row: (2.0 if row["p"] is None else row["p"], row["theme"]))
    return {name: [row[name] for row in rows] for name in _TYPES}

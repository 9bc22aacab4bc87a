"""Effects: what a programme, a playbook or a change did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from kundig.estimates import Estimate
from kundig.least import least
from kundig.statistics.experiments import Difference, Sums, difference, slope
from kundig.value.interrupted import series, step
from kundig.value.lives import MONTH
from kundig.value.staggered import stacks
from kundig.value.trials import entries, followed, summed

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal
    from kundig.settings import Programme

Outcome = Literal["retention", "revenue"]
HELD_OUT = ("control", "kontrolle", "kontrollgruppe", "hold-out", "holdout")
"""What a group of a campaign is called that was held out by chance, where `programmes` does not name it."""
_TYPES = {
    "programme": "string", "design": "string", "state": "string", "n": "int64", "effect": "float64", "low": "float64", "high": "float64", "verdict": "string", "outcome": "string",
    "treated": "int64", "control": "int64", "pending": "int64", "of_treated": "float64", "of_control": "float64", "raw_effect": "float64", "always_low": "float64",
    "always_high": "float64", "p": "float64", "pre_trend_p": "float64", "per_euro": "float64", "per_euro_low": "float64", "per_euro_high": "float64",
}  # fmt: skip


def effects(journal: Journal, *, outcome: Outcome = "retention", days: int = 182, floor: int = 30, confidence: float = 0.95) -> Estimate:
    """What did programmes do for retention or revenue?

    What can be said depends on how a programme began. `hold-out`: customers drawn by chance were left out (`programmes.NAME.control`, or
    a group of the campaign named control); all who were drawn count as they were drawn, treated or not (intention to treat), from their
    first event in the campaign. What they spent before takes noise out (CUPED, Deng et al. 2013); `always_low` and `always_high`
    hold however often the figure is looked at. `staggered`: it began for customers at different times
    (`touched_by`); their spend before and after is compared with that of customers not yet touched (at most 100,000, evenly drawn),
    month by month of beginning, and only if both moved alike before. Who was lost within that time counts on neither side, for only who stays can be touched;
    nor do months before spend was recorded. `interrupted`: it met one product on one day (`since`, `product`); the step of
    the monthly difference to the other products, with a trend, where months near each other may be alike (Zellner and Tiao 1964). With `none` of these there is `no evidence
    possible`: who takes part differs from who does not.

    Retention is the share of customers without notice or end of contract within `days`; revenue the amounts of
    invoices, their corrections and orders in that time, or of payments where none of these has an amount (a month in a staggered
    design). Several programmes are corrected for (Benjamini and Hochberg).

    Money for money spent: the revenue gained per customer treated within `days`, times `costs.margin`, by `programmes.NAME.cost`. With
    a hold-out it is counted over that time; staggered and interrupted, it is the effect on a month's money times the
    months of `days`, as if it lasted that long, with the interval of that effect alone.

    Args:
        outcome: what the effect is measured in; a staggered design has only revenue.
        days: how long after its beginning the effect is measured.
        floor: with fewer customers than this, treated or not, there is no figure.
        confidence: of the intervals.

    Columns:
        programme: its name
        design: `hold-out`, `staggered`, `interrupted`, or `none`
        state: `ok`, `too few customers`, `too few months`, `not over yet`, `moved apart before`, or `no evidence possible`
        n: customers whose time is over
        effect: the difference, less what was different before
        low: lower end of its interval
        high: upper end of its interval
        verdict: `helps`, `harms`, `no effect shown`, or `no evidence possible`; null in every other state than ok
        outcome: what its effect is measured in: `retention`, or `revenue`; with a staggered start always revenue
        treated: of these, treated
        control: of these, held out, or not touched
        pending: customers whose time is not over
        of_treated: the mean outcome of those treated
        of_control: of the others
        raw_effect: the difference as it is
        always_low: lower end of the interval that holds however often one looks; only with a hold-out
        always_high: its upper end
        p: how often chance gives such an effect, corrected for all programmes
        pre_trend_p: how often chance moves both groups apart as they did before; only if staggered
        per_euro: margin of the revenue gained for each unit of money spent on those treated; null without a cost, or without a figure
        per_euro_low: lower end of its interval
        per_euro_high: upper end of its interval

    Order:
        by programme

    Settings:
        company.currency, rates, programmes, costs.margin

    Empty:
        There is nothing to answer from: no event has a property `campaign`, and `programmes` in kundig.yaml names none.

    Example:
        >>> from kundig.journal import told
        >>> called = [{"subject": f"c{n}", "kind": "campaign", "occurred_at": "2025-01-01", "properties": {"campaign": "call", "group": ("control", "called")[n % 2]}} for n in range(200)]
        >>> left = [{"subject": f"c{n}", "kind": "cancellation", "occurred_at": "2025-03-01"} for n in range(0, 200, 4)]
        >>> effects(told([*called, *left, ("eve", "visit", "2026-01-31")])).execute()[["design", "n", "effect", "verdict"]].to_dict("records")
        [{'design': 'hold-out', 'n': 200, 'effect': 0.5, 'verdict': 'helps'}]

    Raises:
        ArgumentError: `days` is below 1.
    """
    least(days=days, floor=floor)
    months = max(round(days / MONTH), 1)
    programmes = journal.settings.programmes
    y = "kept" if outcome == "retention" else "earned"
    rows = _entered(journal, days)
    sums = summed(rows, ["programme", "group", "over"], y, "earlier")
    # Of a journal without a single event nothing is said; of one where nobody met a programme, that nothing can be known.
    tables: dict[str, Any] = {"drawn": sums.order_by("programme", "group", "over"), "known": journal.events.select("event_id").limit(1)}
    for place, (name, programme) in enumerate(sorted(programmes.items())):
        if programme.touched_by:
            tables[f"t{place}"] = stacks(journal, name, programme.touched_by, months).order_by("start", "touched")
        elif programme.since and programme.product:
            tables[f"t{place}"] = series(journal, name, programme.product).order_by("period", "met")
    asked = _Asked(outcome, max(floor, 2), confidence, journal.settings.costs.margin, programmes, months)
    return Estimate(tables, _TYPES, lambda drawn, known, **others: _answer(drawn, others, asked) if known.num_rows else {name: [] for name in _TYPES})


@dataclass(frozen=True)
class _Asked:
    outcome: Outcome
    floor: int
    confidence: float
    margin: float
    programmes: dict[str, Programme]
    months: int

    def per_euro(self, name: str, money: Difference, months: int = 1) -> dict[str, Any]:
        """The margin of money gained so many times, for each unit that the programme cost; nothing where it cost nothing."""
        cost = float(self.programmes[name].cost) if name in self.programmes else 0.0
        if not cost:
            return {}
        worth, (low, high) = self.margin * months / cost, money.interval(self.confidence)
        return {"per_euro": worth * money.size, "per_euro_low": worth * low, "per_euro_high": worth * high}

    def row(self, name: str, design: str, **more: Any) -> dict[str, Any]:
        return dict.fromkeys(_TYPES) | {"programme": name, "design": design, "outcome": "revenue" if design == "staggered" else self.outcome, "n": 0, "treated": 0, "control": 0, "pending": 0} | more


def _answer(drawn: pa.Table, others: dict[str, pa.Table], asked: _Asked) -> dict[str, list[Any]]:
    from scipy.stats import false_discovery_control  # noqa: PLC0415 -- slow import

    by_campaign = {programme.campaign or name: name for name, programme in asked.programmes.items()}
    # A programme of the company's of which nothing is known is told of as well.
    names = dict.fromkeys([*asked.programmes, *(by_campaign.get(name, name) for name in drawn["programme"].to_pylist())])
    rows = [_row(name, drawn, others, asked) for name in sorted(names)]
    tested = [row for row in rows if row["p"] is not None]
    corrected = false_discovery_control([row["p"] for row in tested]) if tested else []
    for row, p in zip(tested, corrected, strict=True):
        row["p"] = float(p)
        sure = p <= 1 - asked.confidence and not row["low"] <= 0 <= row["high"]
        row["verdict"] = "no effect shown" if not sure else "helps" if row["effect"] > 0 else "harms"
    return {name: [row[name] for row in rows] for name in _TYPES}


def _row(name: str, drawn: pa.Table, others: dict[str, pa.Table], asked: _Asked) -> dict[str, Any]:
    programme = asked.programmes.get(name)
    place = sorted(asked.programmes).index(name) if programme else -1
    if programme and programme.design == "staggered":
        return _staggered(name, others[f"t{place}"].to_pylist(), asked)
    if programme and programme.design == "interrupted":
        return _interrupted(name, programme, others[f"t{place}"].to_pylist() if f"t{place}" in others else [], asked)
    campaign = (programme.campaign if programme else None) or name
    return _held_out(name, [row for row in drawn.to_pylist() if row["programme"] == campaign], programme, asked)


def _held_out(name: str, rows: list[dict[str, Any]], programme: Programme | None, asked: _Asked) -> dict[str, Any]:
    is_control = (lambda group: group == programme.control) if programme and programme.control else (lambda group: str(group).lower() in HELD_OUT)
    control, treated = ([row for row in rows if row["over"] and bool(is_control(row["group"])) is which] for which in (True, False))
    pending = sum(row["n"] for row in rows if not row["over"])
    if not any(is_control(row["group"]) for row in rows):
        n = sum(row["n"] for row in treated)
        return asked.row(name, "none", state="no evidence possible", verdict="no evidence possible", n=n, treated=n, pending=pending)
    sizes = {"treated": sum(row["n"] for row in treated), "control": sum(row["n"] for row in control)}
    found = asked.row(name, "hold-out", state="ok", n=sum(sizes.values()), pending=pending, **sizes)
    if not found["n"]:
        return found | {"state": "not over yet"}
    if min(sizes.values()) < asked.floor:
        return found | {"state": "too few customers"}

    def sums(part: list[dict[str, Any]], *columns: str) -> Sums:
        return Sums(*(float(sum(row[column] for row in part)) for column in ("n", *columns)))

    one, other = (sums(part, "y", "yy", "x", "xx", "xy") for part in (treated, control))
    raw = difference(one, other, asked.confidence)
    adjusted = difference(one, other, asked.confidence, slope(one, other))
    low, high = adjusted.interval(asked.confidence)
    found |= {
        "of_treated": one.mean, "of_control": other.mean, "raw_effect": raw.size, "effect": adjusted.size, "low": low, "high": high,
        "always_low": adjusted.size - adjusted.always, "always_high": adjusted.size + adjusted.always, "p": adjusted.p,
    }  # fmt: skip
    one, other = (sums(part, "e", "ee", "x", "xx", "ex") for part in (treated, control))
    return found | asked.per_euro(name, difference(one, other, asked.confidence, slope(one, other)))


def _staggered(name: str, rows: list[dict[str, Any]], asked: _Asked) -> dict[str, Any]:
    """The mean over the months of beginning, by how many began; those not yet touched count as if they were the same each time."""
    months: dict[int, dict[int, dict[str, Any]]] = {}
    for row in rows:
        months.setdefault(row["start"], {})[row["touched"]] = row
    used = [pair for pair in months.values() if len(pair) == 2 and min(row["n"] for row in pair.values()) >= 2]  # noqa: PLR2004 -- both groups, with a variance
    treated = sum(pair[1]["n"] for pair in used)
    control = max((pair[0]["n"] for pair in used), default=0)
    found = asked.row(name, "staggered", state="ok", n=treated + control, treated=treated, control=control)
    if min(treated, control) < asked.floor:
        return found | {"state": "too few customers"}

    def whole(y: str) -> tuple[Difference, float, float]:
        parts = [(pair[1]["n"] / treated, *(Sums(pair[side]["n"], pair[side][y], pair[side][2 * y]) for side in (1, 0))) for pair in used]
        size = sum(share * (one.mean - other.mean) for share, one, other in parts)
        error = (sum(share**2 * one.variance() / one.n for share, one, _ in parts) + sum(share * (other.variance() / other.n) ** 0.5 for share, _, other in parts) ** 2) ** 0.5
        return Difference(size, error, float(max(treated + control - 2, 1)), 0.0), sum(share * one.mean for share, one, _ in parts), sum(share * other.mean for share, _, other in parts)

    (effect, of_treated, of_control), (trend, _, _) = whole("d"), whole("p")
    found["pre_trend_p"] = trend.p
    if trend.p < 1 - asked.confidence:
        return found | {"state": "moved apart before", "verdict": "no evidence possible"}
    low, high = effect.interval(asked.confidence)
    return found | {"of_treated": of_treated, "of_control": of_control, "raw_effect": effect.size, "effect": effect.size, "low": low, "high": high, "p": effect.p} | asked.per_euro(name, effect, asked.months)


def _interrupted(name: str, programme: Programme, rows: list[dict[str, Any]], asked: _Asked) -> dict[str, Any]:
    import numpy as np  # noqa: PLC0415 -- slow import

    if not programme.product or programme.since is None:
        # Without others whom it did not meet, whatever else happened since is the change's as well.
        return asked.row(name, "interrupted", state="no evidence possible", verdict="no evidence possible")
    y = "kept" if asked.outcome == "retention" else "money"
    months: dict[Any, dict[int, dict[str, Any]]] = {}
    for row in rows:
        months.setdefault(row["period"], {})[row["met"]] = row
    pairs = {period: pair for period, pair in sorted(months.items()) if len(pair) == 2 and min(row["n"] for row in pair.values()) >= asked.floor}  # noqa: PLR2004 -- both series
    treated, control = (max((pair[side]["n"] for pair in pairs.values()), default=0) for side in (1, 0))
    found = asked.row(name, "interrupted", state="ok", n=treated + control, treated=treated, control=control)
    weight = np.array([1 / (1 / pair[1]["n"] + 1 / pair[0]["n"]) for pair in pairs.values()])
    effect, money = (_step(pairs, column, weight, programme.since) for column in (y, "money"))
    if effect is None or money is None:
        return found | {"state": "too few months"}
    after = [pair for period, pair in pairs.items() if period >= programme.since]
    low, high = effect.interval(asked.confidence)
    treated_mean, control_mean = (float(np.mean([pair[side][y] for pair in after])) for side in (1, 0))
    found |= {"of_treated": treated_mean, "of_control": control_mean, "raw_effect": treated_mean - control_mean, "effect": effect.size, "low": low, "high": high, "p": effect.p}
    return found | asked.per_euro(name, money, asked.months)


def _step(pairs: dict[Any, dict[int, dict[str, Any]]], y: str, weight: Any, since: date) -> Difference | None:
    import numpy as np  # noqa: PLC0415 -- slow import

    fitted = step(list(pairs), np.array([pair[1][y] - pair[0][y] for pair in pairs.values()]), weight, since) if pairs else None
    return Difference(fitted.size, fitted.error, fitted.freedom, 0.0) if fitted else None


def behind(journal: Journal, *, days: int = 182) -> ir.Table:
    """Whose time after the start of a programme is over, by whether chance left them out; and whose is not.

    Keys: programme, design
    Counts: n, treated, control, pending
    Only: design: hold-out, none
    """
    import ibis  # noqa: PLC0415 -- slow import

    rows = _entered(journal, days)
    known = journal.settings.programmes
    named = {programme.campaign or name: (name, programme.control) for name, programme in known.items()}
    held_out = rows.group.lower().isin(list(HELD_OUT))
    own = [(rows.programme == campaign, rows.group == control) for campaign, (_, control) in named.items() if control]
    control = (ibis.cases(*own, else_=held_out) if own else held_out).fill_null(False)  # noqa: FBT003 -- Ibis' own
    name = ibis.cases(*((rows.programme == campaign, name) for campaign, (name, _) in named.items()), else_=rows.programme) if named else rows.programme
    marks = {"n": rows.over, "treated": rows.over & ~control, "control": rows.over & control, "pending": ~rows.over}
    counted = rows.select("customer_id", programme=name, **{mark: value.cast("int64") for mark, value in marks.items()})
    # Without anybody left out it is no experiment: the same customers under another word.
    return counted.mutate(design=ibis.array(["hold-out", "none"]).unnest())


def _entered(journal: Journal, days: int) -> ir.Table:
    """Who entered a programme without having left before, and what became of them."""
    rows = followed(journal, entries(journal), days)
    return rows.filter(~rows.before)

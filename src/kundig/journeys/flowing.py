"""Flows of a large journal, from parts of it that are looked at one after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from kundig.conformance.parts import Part, of_part
from kundig.conformance.steps import Level, Stretch, chosen
from kundig.estimates import Estimate
from kundig.journeys.codes import coded, codes
from kundig.statistics.merged import merged, stands_for
from kundig.statistics.ordered import in_order

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

QUANTILES = (0.5, 0.9)
KEYS = ("group", "source", "target")
TYPES = {"group": "string", "source": "string", "target": "string", "n": "int64", "customers": "int64", "cases": "int64", "median_seconds": "float64", "p90_seconds": "float64"}


def in_parts(journal: Journal, parts: int, unit: Stretch, level: Level, pause: str, where: str | None, by: str | None) -> Estimate:  # noqa: PLR0913 -- as asked
    """The answer of `flows`, part after part, so that what the engine holds, in memory and on disk, does not grow with the journal."""
    tables = {}
    for number in range(parts):
        passed, names, grouped = passages_of(journal, unit, level, pause, where, by, (number, parts))
        tables[f"part_{number}"] = _counted(passed, names, grouped, unit)
        if unit == "case":
            abroad = _abroad(chosen(journal, unit, level, pause, where))
            own = passed.semi_join(abroad, "customer_id").select(*grouped, "source", "target", "customer_id").distinct()
            tables[f"abroad_{number}"] = _named(own, names, grouped).select(*KEYS, "customer_id")
    return Estimate(tables, TYPES, _summed)


def _at_home(events: ir.Table, unit: Stretch) -> ir.Table:
    """The events with `home`, whose part they are of: the customer's, or of a case the alphabetically first of its customers."""
    if unit != "case":
        return events.mutate(home=events.customer_id)
    homes = events.group_by("journey").agg(home=events.customer_id.min().fill_null(""))
    return events.join(homes, "journey")


def _abroad(events: ir.Table) -> ir.Table:
    """Customers who may be in several parts: a case of theirs is at home with another."""
    shared = _at_home(events, "case")
    return shared.filter(shared.customer_id != shared.home).select("customer_id").distinct()


def _counted(passed: ir.Table, names: ir.Table, grouped: list[str], unit: Stretch) -> ir.Table:
    """For each flow of a part its counts and what stands for its lengths of time."""
    found = passed.group_by([*grouped, "source", "target"]).agg(n=passed.count(), **different(passed, unit), spans=in_order(passed.seconds))
    return _named(found.mutate(values=stands_for(found.spans)).drop("spans"), names, grouped).select(*KEYS, "n", "cases", "values", customers="cases" if unit == "customer" else "customers")


def _summed(**tables: pa.Table) -> dict[str, Any]:
    """The answer from the flows of each part."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    whole = pa.concat_tables([table for name, table in tables.items() if name.startswith("part_")])
    values = whole["values"].combine_chunks()
    every = values.values.to_numpy()
    ends = values.offsets.to_numpy()
    rows = whole.drop_columns("values").to_pylist()
    places: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[tuple(row[key] for key in KEYS)].append(place)
    again = _again([table for name, table in tables.items() if name.startswith("abroad_")])
    found = []
    for key, those in places.items():
        spans = merged([(rows[place]["n"], every[ends[place] : ends[place + 1]]) for place in those], QUANTILES)
        n, cases, customers = (sum(rows[place][name] for place in those) for name in ("n", "cases", "customers"))
        found.append((*key, n, customers - again[key], cases, *spans))
    found.sort(key=lambda row: (row[0] is None, row[0] or "", -row[3], row[1], row[2]))
    return dict(zip(TYPES, zip(*found, strict=True) if found else [()] * len(TYPES), strict=True))


def _again(tables: list[pa.Table]) -> Counter[tuple[Any, ...]]:
    """How often customers of a flow were counted in one part more."""
    listed = Counter(tuple(row.values()) for table in tables for row in table.select([*KEYS, "customer_id"]).to_pylist())
    more: Counter[tuple[Any, ...]] = Counter()
    for (*key, _), parts in listed.items():
        more[tuple(key)] += parts - 1
    return more


def different(passed: ir.Table, unit: Stretch) -> dict[str, Any]:
    """How many different journeys and customers, to aggregate with. It is dear: where a journey is a customer, once is enough."""
    return {"cases": passed.journey.nunique(), **({"customers": passed.customer_id.nunique()} if unit != "customer" else {})}


def _named(found: ir.Table, names: ir.Table, grouped: list[str]) -> ir.Table:
    """With the names of steps instead of their codes, and a group."""
    import ibis  # noqa: PLC0415 -- slow import

    sources, targets = names.select(code="code", source_step="step"), names.select(code="code", target_step="step")
    joined = found.join(sources, found.source == sources.code).drop("code").join(targets, found.target == targets.code).drop("code", "source", "target")
    return joined.mutate(source="source_step", target="target_step", **({} if grouped else {"group": ibis.null("string")}))


def passages_of(journal: Journal, unit: Stretch, level: Level, pause: str, where: str | None, by: str | None, part: Part | None = None) -> tuple[ir.Table, ir.Table, list[str]]:  # noqa: PLR0913 -- as asked
    """One row a passage, its steps as numbers; the steps of these numbers; and by what they are parted."""
    import ibis  # noqa: PLC0415 -- slow import

    events = chosen(journal, unit, level, pause, where, by)
    if part is not None:
        events = of_part(_at_home(events, unit), part, "home")
    names = codes(journal, level)
    parts = [] if by is None else ["group"]
    # Turned into seconds once an event, not once a passage and end.
    table = coded(events.select("journey", "customer_id", "occurred_at", "step", *parts, second=events.occurred_at.epoch_seconds()), names)
    in_order = ibis.window(group_by="journey", order_by=["occurred_at", "code"])
    paired = table.select(
        "journey",
        *parts,
        "customer_id",
        source="code",
        target=table.code.lead().over(in_order),
        seconds=(table.second.lead().over(in_order) - table.second).cast("float64"),
    )
    return paired.filter(paired.target.notnull()), names, parts

"""Silences: events that did not come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.conformance.obligations import accepted, members, named, obligations, present
from kundig.conformance.steps import steps
from kundig.journeys.rhythm import among_peers, rhythm
from kundig.statistics import benjamini_hochberg

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

DAY = 86400.0
LAST_YEAR = 365
SHAPE = {
    "what": "string",
    "group": "string",
    "state": "string",
    "source": "string",
    "customer_id": "string",
    "journey": "string",
    "expected": "string",
    "last_at": "timestamp('UTC')",
    "due_at": "timestamp('UTC')",
    "silent_seconds": "float64",
    "usual_seconds": "float64",
    "n": "int64",
    "p": "float64",
    "q": "float64",
}


def silences(journal: Journal, *, where: str | None = None, by: str | None = None, least: int = 5, false_alarms: float = 0.05) -> ir.Table:
    """What should have come by now and has not: who has fallen silent, which source, and what is owed?

    A customer is measured against his own rhythm, the pauses between his own events of one source. The chance p is that of
    finding, at a moment taken at random, so long a pause if nothing had changed: how often the last event lay that long back
    in his own past, or that much longer than usual in the past of all customers of the source, whichever is more. So bursts
    and holidays, which others had as well, are no silence. A source is measured against the pauses between its own days with
    events; beyond the longest of them a Pareto tail is fitted. All customers together, and all sources together, are
    corrected after Benjamini and Hochberg: of those called silent, at most the share `false_alarms` is expected to be chance.
    With fewer than `least` past pauses there is no rhythm: a source is then listed with too few, a customer is left out.

    The source is silent is another thing than the customer is silent. Where a source is silent, its customers' pauses
    end with its last event, and what it would have to report is marked. A source without events in the same days of the
    year before (the first quarter of the pause apart), though it had others earlier, is as silent as last year: no alarm. Customers whose contract has ended
    owe nothing, and are left out.

    What is owed comes from the target journeys of kundig.yaml: a step that was missing at its deadline and is so today.
    If every source that ever reported such a step is silent, it is the sources that are silent. Now is the moment of
    `--as-of`, or the latest at which anything became known.

    Args:
        where: only customers and owed steps with these attributes, with commas between them, such as `segment=gold, channel=web`; a customer and a journey have those of their first event that has any. Sources are always told of.
        by: what to tell of each customer and owed step, such as segment, channel, product, properties.NAME or cohort (the quarter of the customer's first event).
        least: with fewer past pauses than this there is no rhythm.
        false_alarms: the share of false alarms expected among sources and customers called silent.

    Columns:
        what: `source`, `customer` or `step`
        group: the value of `by`; null where there is none, for a source, or without `by`
        state: `silent`; of a source also `heard`, `as last year` or `too few pauses`; of a step also `source is silent`
        source: the source; null for a step
        customer_id: whose event did not come; null for a source, and where nobody is named
        journey: the case or customer to whose target journey a step is owed
        expected: the rule of the target journey by which it is owed; null otherwise
        last_at: the last event; of a step, the one that asked for it
        due_at: since when a step is overdue
        silent_seconds: how long nothing has come; of a source in whole days; of a customer as far as its source was heard
        usual_seconds: half of the past pauses took at most this long
        n: past pauses; 1 for a step
        p: the chance of a pause at least that long, if nothing has changed; null for a step
        q: the same, corrected for many comparisons

    Order:
        sources, customers, steps; the least likely first, then the latest due, then by source, customer, journey and expected

    Example:
        >>> from kundig.journal import told
        >>> def daily(who, *months):
        ...     return [(who, "app", f"2026-{month:02}-{day:02}") for month in months for day in range(1, 29)]
        >>> journal = told([*daily("ben", 1, 2, 3), *daily("cyd", 1, 2, 3, 4)])
        >>> silences(journal).select("what", "state", "customer_id", "n").to_pyarrow().to_pylist()
        [{'what': 'source', 'state': 'heard', 'customer_id': None, 'n': 111}, {'what': 'customer', 'state': 'silent', 'customer_id': 'ben', 'n': 83}]
    """
    heard = _sources(journal, least, false_alarms)
    parts = [_shaped(heard, what="source"), _shaped(_customers(journal, heard, where, by, least, false_alarms), what="customer")]
    parts += [_shaped(_owed(journal, heard, name, where, by), what="step") for name in sorted(journal.settings.journeys)]
    import ibis  # noqa: PLC0415 -- slow import

    whole = parts[0].union(*parts[1:])
    place = ibis.cases((whole.what == "source", 0), (whole.what == "customer", 1), else_=2)
    keys = [ibis.asc(whole[name], nulls_first=False) for name in ("source", "customer_id", "journey", "expected", "last_at")]
    return whole.order_by(place, ibis.asc("p", nulls_first=False), ibis.desc("due_at", nulls_first=False), *keys)


def _sources(journal: Journal, least: int, false_alarms: float) -> ir.Table:
    """Each source with its rhythm of days, `state`, and `until`: the second up to which it was heard."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    now = present(journal)
    days = events.select("source", day=(events.occurred_at.epoch_seconds() / DAY).floor().cast("float64")).distinct().filter(lambda table: table.source.notnull())
    timed = days.cross_join(now.select(today=(now.present.epoch_seconds() / DAY).floor().cast("float64"))).rename(time="day")
    found = rhythm(timed, ["source"], "today")
    judged = benjamini_hochberg(found.mutate(p=ibis.ifelse(found.n >= least, found.p, ibis.null("float64"))), "p", [], ["source"])
    # The same days of the year before: a source that was silent then as well, and had spoken earlier, keeps a season.
    before = timed.join(found.select("source", "last_at", "pause"), "source")
    # A season never begins on the very same day.
    same = (before.time > before.last_at + before.pause / 4 - LAST_YEAR) & (before.time <= before.last_at + before.pause - LAST_YEAR)
    then = before.group_by("source").agg(same=same.cast("int64").sum(), earlier=(before.time <= before.last_at - LAST_YEAR).cast("int64").sum())
    compared = judged.join(then, "source").cross_join(now)
    silent = compared.q <= false_alarms
    state = ibis.cases(
        (compared.q.isnull(), "too few pauses"),
        (silent & (compared.same == 0) & (compared.earlier > 0), "as last year"),
        (silent, "silent"),
        else_="heard",
    )
    stated = compared.mutate(state=state)
    latest = events.filter(events.source.notnull()).group_by("source").agg(latest=events.occurred_at.max())
    told = stated.join(latest, "source")
    return told.select(
        "source",
        "state",
        "n",
        "p",
        "q",
        last_at="latest",
        silent_seconds=told.pause * DAY,
        usual_seconds=told.usual * DAY,
        until=ibis.ifelse(told.state == "silent", told.latest, told.present).epoch_seconds().cast("float64"),
    )


def _customers(journal: Journal, heard: ir.Table, where: str | None, by: str | None, least: int, false_alarms: float) -> ir.Table:  # noqa: PLR0913 -- what was asked
    """Customers who are silent by their own rhythm in one source."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events.filter(lambda table: table.customer_id.notnull() & table.source.notnull())
    meant = steps(journal, "customer", "kind", where=where, by=by, unnamed="")
    if where is not None:
        events = events.semi_join(meant.select("customer_id"), "customer_id")
    timed = events.select("customer_id", "source", "occurred_at", time=events.occurred_at.epoch_seconds().cast("float64"))
    contracts = events.filter(events.outcome.isin(["started", "renewed", "expanded", "reduced", "ended"]))
    newest = ibis.struct({"at": contracts.occurred_at, "outcome": contracts.outcome}).max()["outcome"]
    gone = contracts.group_by("customer_id").agg(newest=newest).filter(lambda table: table.newest == "ended")
    here = timed.anti_join(gone, "customer_id").join(heard.select("source", "until"), "source")
    judged = benjamini_hochberg(among_peers(here, "customer_id", "source", "until", least), "p", [], ["customer_id", "source"])
    silent = _grouped(judged.filter(judged.q <= false_alarms), meant, by, "customer_id")
    return silent.select(
        "group",
        "customer_id",
        "source",
        "n",
        "p",
        "q",
        state=ibis.literal("silent"),
        last_at=silent.last_at.cast("int64").as_timestamp("s").cast("timestamp('UTC')"),
        silent_seconds="pause",
        usual_seconds="usual",
    )


def _owed(journal: Journal, heard: ir.Table, name: str, where: str | None, by: str | None) -> ir.Table:
    """Steps of a target journey that were due and have not come."""
    import ibis  # noqa: PLC0415 -- slow import

    target = journal.settings.journeys[name]
    found = obligations(journal, target, where)
    missing = found.filter((found.state == "violated") & (found.deviation == "missing") & ~accepted(found, target))
    numbers = [rule.step if rule.other is None or rule.template == "precedence" else rule.other for rule in target.rules]
    kinds = journal.events.select("source", step=journal.events[target.level]).filter(lambda table: table.step.notnull()).distinct()
    # When was any of the sources that report such a step heard last?
    reported = kinds.join(heard.select("source", "until"), "source").group_by("step").agg(until=lambda table: table.until.max())
    asked = missing.mutate(step=ibis.cases(*((missing.number == number, step) for number, step in enumerate(numbers))))
    asked = _grouped(asked, members(journal, target, where, by), by, "journey")
    told = asked.left_join(reported, "step").cross_join(present(journal))
    due = told.violated_at.epoch_seconds().cast("float64")
    return told.select(
        "group",
        "customer_id",
        "journey",
        state=ibis.ifelse(told.until < due, "source is silent", "silent").fill_null("silent"),
        expected=named(told.number, target.rules),
        last_at="activated_at",
        due_at="violated_at",
        silent_seconds=told.present.epoch_seconds().cast("float64") - due,
        n=ibis.literal(1, "int64"),
    )


def _grouped(table: ir.Table, meant: ir.Table, by: str | None, key: str) -> ir.Table:
    """The rows with the `group` of the steps that have the same `key`; null without `by`."""
    import ibis  # noqa: PLC0415 -- slow import

    if by is None:
        return table.mutate(group=ibis.null("string"))
    groups = meant.select("group", of=key).distinct()
    return table.left_join(groups, table[key] == groups.of).drop("of")


def _shaped(table: ir.Table, *, what: str) -> ir.Table:
    """The rows with all columns of the answer."""
    import ibis  # noqa: PLC0415 -- slow import

    columns: dict[str, Any] = {name: table[name] if name in table.columns else ibis.null(type_) for name, type_ in SHAPE.items()}
    return table.select(**columns | {"what": ibis.literal(what)}).cast(SHAPE)

"""Cost to serve: what a contact costs, and what it costs until a concern is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.errors import ArgumentError, nearest
from kundig.journal import split
from kundig.least import least
from kundig.statistics import wilson, z_value
from kundig.statistics.ratios import ratio
from kundig.value.concerns import WINDOWS, contacts, said
from kundig.value.money import MONEY

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

BY = ("channel", "concern", "segment")


def cost_to_serve(journal: Journal, *, by: str = "channel", days: int = 7, floor: int = 20, confidence: float = 0.95) -> ir.Table:
    """What does a contact cost, and what a solved concern?

    Contacts of one customer about one concern (property `concern`), in any channel, with at most `days` between each are one
    concern; it stands with the channel that opened it, counts once `days` have passed since its last contact, and costs all its contacts. Contacts
    of which nobody said what they were about are one concern, `not told`, and so count as repeats of each other. The cost
    of a contact is its own amount; else its handle time (property `handle_seconds`) × loaded hourly rate / concurrency + technology +
    overhead, as `costs.handling` in kundig.yaml settles it for its channel; else that of its channel under `costs.contacts`, or `costs.contact`. An
    amount below 0, or in a currency without a rate, is none. Where half of a channel's contacts or more have a cost, the others cost the mean of these.

    First-contact resolution is given in both definitions. Operations: the share of contacts without another about the same within so many days
    before, that have none within so many days after; contacts of the last days are left out, since more may come. Customers: the share
    of yes among those asked whether it was solved (property `solved` of feedback) within 14 days. Neither says how hard concerns
    are: easy ones leave for self-service first, and the rest gets dearer.

    Args:
        by: channel, concern, segment, or several of them split by commas.
        days: the longest pause within one concern.
        floor: with fewer concerns than this there is no figure.
        confidence: of the intervals.

    Columns:
        channel: that opened the concern; null unless asked for
        concern: what it was about, or `not told`; null unless asked for
        segment: of the customer; null unless asked for
        state: `ok`, `too few concerns`, or `no costs` where the cost of a contact is not known
        n: concerns that are over
        contacts: contacts in them
        priced: of these, whose own cost is known
        self_service: share of concerns opened by self-service
        cost_per_contact: mean cost of a contact
        cost_per_concern: mean cost of a concern, with all its contacts
        cost_low: lower end of its interval
        cost_high: upper end of its interval
        cost: of all these concerns
        solved_7: share solved at first contact, no other within 7 days
        solved_7_low: lower end of its interval
        solved_7_high: upper end of its interval
        solved_14: the same within 14 days
        solved_14_low: lower end of its interval
        solved_14_high: upper end of its interval
        solved_30: the same within 30 days
        solved_30_low: lower end of its interval
        solved_30_high: upper end of its interval
        asked: concerns whose customer was asked whether it was solved
        said_solved: share of yes among them
        said_low: lower end of its interval
        said_high: upper end of its interval

    Order:
        by channel, concern and segment, null last

    Settings:
        company.currency, rates, costs.handling, costs.contacts, costs.contact

    Empty:
        There is nothing to answer from: no known customer had a contact (kinds `call`, `complaint`, `message_in`, `case_opened`,
        `inquiry`, `visit_onsite`, `self_service`).

    Example:
        >>> from kundig.journal import told
        >>> calls = [(f"c{n}", f"2026-03-{day:02}") for n in range(20) for day in ((1, 4) if n % 4 == 0 else (1,))]
        >>> events = [{"subject": s, "kind": "call", "channel": "phone", "occurred_at": at, "amount": 4, "properties": {"concern": "bill"}} for s, at in calls]
        >>> table = cost_to_serve(told([*events, ("eve", "visit", "2026-05-31")]))
        >>> table.select("n", "contacts", "solved_7", "cost_per_contact", "cost_per_concern").execute().to_dict("records")
        [{'n': 20, 'contacts': 25, 'solved_7': 0.75, 'cost_per_contact': 4.0, 'cost_per_concern': 5.0}]

    Raises:
        ArgumentError: `by` names something else, or `days` is below 1.
    """
    import ibis  # noqa: PLC0415 -- slow import

    keys = _keys(by)
    least(days=days, floor=floor)
    z = z_value(confidence)
    rows = _contacts(journal, keys, days)
    over = _over(journal, rows, keys, days)
    mean = ratio(over.cost.fill_null(0), ibis.literal(1.0) + 0 * over.contacts, over.count(), z)
    sums = over.group_by(list(BY)).agg(
        n=over.count(), contacts=over.contacts.sum(), priced=over.priced.sum(), costed=over.costed.sum(), own=over.own.sum(), cost=over.cost.sum().cast(MONEY),
        per=mean[0], cost_low=mean[1].clip(lower=0.0), cost_high=mean[2], asked=over.yes.count(), yes=over.yes.sum().fill_null(0),
    )  # fmt: skip
    values = {"channel": rows.channel, "concern": rows.concern, "segment": rows.segment}
    opened = rows.mutate(**{f"by_{name}": values[name] if name in keys else ibis.null("string") for name in BY})
    counted: dict[str, Any] = {}
    for window in WINDOWS:
        chosen = (opened.before.isnull() | (opened.before > window)) & (opened.seen > window)
        counted[f"opened_{window}"] = chosen.cast("int64").sum()
        counted[f"solved_{window}"] = (chosen & (opened.after.isnull() | (opened.after > window))).cast("int64").sum()
    firsts = opened.group_by([f"by_{name}" for name in BY]).agg(**counted)
    together = [sums[name].fill_null("") == firsts[f"by_{name}"].fill_null("") for name in BY]
    figures = sums.left_join(firsts, together)
    enough, none = figures.n >= max(floor, 2), ibis.null("float64")
    known = figures.costed == figures.contacts
    shown: dict[str, Any] = {}
    for window in WINDOWS:
        n = figures[f"opened_{window}"].cast("float64")
        low, high = wilson(figures[f"solved_{window}"], n.nullif(0.0), z)
        ok = n >= max(floor, 2)
        shown |= {
            f"solved_{window}": ibis.ifelse(ok, figures[f"solved_{window}"] / n.nullif(0.0), none),
            f"solved_{window}_low": ibis.ifelse(ok, low, none),
            f"solved_{window}_high": ibis.ifelse(ok, high, none),
        }
    asked_n = figures.asked.cast("float64").nullif(0.0)
    low, high = wilson(figures.yes, asked_n, z)
    some = figures.asked >= max(floor, 2)
    priced = enough & known
    return figures.select(
        "channel", "concern", "segment", state=ibis.cases((~enough, "too few concerns"), (~known, "no costs"), else_="ok"), n="n", contacts="contacts", priced="priced",
        self_service=ibis.ifelse(enough, figures.own / figures.n, none), cost_per_contact=ibis.ifelse(priced, figures.cost.cast("float64") / figures.contacts, none),
        cost_per_concern=ibis.ifelse(priced, figures.per, none), cost_low=ibis.ifelse(priced, figures.cost_low, none), cost_high=ibis.ifelse(priced, figures.cost_high, none),
        cost=ibis.ifelse(known, figures.cost, ibis.null(MONEY)), **shown, asked="asked",
        said_solved=ibis.ifelse(some, figures.yes / asked_n, none), said_low=ibis.ifelse(some, low, none), said_high=ibis.ifelse(some, high, none),
    ).order_by(*(ibis.asc(name, nulls_first=False) for name in BY))  # fmt: skip


def behind(journal: Journal, *, by: str = "channel", days: int = 7) -> ir.Table:
    """Whose concerns are over, with the contacts that they took, and whether they were asked.

    Keys: channel, concern, segment
    Counts: n, contacts, priced, asked
    """
    keys = _keys(by)
    over = _over(journal, _contacts(journal, keys, days), keys, days)
    return over.select(*BY, "customer_id", "contacts", "priced", n=over.contacts.notnull().cast("int64"), asked=over.yes.notnull().cast("int64"))


def _keys(by: str) -> list[str]:
    keys = [name.strip() for name in by.split(",") if name.strip()]
    for name in keys:
        if name not in BY:
            raise ArgumentError(f"cannot split by {name!r}; {nearest(name, BY)}")
    return keys


def _contacts(journal: Journal, keys: list[str], days: int) -> ir.Table:
    """Contacts with the customer's segment, where it is asked for."""
    import ibis  # noqa: PLC0415 -- slow import

    rows = contacts(journal, days)
    segment: Any = ibis.null("string")
    if "segment" in keys:
        rows, segment = split(journal, rows, "segment")
    return rows.mutate(segment=segment)


def _over(journal: Journal, rows: ir.Table, keys: list[str], days: int) -> ir.Table:
    """One row a concern whose time is over: its contacts and their cost."""
    import ibis  # noqa: PLC0415 -- slow import

    first = ibis.struct({"at": rows.local_at, "own": rows.helped_self, "channel": rows.channel})
    episodes = rows.group_by(["customer_id", "concern", "episode"]).agg(
        contacts=rows.count(), cost=rows.cost.sum(), priced=rows.priced.sum(), costed=rows.cost.count(), first=first.min(), last_seen=rows.seen.min(), segment=rows.segment.max()
    )
    answers = said(journal)
    close = episodes.inner_join(answers, episodes.customer_id == answers.said_id)
    close = close.filter((close.said_at >= close.first["at"]) & (close.said_at <= close.first["at"] + ibis.interval(days=14)))
    asked = close.group_by(["customer_id", "concern", "episode"]).agg(yes=close.solved.max())
    whole = episodes.left_join(asked, ["customer_id", "concern", "episode"])
    whole = whole.filter(whole.last_seen > days)
    values: dict[str, Any] = {"channel": whole.first["channel"], "concern": whole.concern, "segment": whole.segment}
    grouped = {name: values[name] if name in keys else ibis.null("string") for name in BY}
    return whole.select("customer_id", **grouped, contacts="contacts", cost="cost", priced="priced", costed="costed", own=whole.first["own"], yes="yes")

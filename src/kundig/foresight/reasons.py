"""Reasons: what leavers say, what had happened to them, and how much of the loss goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from kundig.estimates import Estimate
from kundig.foresight.incidents import contacts, incidents
from kundig.foresight.matched import exposures, matched, people, prospects, stated
from kundig.least import least
from kundig.statistics import z_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    import pyarrow as pa

    from kundig.journal import Journal

TYPES = {
    "part": "string", "reason": "string", "stated": "string", "rate_ratio": "float64", "low": "float64", "high": "float64", "verdict": "string", "state": "string", "n": "int64",
    "typed_by": "string", "exposed": "int64", "controls": "int64", "exposed_controls": "int64", "adjusted": "float64", "adjusted_low": "float64", "adjusted_high": "float64", "q": "float64",
    **{f"{name}{end}": "float64" for name in ("once", "often", "recent", "earlier") for end in ("", "_low", "_high")},
    "share": "float64", "share_low": "float64", "share_high": "float64",
    "amount": "decimal(18, 4)", "amount_low": "decimal(18, 4)", "amount_high": "decimal(18, 4)",
}  # fmt: skip


Move = Literal["leaving", "joining"]


def reasons(journal: Journal, *, of: Move = "leaving", within: int = 180, floor: int = 30, confidence: float = 0.95) -> Estimate:
    """Why do customers leave, or come: what do they say, what had happened to them, and what is it worth?

    Each leaver is compared with up to five customers who were under contract on the same day, had not given notice,
    and have the same product and segment: those who began nearest in time, within the same half-year (a nested
    case-control study with risk-set matching). The rate ratio says how much oftener those leave to whom something happened
    in the days before; it is estimated for each incident alone, and `adjusted` beside those that stand: of all that
    are found alone, step by step the one that adds most to those before it. False discoveries are controlled after
    Benjamini and Hochberg, over all incidents alone, and once more over the finds beside each other. What is found
    goes with leaving; only a trial shows what causes it.

    Stated reasons are kept apart, with who typed them: staff or the customer. The share of the loss that goes with an
    incident is that of leavers exposed times what their rate is above the others' (Bruzzi 1985); its amount is the
    yearly price of the leavers. The parts `lever` set cutting the price (price changes and the stated reason price)
    against repairing the process (all other incidents that stand out).

    With `--of joining` it is asked why they come: those whose first contract or order came are compared with
    prospects who were first known nearest in time, within the same half-year, are of the same segment, and had not
    come by that day. Incidents are what they met before, by touchpoint, after that by which they were first known;
    stated reasons are events of the kind `entry_interview`; amounts are the yearly price they began with. There are
    no levers. Read `leaver` as whoever came.

    Args:
        of: leaving, or joining.
        within: days before leaving in which an incident counts.
        floor: with fewer leavers than this there is no figure.
        confidence: of the intervals.

    Columns:
        part: `revealed` (an incident), `stated` (a reason as noted), `stated × revealed`, or `lever`
        reason: the incident or lever; `nothing that stands out` where none was found
        stated: the reason as noted, in a few groups; null where only incidents are meant
        rate_ratio: how many times as often they leave
        low: lower end of its interval
        high: upper end of its interval
        verdict: `goes with leaving` (or `goes with joining`), `goes with the others` (found alone, but adds nothing to the finds that stand), `goes with staying` (or `goes with not joining`), or `may be chance`
        state: `ok`, `too few leavers`, `no leaver` (`nobody came`, `too few who came`), or `nobody alike` where no leaver had anyone to be compared with, `too few incidents` with fewer than ten
        n: leavers concerned; those compared on rows of incidents
        typed_by: staff, customer, or both; null where nothing was noted
        exposed: leavers to whom it had happened
        controls: customers they were compared with
        exposed_controls: of those, to whom it had happened
        adjusted: the rate ratio with the other finds that stand held alike; null where there was no find
        adjusted_low: lower end of its interval
        adjusted_high: upper end of its interval
        q: smallest rate of false discoveries at which it is found
        once: rate ratio of one such incident
        once_low: lower end of its interval
        once_high: upper end of its interval
        often: rate ratio of two or more
        often_low: lower end of its interval
        often_high: upper end of its interval
        recent: rate ratio of incidents in the latter half of the days
        recent_low: lower end of its interval
        recent_high: upper end of its interval
        earlier: rate ratio of those before
        earlier_low: lower end of its interval
        earlier_high: upper end of its interval
        share: of leavings that go with it; of stated reasons their share among those noted
        share_low: lower end of its interval
        share_high: upper end of its interval
        amount: yearly price of the leavers times the share; of stated reasons the yearly price of those who gave them
        amount_low: lower end
        amount_high: upper end

    Order:
        revealed by q and incident, then stated by n, then stated × revealed, then levers

    Example:
        >>> from kundig.journal import told
        >>> journal = told([{"subject": "ada", "kind": "contract", "occurred_at": "2026-03-01", "outcome": "started", "amount": 30}])
        >>> reasons(journal).to_pyarrow().select(["part", "state"]).to_pylist()
        [{'part': 'revealed', 'state': 'no leaver'}]

    Raises:
        ArgumentError: an argument cannot be meant.
    """
    z = z_value(confidence)
    least(within=within, floor=floor)

    def finish(members: pa.Table, happened: pa.Table, said: pa.Table, all_events: pa.Table) -> Mapping[str, Any]:
        from kundig.foresight.compared import compared  # noqa: PLC0415 -- slow import

        if not all_events["events"][0].as_py():
            return {name: [] for name in TYPES}
        found = compared(members, happened, said, within, floor, z, of)
        return {name: [row.get(name) for row in found] for name in TYPES}

    tables = _tables(journal, of, within)
    return Estimate(tables, TYPES, finish)


def behind(journal: Journal, *, of: Move = "leaving", within: int = 180, floor: int = 30, confidence: float = 0.95) -> Estimate:
    """Which leavers each row counts, and which of them had met the incident.

    Keys: part, reason, stated, typed_by
    Counts: n, exposed
    """
    z = z_value(confidence)
    types = {"part": "string", "reason": "string", "stated": "string", "typed_by": "string", "customer_id": "string", "n": "int64", "exposed": "int64"}

    def finish(members: pa.Table, happened: pa.Table, said: pa.Table, all_events: pa.Table) -> Mapping[str, Any]:
        from kundig.foresight.compared import EXPOSED, WHO, compared  # noqa: PLC0415 -- slow import

        leavers = sorted(set(members["leaver"].to_pylist()))
        rows = compared(members, happened, said, within, floor, z, of) if all_events["events"][0].as_py() else []
        # At most five thousand leavers are looked at.
        pairs = [(row, number, number in met) for row in rows for met in [set(row.get(EXPOSED, ()))] for number in row.get(WHO, ())]
        keys = {name: [row.get(name) for row, _, _ in pairs] for name in ("part", "reason", "stated", "typed_by")}
        return {**keys, "customer_id": [leavers[number] for _, number, _ in pairs], "n": [1] * len(pairs), "exposed": [int(met) for _, _, met in pairs]}

    return Estimate(_tables(journal, of, within), types, finish)


def _tables(journal: Journal, of: Move, within: int) -> dict[str, ir.Table]:
    """Leavers with those alike, what had happened to them, and what was said."""
    members = matched(people(journal) if of == "leaving" else prospects(journal))
    return {
        "members": members.order_by("leaver", "customer_id"),
        "happened": exposures(members, incidents(journal) if of == "leaving" else contacts(journal), within).order_by("leaver", "customer_id", "incident"),
        "said": stated(journal, "exit_interview" if of == "leaving" else "entry_interview").order_by("customer_id", "occurred_at", "event_id"),
        "all_events": journal.events.agg(events=journal.events.count()),
    }

"""A programme that began for customers at different times: the change of those touched against those not yet touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.contracts import number
from kundig.value.present import present
from kundig.value.trials import losses, spent

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

MOST_COMPARED = 100_000
"""From so many customers those not yet touched are drawn: beyond it their mean is known better than any effect asks for."""


def stacks(journal: Journal, name: str, touchpoint: str, months: int) -> ir.Table:
    """For each month in which customers were first touched, the sums of changes of those and of customers not touched until its window ends.

    A customer is compared with itself: spend a month within `months` from the month of the touch on, less that in as many
    months before. The same difference a window earlier is the pre-trend. Customers count from their first event on, if they were
    not lost within the window; months before spend was recorded do not count. Of more
    than `MOST_COMPARED` customers, those not touched are an even draw of so many; all who were touched count.

    Columns:
        programme, begun: which, the number of the month
        touched: 1 for those touched then, 0 for those not yet
        n: customers
        d, dd, p, pp: sums and squares of the change, and of the change a window before
    """
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events.filter(journal.events.customer_id.notnull())
    people = events.group_by("customer_id").agg(
        came=number(events.local_at.min(), "month"), begun=number(events.local_at.min(where=events.touchpoint == touchpoint), "month")
    )
    gone = losses(journal).group_by("lost_id").agg(left=lambda table: number(table.lost_at.min(), "month"))
    people = people.left_join(gone, people.customer_id == gone.lost_id).drop("lost_id")
    now = number(present(journal).present, "month").name("now").as_table()
    paid = spent(journal)
    monthly = paid.group_by(["spent_id", number(paid.spent_at, "month").name("month")]).agg(money=paid.spent.sum().cast("float64"))
    # Before spend was recorded nobody seems to spend: of months in which nothing could be seen nothing is told, nor of the first, which may not be whole.
    recorded = monthly.agg(recorded=monthly.month.min() + 1)
    those = people.filter(people.begun.notnull()).mutate(start=lambda table: table.begun, touched=ibis.literal(1, "int64")).cross_join(now).cross_join(recorded)
    those = those.filter((those.start + months <= those.now) & (those.start - 2 * months >= those.recorded))
    starts = those.select("start").distinct()
    # Every customer beside every month would be more rows than there are events: an even draw of customers says the same.
    counted = people.mutate(place=ibis.row_number().over(order_by=people.customer_id), whole=people.count().over(ibis.window()))
    drawn = counted.filter(counted.place % (counted.whole / MOST_COMPARED).ceil().cast("int64") == 0)
    others = drawn.cross_join(starts).mutate(touched=ibis.literal(0, "int64"))
    others = others.filter(others.begun.isnull() | (others.begun >= others.start + months))
    columns = ("customer_id", "start", "touched", "came", "left")
    rows = ibis.union(those.select(*columns), others.select(*columns))
    # Only who is there can be touched, and those who are touched may be those who stay: who left within the window tells of neither.
    rows = rows.filter((rows.came < rows.start - 2 * months) & (rows.left.isnull() | (rows.left >= rows.start + months))).select("customer_id", "start", "touched")
    joined = rows.left_join(monthly, rows.customer_id == monthly.spent_id)
    away = joined.month - joined.start

    def mean(low: int) -> ir.FloatingValue:
        inside = (away >= low) & (away < low + months)
        return joined.money.sum(where=inside).fill_null(0.0) / months

    each = joined.group_by(["customer_id", "start", "touched"]).agg(after=mean(0), before=mean(-months), long_before=mean(-2 * months))
    each = each.mutate(d=each.after - each.before, p=each.before - each.long_before)
    return each.group_by([ibis.literal(name).name("programme"), "start", "touched"]).agg(
        n=each.count(), d=each.d.sum(), dd=(each.d * each.d).sum(), p=each.p.sum(), pp=(each.p * each.p).sum()
    )



"""A programme that began for customers at different times: the change of those touched against those not yet touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kundig.value.contracts import number
from kundig.value.present import present
from kundig.value.trials import losses, spent

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal


def stacks(journal: Journal, name: str, touchpoint: str, months: int) -> ir.Table:
    """For each month in which customers were first touched, the sums of changes of those and of customers not touched until its window ends.

    A customer is compared with itself: spend a month within `months` from the month of the touch on, less that in as many
    months before. The same difference a window earlier is the pre-trend. Customers count from their first event on.

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
    starts = people.filter(people.begun.notnull()).select(start="begun").distinct().cross_join(now)
    starts = starts.filter(starts.start + months <= starts.now)
    rows = people.cross_join(starts)
    touched = rows.begun == rows.start
    clean = rows.begun.isnull() | (rows.begun >= rows.start + months)
    rows = rows.filter((rows.came < rows.start - 2 * months) & (touched | clean) & (rows.left.isnull() | (rows.left >= rows.start)))
    rows = rows.select("customer_id", "start", touched=(rows.begun == rows.start).fill_null(False).cast("int64"))  # noqa: FBT003 -- Ibis' own
    paid = spent(journal)
    monthly = paid.group_by(["spent_id", number(paid.spent_at, "month").name("month")]).agg(money=paid.spent.sum().cast("float64"))
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



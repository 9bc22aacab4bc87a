"""The SQL that the embedded engine runs for an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from sqlglot import exp


def statement(con: Any, table: ir.Table) -> str:
    """The expression as SQL, as Ibis compiles it, with the same meaning but for two places where the engine is weak, and a third where its words hang on chance.

    - A quantile read from a window's rows makes it write tens of gigabytes to disk at a hundred million events, though
      the values themselves are few; the same quantile of a collected list stays in memory, and takes as long.
    - A time in UTC turned into one without zone goes through the calendar of the zone, row by row; its seconds do not need it.
    - Columns that are left out are named in one order, so that a question has the same words in every process.
    """
    from sqlglot import exp  # noqa: PLC0415 -- slow import

    tree = con.compiler.to_sqlglot(table)
    for quantile in list(tree.find_all(exp.PercentileCont)):
        if not quantile.find_ancestor(exp.Window):
            _collected(quantile)
    for seconds in tree.find_all(exp.TimeToUnix):
        cast = seconds.this
        if isinstance(cast, exp.Cast) and cast.to.is_type("timestamp"):
            seconds.set("this", cast.this)
    for star in tree.find_all(exp.Star):
        if dropped := star.args.get("except_"):
            star.set("except_", sorted(dropped, key=lambda column: str(column.sql())))
    return str(tree.sql(dialect=con.dialect, copy=False))


def _collected(quantile: exp.PercentileCont) -> None:
    from sqlglot import exp  # noqa: PLC0415 -- slow import

    filtered = quantile.parent if isinstance(quantile.parent, exp.Filter) else None
    values: exp.Expression = exp.Anonymous(this="LIST", expressions=[quantile.this.copy()])
    if filtered:
        values = exp.Filter(this=values, expression=filtered.expression.copy())
    (filtered or quantile).replace(exp.Anonymous(this="LIST_AGGREGATE", expressions=[values, exp.Literal.string("quantile_cont"), quantile.expression.copy()]))

"""Expressions over columns, as values of the engine: SQL's words that can compute, and can do nothing else.

A text is parsed and each node is built anew from a list of what is allowed. So it means the same on every engine, and
no statement, subquery, file or system function can get through.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from kundig.errors import nearest

if TYPE_CHECKING:
    import ibis.expr.types as ir

LONGEST = 2_000
_PAIRS: Mapping[type[exp.Expression], Callable[[Any, Any], Any]] = {
    exp.And: operator.and_, exp.Or: operator.or_,
    exp.EQ: operator.eq, exp.NEQ: operator.ne, exp.GT: operator.gt, exp.GTE: operator.ge, exp.LT: operator.lt, exp.LTE: operator.le,
    exp.Add: operator.add, exp.Sub: operator.sub, exp.Mul: operator.mul, exp.Div: operator.truediv,
}  # fmt: skip
_ONE: Mapping[type[exp.Expression], Callable[[Any], Any]] = {
    exp.Paren: lambda value: value, exp.Not: operator.invert, exp.Neg: operator.neg,
    exp.Lower: lambda value: value.lower(), exp.Upper: lambda value: value.upper(), exp.Abs: lambda value: value.abs(), exp.Length: lambda value: value.length(),
}  # fmt: skip
WORDS = "columns, numbers, texts in single quotes, comparisons, and, or, not, in, between, like, is null, + - * /, lower, upper, abs, length, coalesce"


@lru_cache(maxsize=1024)
def parsed(text: str, columns: tuple[str, ...]) -> exp.Expression:
    """The tree of an expression over these columns; `properties.NAME` is a property where `properties` is a column.

    Raises:
        ValueError: not one expression, a word that is not allowed, or a column that is not there; names the nearest.
    """
    if len(text) > LONGEST:
        raise ValueError(f"expected an expression of at most {LONGEST:,} characters, found {len(text):,}")
    try:
        trees = sqlglot.parse(f"SELECT {text}", read="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        raise ValueError(f"expected an expression such as \"segment = 'gold'\", found {text!r} ({str(error).splitlines()[0]})") from None
    select = trees[0] if len(trees) == 1 else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1 or any(value for key, value in select.args.items() if key != "expressions"):
        raise ValueError(f"expected one expression that is true or not, found {text!r}")
    tree: exp.Expression = select.expressions[0]
    for node in tree.walk():
        if isinstance(node, exp.Column):
            _named(node, columns, text)
        elif type(node) not in (*_PAIRS, *_ONE, exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.Is, exp.Between, exp.In, exp.Like, exp.Coalesce):
            word = node.sql_name().lower() if isinstance(node, exp.Func) else node.key
            raise ValueError(f"{word!r} is not allowed in the expression {text!r}; allowed are {WORDS}")
    return tree


def _named(node: exp.Column, columns: tuple[str, ...], text: str) -> None:
    name = ".".join(part.name for part in node.parts)
    if name not in columns and not ("properties" in columns and name.startswith("properties.") and len(node.parts) == 2):  # noqa: PLR2004 -- the map and its key
        raise ValueError(f"the expression {text!r} names {name!r}, which is not there; {nearest(name, columns, most=80)}")


def checked(text: str, types: Mapping[str, str]) -> str:
    """The text, if it is an expression over columns of these types that is true or not.

    >>> checked("segment = 'gold' and price > 20", {"segment": "string", "price": "float64"})
    "segment = 'gold' and price > 20"

    Raises:
        ValueError: as `parsed`; or it computes something else than true or false, or compares what cannot be compared.
    """
    import ibis  # noqa: PLC0415 -- slow import

    parsed(text, tuple(types))
    try:
        found = held(text, ibis.table(dict(types), name="checked"))
    except (TypeError, AttributeError, ibis.common.exceptions.IbisError) as error:
        raise ValueError(f"the expression {text!r} compares or computes what does not fit together ({str(error).splitlines()[0]})") from None
    if not found.type().is_boolean():
        raise ValueError(f"expected an expression that is true or not, found {text!r}, which gives {found.type()}")
    return text


def named(text: str, columns: Iterable[str] | None = None) -> set[str]:
    """The columns that an expression names.

    >>> sorted(named("segment = 'gold' and country is null", ("segment", "country", "city")))
    ['country', 'segment']

    Args:
        text: the expression.
        columns: those there are; by default the golden record's.
    """
    if columns is None:
        from kundig.playbooks.golden import FIELDS  # noqa: PLC0415 -- slow import

        columns = FIELDS
    return {node.parts[0].name for node in parsed(text, tuple(columns)).find_all(exp.Column)}


def held(text: str, table: ir.Table) -> ir.BooleanValue:
    """Whether the expression holds in each row; what cannot be known does not hold."""
    import ibis  # noqa: PLC0415 -- slow import

    found = _value(parsed(text, tuple(table.columns)), table)
    return ibis.coalesce(found, ibis.literal(value=False)) if found.type().is_boolean() else found


def _value(node: exp.Expression, table: ir.Table) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    if type(node) in _PAIRS:
        return _PAIRS[type(node)](_value(node.this, table), _value(node.expression, table))
    if type(node) in _ONE:
        return _ONE[type(node)](_value(node.this, table))
    match node:
        case exp.Column():
            parts = [part.name for part in node.parts]
            return table[parts[0]].get(parts[1], None) if len(parts) > 1 else table[parts[0]]
        case exp.Literal() | exp.Boolean() | exp.Null():
            return _literal(node)
        case exp.Is():
            found = _value(node.this, table)
            return found.isnull() if isinstance(node.expression, exp.Null) else found == _value(node.expression, table)
        case exp.Between():
            return _value(node.this, table).between(_value(node.args["low"], table), _value(node.args["high"], table))
        case exp.In():
            return _value(node.this, table).isin([_value(one, table) for one in node.expressions])
        case exp.Like():
            return _value(node.this, table).like(str(node.expression.this))
        case _:
            return ibis.coalesce(_value(node.this, table), *(_value(one, table) for one in node.expressions))


def _literal(node: exp.Expression) -> Any:
    import ibis  # noqa: PLC0415 -- slow import

    if isinstance(node, exp.Null):
        return ibis.null()
    if isinstance(node, exp.Boolean):
        return ibis.literal(bool(node.this))
    if node.is_string:
        return ibis.literal(str(node.this))
    return ibis.literal(int(node.this) if node.this.isdecimal() else float(node.this))

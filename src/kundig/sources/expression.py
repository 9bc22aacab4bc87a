"""Row expressions: SQL scalar expressions that can compute, and can do nothing else.

An expression in a mapping (`when`, `{sql: …}`) is parsed, checked node by node against a list of what is
allowed, and written anew from the parsed tree. What is not on the list cannot get through: no statement, no
subquery, no file, network, or system function.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp

from kundig.errors import ConfigError, nearest

_NODES: tuple[type[exp.Expression], ...] = (
    exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.Paren, exp.Tuple,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.Between, exp.In,
    exp.Like, exp.ILike, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe, exp.Concat, exp.ConcatWs,
    exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam,
    exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Left, exp.Right, exp.Substring, exp.Replace, exp.StrPosition,
    exp.SplitPart, exp.StartsWith, exp.EndsWith, exp.Contains, exp.Abs, exp.Round, exp.Floor, exp.Ceil,
    exp.Greatest, exp.Least, exp.Interval, exp.Var, exp.DateDiff, exp.DateTrunc, exp.TimestampTrunc, exp.Extract,
    exp.Year, exp.Month, exp.Day, exp.TimeToStr, exp.RegexpLike, exp.Pad,
)  # fmt: skip
_NAMED = frozenset({"ltrim", "rtrim", "prefix", "suffix", "contains", "reverse", "epoch", "hour", "minute", "isodow"})
_TYPES = frozenset({
    "VARCHAR", "TEXT", "INT", "BIGINT", "DOUBLE", "DECIMAL", "BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMPNTZ", "TIMESTAMPTZ", "TIME", "SMALLINT",
    "FLOAT",
})  # fmt: skip
LONGEST = 10_000
WIDEST_PAD = 100


@dataclass(frozen=True)
class Expression:
    """A checked expression: its SQL, and the SQL that is true for a row where a cast in it fails."""

    sql: str
    fails: str | None


@lru_cache(maxsize=4096)
def expression(text: str, columns: tuple[str, ...]) -> Expression:
    r"""The expression `text` over `columns`, checked and written anew with every name quoted.

    A cast that fails gives null and makes `fails` true, so that the row can be set aside; `try_cast` says
    that null is meant.

    >>> expression("csat is not null and lower(channel) = 'web'", ("csat", "channel")).sql
    'NOT "csat" IS NULL AND LOWER("channel") = \'web\''

    Raises:
        ConfigError: not one scalar expression, a function that is not allowed, or a column that is not there.
    """
    if len(text) > LONGEST:
        raise ConfigError(f"an expression of {len(text):,} characters; at most {LONGEST:,} are taken")
    try:
        return _checked(text, columns)
    except ConfigError:
        raise
    except RecursionError:
        raise ConfigError(f"the expression {text[:80]!r}… is nested too deeply") from None
    except Exception as error:  # noqa: BLE001 -- a parser that meets any text fails in any way; what it cannot take is refused
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ConfigError(f"not a SQL expression: {text!r} ({reason})") from None


def _checked(text: str, columns: tuple[str, ...]) -> Expression:
    trees = sqlglot.parse(f"SELECT {text}", read="duckdb")
    select = trees[0] if len(trees) == 1 else None
    extra = [key for key, value in select.args.items() if value and key != "expressions"] if isinstance(select, exp.Select) else ["statement"]
    if not isinstance(select, exp.Select) or len(select.expressions) != 1 or extra:
        raise ConfigError(f"expected one SQL expression that computes a value, found {text!r}")
    tree = select.expressions[0]
    for node in tree.walk():
        _check(node, text)
    tree = tree.transform(_resolved, frozenset(columns), text)
    casts = [cast for cast in tree.find_all(exp.Cast) if not isinstance(cast, exp.TryCast)]
    fails = " OR ".join(f"({_sql(cast.this)} IS NOT NULL AND {_sql(_tried(cast))} IS NULL)" for cast in casts)
    return Expression(_sql(tree.transform(_tried)), fails or None)


def _sql(tree: exp.Expression) -> str:
    return tree.transform(_tried).sql(dialect="duckdb")


def _tried(node: exp.Expression) -> exp.Expression:
    return exp.TryCast(this=node.this, to=node.args["to"]) if type(node) is exp.Cast else node


def _check(node: exp.Expression, text: str) -> None:
    if isinstance(node, exp.Anonymous):
        if str(node.this).lower() not in _NAMED:
            raise ConfigError(f"the function {str(node.this).lower()!r} is not allowed in {text!r}; allowed are {', '.join(allowed_functions())}")
        return
    if isinstance(node, exp.Pad) and not (node.expression is not None and node.expression.is_int and int(node.expression.name) <= WIDEST_PAD):
        raise ConfigError(f"a pad in {text!r} takes a width of at most {WIDEST_PAD}, written as a number")
    if type(node) not in _NODES:
        word = node.key if not isinstance(node, exp.Func) else node.sql_name().lower()
        raise ConfigError(f"{word!r} is not allowed in the expression {text!r}; allowed are {', '.join(allowed_functions())}, comparisons, and, or, not, case, cast")
    if isinstance(node, exp.DataType) and (node.this.name not in _TYPES or node.args.get("nested")):
        raise ConfigError(f"the type {node.sql()} is not allowed in {text!r}; allowed are {', '.join(sorted(_TYPES))}")


def _resolved(node: exp.Expression, columns: frozenset[str], text: str) -> exp.Expression:
    """A column by its name in the source; `orders.status` is the column status of the lookup orders."""
    if not isinstance(node, exp.Column):
        return node
    name = ".".join(part.name for part in node.parts)
    if name not in columns:
        folded = [column for column in columns if column.casefold() == name.casefold()]
        if len(folded) != 1:
            raise ConfigError(f"the expression {text!r} names the column {name!r}, which is not there; {nearest(name, columns)}")
        name = folded[0]
    return exp.column(exp.to_identifier(name, quoted=True))


def quoted(name: str) -> str:
    """A name as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def allowed_functions() -> list[str]:
    """The functions an expression may call."""
    words: set[type[exp.Expression]] = {exp.And, exp.Or, exp.If, exp.Case, exp.Cast, exp.TryCast}
    named = {cls.sql_name().lower() for cls in _NODES if issubclass(cls, exp.Func) and cls not in words}
    return sorted(named | _NAMED)


"""The columns that a mapping can name in the payload of a webhook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from kundig.sources.expression import literal, quoted
from kundig.sources.mapping import NUMBERS, VOCABULARY, Computed, EventMapping, TraitMapping

DELIVERY = ("delivery.id", "delivery.received_at")


def delivery() -> str:
    """The columns about the delivery itself: its id, and when it came."""
    at = "strftime(make_timestamp(received_at), '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"a.id AS {quoted(DELIVERY[0])}, {at} AS {quoted(DELIVERY[1])}"


def payload_columns(mappings: Iterable[EventMapping | TraitMapping], headers: Iterable[str]) -> str:
    """SQL of a text column for each path that a mapping names, whether these payloads have it or not.

    Args:
        mappings: what names paths, such as `data.customer.email`; a list's items are numbered from 0,
            as `items.0.name`, or found by what they say, as `answers[field.type=nps].number`.
        headers: headers that can be named too, as `headers.NAME`.
    """
    paths = dict.fromkeys(path for mapping in mappings for path in _named(mapping) if path not in DELIVERY)
    known = {f"headers.{name}" for name in headers}
    columns = ""
    for path in paths:
        columns += f", {_found('a.h', path.removeprefix('headers.')) if path in known else _found('a.e', path)} AS {quoted(path)}"
    return columns


def _named(mapping: EventMapping | TraitMapping) -> Iterable[str]:
    for name in type(mapping).model_fields:
        value = getattr(mapping, name)
        if name == "when" and value is not None:
            yield from _in_sql(value)
        elif name == "key":
            yield from value
        elif isinstance(value, dict):
            for inner in value.values():
                yield from _in_value("properties", inner)
        elif value is not None:
            yield from _in_value(name, value)


def _in_value(field: str, value: Any) -> Iterable[str]:
    if isinstance(value, Computed):
        yield from _in_sql(value.sql)
    elif "{" in value:
        yield from re.findall(r"\{([^{}]+)\}", value)
    elif (field in VOCABULARY and re.fullmatch(VOCABULARY[field], value)) or (field in NUMBERS and re.fullmatch(r"[+-]?\d+(\.\d+)?", value)):
        return
    else:
        yield value


def _in_sql(text: str) -> Iterable[str]:
    try:
        tree = parse_one(text, read="duckdb")
    except SqlglotError:
        # The statement is made of it later, and says what is wrong.
        return
    for column in tree.find_all(exp.Column):
        yield ".".join(part.name for part in column.parts)


def _found(json: str, path: str) -> str:
    """SQL of the text at a path; of what is no text, its JSON."""
    where = _SEARCHED.search(path)
    if where is None:
        return f"json_extract_string({json}, {literal(_pointer(path))})"
    inside = path[: where.start()]
    items = f"json_extract({json}, {literal(_pointer(inside))})" if inside else json
    said = f"json_extract_string(x, {literal(_pointer(where[1]))}) = {literal(where[2])}"
    first = f"list_filter(CASE WHEN json_type({items}) = 'ARRAY' THEN CAST({items} AS JSON[]) ELSE [] END, lambda x: {said})[1]"
    rest = path[where.end() :].removeprefix(".")
    return _found(first, rest) if rest else f"CAST({first} AS VARCHAR)"


_SEARCHED = re.compile(r"\[([^\[\]=]+)=([^\[\]]*)\]")


def _pointer(path: str) -> str:
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path.split("."))

"""The SQL that turns a source's rows into events or traits, and says of every other row why it cannot.

The statement is text; nothing here holds a connection. It reads a relation named `rows`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kundig.errors import ConfigError, nearest
from kundig.events import CHANNELS, EVENTS, METRICS, TRAITS
from kundig.sources.expression import Expression, expression, literal, quoted
from kundig.sources.formats import number_sql, time_reading
from kundig.sources.mapping import NUMBERS, TIMES, TRAIT_FIELDS, VOCABULARY, Computed, EventMapping, Source, TraitMapping, Value

SEPARATOR = "chr(31)"


@dataclass(frozen=True)
class Table:
    """The columns of `rows` with the engine's types, and what was settled about how they are written."""

    types: Mapping[str, str]
    formats: Mapping[str, str | None] = field(default_factory=dict)
    samples: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the source itself."""
        return tuple(name for name in self.types if not name.startswith("#"))


@dataclass(frozen=True)
class Statement:
    """`good` selects a row for each row that `when` lets in, its first column null where it cannot be read; `judged` selects
    the rows as they came, with the `#reason` why one cannot, else null. `everything` is true where every row is let in,
    `zoneless` where `at` names no zone, so that an hour may come twice.
    """

    good: str
    judged: str
    everything: bool
    zoneless: bool = False


def formatted_columns(mapping: EventMapping | TraitMapping, table: Table) -> dict[str, str]:
    """Columns whose writing must be settled before they can be read: name → `time` or `number`."""
    wanted: dict[str, str] = {}
    for name in (*TIMES, *NUMBERS):
        value = getattr(mapping, name, None)
        if isinstance(value, str):
            column = _column(value, table)
            if column and (table.types[column] == "VARCHAR" or (name in TIMES and not table.types[column].startswith(("TIMESTAMP", "DATE")))):
                wanted[column] = "time" if name in TIMES else "number"
    return wanted


def events_statement(source: str, of: Source, mapping: EventMapping, table: Table, zone: str) -> Statement:
    """The statement for one entry under `events:`.

    Raises:
        ConfigError: the entry names a column, function or metric that is not there.
    """
    build = _Builder(table, zone, f"sources.{source}.events")
    values: dict[str, str] = {}
    at = build.time("at", mapping.at)
    for name in ("subject", "case_id", "text", "product", "staff"):
        values[name] = build.text(name, getattr(mapping, name))
    for name in ("kind", "touchpoint", "channel", "outcome", "metric", "language", "currency"):
        values[name] = build.word(name, getattr(mapping, name))
    for name, to in NUMBERS.items():
        values[name] = build.number(name, getattr(mapping, name), to)
    if mapping.touchpoint is None:
        values["touchpoint"] = values["kind"]
    values["occurred_at"] = at
    values["known_at"] = build.time("known_at", mapping.known_at) if mapping.known_at is not None else at
    values["source"] = literal(source)
    values["properties"] = build.map(mapping.properties)
    values["event_id"] = build.text("event_id", mapping.event_id) if mapping.event_id is not None else _event_id(source, of, mapping, build, values)
    if mapping.score is not None:
        build.scale(values["metric"], values["score"])
    build.require(values["kind"], "'kind: is empty'")
    build.require(values["event_id"], "'event_id: is empty'")
    return build.statement(mapping.when, {column.name: (values[column.name], column.type) for column in EVENTS})


def traits_statement(source: str, mapping: TraitMapping, table: Table, zone: str, known_at: str) -> Statement:
    """The statement for one entry under `traits:`; `known_at` is the ISO time of the reading, used where none is mapped."""
    build = _Builder(table, zone, f"sources.{source}.traits")
    values = {name: build.text(name, getattr(mapping, name)) for name in TRAIT_FIELDS - {"known_at", "consents", "properties"}}
    values["known_at"] = build.time("known_at", mapping.known_at) if mapping.known_at is not None else f"TIMESTAMPTZ {literal(known_at)}"
    values["source"] = literal(source)
    values["consents"] = build.map(mapping.consents)
    values["properties"] = build.map(mapping.properties)
    build.require(values["subject"], "'subject: is empty'")
    return build.statement(mapping.when, {column.name: (values[column.name], column.type) for column in TRAITS}, distinct=True)


def _event_id(source: str, of: Source, mapping: EventMapping, build: _Builder, values: Mapping[str, str]) -> str:
    """The id from the source, the kind, the column of its time, and the row's key as it is written.

    What else the mapping says can be mended without new ids. Without a declared key, whom it happened to, when, and in
    which case tell events of one kind apart.
    """
    key = mapping.key or of.key
    if key:
        parts = [build.part(column) for column in key]
    else:
        named = [name for value in (mapping.subject, mapping.at, mapping.case_id) for name in build.columns_in(value)]
        parts = [build.part(column) for column in dict.fromkeys(named)]
    at = mapping.at.sql if isinstance(mapping.at, Computed) else mapping.at
    label = [literal(source), values["kind"], f"coalesce({values['metric']}, '')" if mapping.metric is not None else "''", literal(at)]
    whole = ", ".join([*label, *(f"coalesce({part}, '')" for part in parts)])
    return f"left(md5(concat_ws({SEPARATOR}, {whole})), 24)"


class _Builder:
    """Collects the parsed columns and the checks of one statement."""

    def __init__(self, table: Table, zone: str, where: str) -> None:
        self.table, self.zone, self.where = table, zone, where
        self.parsed: dict[str, str] = {}
        self.checks: list[tuple[str, str]] = []
        self.zoneless = False

    def statement(self, when: str | None, columns: Mapping[str, tuple[str, str]], *, distinct: bool = False) -> Statement:
        let_in = [f"NOT {quoted('#broken')}"] if "#broken" in self.table.types else []
        if when is not None:
            condition = self.expression(when, "when")
            if condition.fails:
                self.checks.append((condition.fails, "'when: a cast in the expression fails'"))
                let_in.append(f"(({condition.sql}) OR {condition.fails})")
            else:
                let_in.append(f"({condition.sql})")
        inner = "".join(f", {sql} AS {quoted(name)}" for name, sql in self.parsed.items())
        rows = f"(SELECT *{inner} FROM rows{' WHERE ' + ' AND '.join(let_in) if let_in else ''})"
        fine = " AND ".join(f"({bad}) IS NOT TRUE" for bad, _ in self.checks) or "true"
        first, (sql, type_) = next(iter(columns.items()))
        head = f"CASE WHEN {fine} THEN CAST({sql} AS {_SQL_TYPES[type_]}) END AS {quoted(first)}"
        rest = [f"CAST({sql} AS {_SQL_TYPES[type_]}) AS {quoted(name)}" for name, (sql, type_) in columns.items() if name != first]
        reason = "CASE " + " ".join(f"WHEN {bad} THEN {words}" for bad, words in self.checks) + " END" if self.checks else "NULL"
        return Statement(
            f"SELECT {'DISTINCT ' if distinct else ''}{', '.join([head, *rest])} FROM {rows}",
            f"SELECT {reason} AS \"#reason\", * FROM {rows}",
            not let_in,
            self.zoneless,
        )

    def require(self, sql: str, words: str) -> None:
        self.checks.append((f"({sql}) IS NULL", words))

    def scale(self, metric: str, score: str) -> None:
        known = ", ".join(literal(name) for name in METRICS)
        self.checks.append((f"{metric} NOT IN ({known})", f"'metric: is none of {', '.join(METRICS)}: ' || {metric}"))
        for name, (low, high) in METRICS.items():
            if metric.startswith("'") and metric != literal(name):
                continue
            outside = f"{metric} = {literal(name)} AND NOT {score} BETWEEN {low:g} AND {high:g}"
            self.checks.append((outside, f"'score: is outside {low:g} to {high:g} of {name}: ' || {score}"))

    def expression(self, text: str, field_: str) -> Expression:
        try:
            return expression(text, self.table.names)
        except ConfigError as error:
            raise ConfigError(f"{self.where}.{field_}: {error}") from None

    def column(self, name: str, field_: str) -> str:
        found = _column(name, self.table)
        if found is None:
            raise ConfigError(f"{self.where}.{field_}: there is no column {name!r}; {nearest(name, self.table.names, most=30)}")
        return found

    def part(self, name: str) -> str:
        """A column as part of an id: as it is written, but composed, since the form of its letters is the system's, not the writer's."""
        return f"nfc_normalize({self.raw(name, 'key')})"

    def raw(self, name: str, field_: str) -> str:
        column = self.column(name, field_)
        return quoted(column) if self.table.types[column] == "VARCHAR" else f"CAST({quoted(column)} AS VARCHAR)"

    def columns_in(self, value: Value | None) -> list[str]:
        if value is None:
            return []
        if isinstance(value, Computed):
            written = self.expression(value.sql, "sql").sql
            return [name for name in self.table.names if quoted(name) in written]
        if "{" in value:
            return re.findall(r"\{([^{}]+)\}", value)
        return [value] if _column(value, self.table) else []

    def text(self, field_: str, value: Value | None) -> str:
        """A column, or a template: null if one of its columns is. Composed, so that twins of one letter are one."""
        if value is None:
            return "NULL"
        if isinstance(value, Computed):
            computed = self.expression(value.sql, field_)
            if computed.fails:
                self.checks.append((computed.fails, f"'{field_}: a cast in the expression fails'"))
            return f"CAST(({computed.sql}) AS VARCHAR)"
        if "{" not in value:
            return _composed(self.raw(value, field_)) if field_ == "text" else _clean(f"trim({self.raw(value, field_)})")
        parts = re.split(r"\{([^{}]+)\}", value)
        pieces = [literal(part) if index % 2 == 0 else _clean(f"trim({self.raw(part, field_)})") for index, part in enumerate(parts) if part]
        return "(" + " || ".join(pieces) + ")"

    def word(self, field_: str, value: Value | None) -> str:
        """As text; but a word of the field's own vocabulary stands for itself, whatever columns there are."""
        if isinstance(value, str) and "{" not in value:
            if re.fullmatch(VOCABULARY[field_], value):
                return literal(value)
            if _column(value, self.table) is None:
                known = [*CHANNELS, *self.table.names] if field_ == "channel" else self.table.names
                raise ConfigError(f"{self.where}.{field_}: {value!r} is neither a column nor a known {field_}; {nearest(value, known, most=30)}")
        return self.text(field_, value)

    def map(self, values: Mapping[str, Value]) -> str:
        if not values:
            return "NULL"
        items = [(name, self.text("properties", value)) for name, value in values.items()]
        entries = ", ".join(f"{{'k': {literal(name)}, 'v': {sql}}}" for name, sql in items)
        filtered = f"map_from_entries(list_filter([{entries}], lambda \"#entry\": \"#entry\".v IS NOT NULL))"
        if len({name.casefold() for name in values}) < len(values) or not all(values):
            return filtered
        # A struct becomes a map at a tenth of the price, but its nulls would stay in the map.
        struct = ", ".join(f"{quoted(name)}: {sql}" for name, sql in items)
        whole = " AND ".join(f"({sql}) IS NOT NULL" for _, sql in items)
        return f"CASE WHEN {whole} THEN CAST({{{struct}}} AS MAP(VARCHAR, VARCHAR)) ELSE {filtered} END"

    def number(self, field_: str, value: Value | None, to: str) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, Computed):
            computed = self.expression(value.sql, field_)
            if computed.fails:
                self.checks.append((computed.fails, f"'{field_}: a cast in the expression fails'"))
            return f"try_cast(({computed.sql}) AS {to})"
        if re.fullmatch(r"[+-]?\d+(\.\d+)?", value) and _column(value, self.table) is None:
            return f"CAST({value} AS {to})"
        column = self.column(value, field_)
        name = f"#{field_}"
        self.parsed[name] = number_sql(quoted(column), self.table.types[column], self.table.formats.get(column), to)
        raw = quoted(column)
        empty = f"{raw} IS NULL" if self.table.types[column] != "VARCHAR" else f"({raw} IS NULL OR trim({raw}) = '')"
        # CASE looks at the raw value only where there is no number.
        self.checks.append((f"CASE WHEN {quoted(name)} IS NULL THEN NOT {empty} END", f"'{field_}: not a number: ' || left(CAST({raw} AS VARCHAR), 80)"))
        return quoted(name)

    def time(self, field_: str, value: Value | None) -> str:
        name = f"#{field_}"
        if isinstance(value, Computed):
            computed = self.expression(value.sql, field_)
            raw = f"CAST(({computed.sql}) AS VARCHAR)"
            # A computed time says its zone or means the company's, row by row.
            zoned = f"regexp_matches({raw}, ':\\d\\d(\\.\\d+)?([+-]\\d\\d(:?\\d\\d)?|Z)$')"
            self.parsed[name] = f"CASE WHEN {zoned} THEN try_cast({raw} AS TIMESTAMPTZ) ELSE try_cast({raw} AS TIMESTAMP) AT TIME ZONE {literal(self.zone)} END"
            instant = quoted(name)
            self.zoneless |= field_ == "at"
        else:
            column = self.column(str(value), field_)
            zone = self.zone
            reading = time_reading(quoted(column), self.table.types[column], self.table.formats.get(column), zone, self.table.samples.get(column))
            self.parsed[name] = reading.parsed
            raw, instant = f"CAST({quoted(column)} AS VARCHAR)", reading.instant(quoted(name))
            self.zoneless |= field_ == "at" and reading.zone is not None
        self.checks.append((f"CASE WHEN {quoted(name)} IS NULL THEN coalesce(trim({raw}), '') = '' END", f"'{field_}: is empty'"))
        self.checks.append((f"{quoted(name)} IS NULL", f"'{field_}: not a time: ' || left({raw}, 80)"))
        return f"({instant})"


def _column(name: str, table: Table) -> str | None:
    if name in table.types:
        return name
    folded = [column for column in table.names if column.strip().casefold() == name.strip().casefold()]
    return folded[0] if len(folded) == 1 else None


def _clean(sql: str) -> str:
    return f"nullif(nfc_normalize({sql}), '')"


def _composed(sql: str) -> str:
    """As `_clean`, for long texts: what holds no letter beyond U+02FF is composed already, and a pattern sees that sooner."""
    return f"nullif(CASE WHEN regexp_matches({sql}, '[^\\x{{00}}-\\x{{2ff}}]') THEN nfc_normalize({sql}) ELSE {sql} END, '')"


_SQL_TYPES = {
    "string": "VARCHAR",
    "float64": "DOUBLE",
    "timestamp('UTC')": "TIMESTAMPTZ",
    "decimal(18, 4)": "DECIMAL(18, 4)",
    "map<string, string>": "MAP(VARCHAR, VARCHAR)",
}


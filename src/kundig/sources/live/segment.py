"""The SQL that turns Segment's calls, as the inbox keeps them, into events and traits.

It reads a relation `waiting` (seq, received_at in microseconds, source, body) and a relation `names`; nothing here holds a
connection. What an event says that no column has stays in its properties.
"""

from __future__ import annotations

from collections.abc import Mapping

from kundig.events import CHANNELS, EVENTS, METRICS, TRAITS
from kundig.sources.expression import literal
from kundig.sources.live.naming import FIELDS, Named

CAMPAIGN = "campaign."
"""What names of the campaign that led to a page begin with."""
_TEXT = ("userId", "anonymousId", "previousId", "groupId", "event", "name", "category", "channel")
_ADDRESS = ("street", "postalCode", "postal_code", "city", "country")
_SAID = ("title", "firstName", "first_name", "lastName", "last_name", "name", "email", "phone", "birthday", "segment")
_CALL = (
    ", ".join(f'"{name}": "VARCHAR"' for name in _TEXT)
    + ', "properties": "JSON", "traits": "JSON", "context": {"groupId": "VARCHAR", "locale": "VARCHAR", "traits": "JSON", '
    '"page": {"url": "VARCHAR", "path": "VARCHAR", "title": "VARCHAR", "referrer": "VARCHAR"}, "campaign": "JSON", '
    '"device": {"type": "VARCHAR"}, "consent": {"categoryPreferences": "JSON"}}'
)
_ITEMS = f'[{{"at": "BIGINT", "came": "BIGINT", "id": "VARCHAR", "type": "VARCHAR", "e": {{{_CALL}}}}}]'
_BATCHES = f'[{{"came": "BIGINT", "later": "BIGINT", "ids": ["VARCHAR"], "e": {{"batch": [{{"type": "VARCHAR", "timestamp": "VARCHAR", "originalTimestamp": "VARCHAR", {_CALL}}}]}}}}]'
_HAPPENED = "epoch_us(CAST(coalesce(e.originalTimestamp, e.timestamp) AS TIMESTAMPTZ))"
ARRIVED = {
    "segment": f"""
        SELECT seq, source, timezone('UTC', make_timestamp(coalesce(a.came, came))) AS received_at, a
        FROM (SELECT seq, source, received_at AS came, unnest(from_json(body, {literal(_ITEMS)})) AS a FROM waiting)""",
    "batch": f"""
        SELECT seq, source, timezone('UTC', make_timestamp(came)) AS received_at, {{'at': coalesce({_HAPPENED} + later, came), 'id': id, 'type': e.type, 'e': e}} AS a
        FROM (SELECT seq, source, b.came AS came, b.later AS later, unnest(b.ids) AS id, unnest(b.e.batch) AS e FROM (SELECT seq, source, unnest(from_json(body, {literal(_BATCHES)})) AS b FROM waiting))
        WHERE id IS NOT NULL""",
}
"""The calls one by one, by the form in which they were kept; a value of another type than is meant is null, and what is no text is read as its JSON."""
_NOBODY = "nullif(trim(coalesce(nullif(trim(a.e.userId), ''), a.e.anonymousId)), '') IS NULL"
UNCLEAR = {
    "segment": f"SELECT 1 FROM arrived WHERE {_NOBODY} LIMIT 1",
    "batch": f"SELECT 1 FROM arrived WHERE {_NOBODY} OR a.type IS NULL OR a.type NOT IN ('track', 'page', 'screen', 'identify') LIMIT 1",
}
"""Whether what was kept as it came says a thing twice, and not the same: the door goes by the last, the engine by the first."""


def names_relation(names: Mapping[str, Named]) -> str:
    """The names as a relation: each with its words, and for each field the JSON pointers of the properties that hold it."""
    rows = []
    for name, one in names.items():
        words = [literal(word) if word is not None else "NULL" for word in (one.kind, one.touchpoint, one.channel, one.outcome, one.metric)]
        lists = ["[" + ", ".join(literal(_pointer(path)) for path in getattr(one, field)) + "]::VARCHAR[]" for field in FIELDS]
        rows.append(f"({literal(name)}, {', '.join([*words, *lists])})")
    return f"(SELECT * FROM (VALUES {', '.join(rows)}) t (name, kind, touchpoint, channel, outcome, metric, {', '.join(FIELDS)}))"


def events_sql() -> str:
    """Events of the calls that tell of one, in a relation `arrived` as ARRIVED gives it, with `seq`."""
    prop = {field: "coalesce(" + ", ".join(f"json_extract_string(a.e.properties, n.{field}[{position}])" for position in (1, 2, 3, 4)) + ")" for field in FIELDS}
    low, high = (f"CASE n.metric {' '.join(f'WHEN {literal(name)} THEN {bounds[end]:g}' for name, bounds in METRICS.items())} END" for end in (0, 1))
    score = f"try_cast({prop['score']} AS DOUBLE)"
    name = "coalesce(a.e.event, a.e.name)"
    called = "CASE a.type WHEN 'track' THEN a.e.event ELSE a.type || ': ' || a.e.name END"
    channels = ", ".join(literal(channel) for channel in CHANNELS)
    context = {
        "page.name": f"CASE WHEN a.type <> 'track' THEN {name} END",
        "page.category": "a.e.category",
        "page.url": "a.e.context.page.url",
        "page.path": "a.e.context.page.path",
        "page.referrer": "a.e.context.page.referrer",
        "group_id": "a.e.context.groupId",
    }
    entries = ", ".join(f"{{'key': {literal(key)}, 'value': {value}}}" for key, value in context.items())
    campaign = f"CASE WHEN json_type(a.e.context.campaign) = 'OBJECT' THEN {_entries('a.e.context.campaign', CAMPAIGN)} ELSE [] END"
    # What the context says counts before a property of the same name. Lists are put together far quicker than maps.
    beside = f"list_concat(list_filter([{entries}], lambda x: x.value IS NOT NULL), {campaign})"
    same = f"(x.key NOT IN ({', '.join(literal(key) for key in context)}) AND NOT starts_with(x.key, {literal(CAMPAIGN)}) OR NOT list_contains(list_transform(beside, lambda y: y.key), x.key))"
    columns = {
        "event_id": "a.id",
        "occurred_at": "timezone('UTC', make_timestamp(a.at))",
        "known_at": "received_at",
        "source": "source",
        "subject": subject("a.e.userId", "a.e.anonymousId"),
        "kind": f"coalesce(n.kind, {_clean(name)}, a.type)",
        "touchpoint": f"coalesce(n.touchpoint, {_clean(name)}, a.type)",
        "channel": f"coalesce(n.channel, CASE WHEN lower(a.e.channel) IN ({channels}) THEN lower(a.e.channel) WHEN a.e.context.page.url IS NOT NULL THEN 'web' WHEN a.e.context.device.type IS NOT NULL THEN 'app' END)",
        "case_id": _clean(prop["case_id"]),
        "outcome": "n.outcome",
        "metric": f"CASE WHEN {score} BETWEEN {low} AND {high} THEN n.metric END",
        "score": f"CASE WHEN {score} BETWEEN {low} AND {high} THEN {score} END",
        "text": _clean(prop["text"]),
        "language": f"CASE WHEN {_clean(prop['text'])} IS NOT NULL AND regexp_matches(a.e.context.locale, '^[A-Za-z]{{2}}([-_].*)?$') THEN lower(left(a.e.context.locale, 2)) END",
        "amount": f"try_cast({prop['amount']} AS DECIMAL(18, 4))",
        "currency": f"CASE WHEN regexp_matches({prop['currency']}, '^[A-Za-z]{{3}}$') THEN upper({prop['currency']}) END",
        "quantity": f"try_cast({prop['quantity']} AS DOUBLE)",
        "product": _clean(prop["product"]),
        "staff": "NULL",
        "properties": f"map_from_entries(list_concat({_entries('a.e.properties', without='n.text', when=same)}, beside))",
    }
    listed = ", ".join(f"CAST({columns[column.name]} AS {_TYPES[column.type]}) AS {column.name}" for column in EVENTS)
    joined = f"LEFT JOIN names n ON n.name = coalesce((SELECT any_value(m.name) FROM names m WHERE m.name = {called}), CASE WHEN a.type <> 'track' THEN a.type END)"
    return f"SELECT seq, {listed} FROM (SELECT *, {beside} AS beside FROM arrived WHERE a.type IN ('track', 'page', 'screen')) {joined}"


def traits_sql(unit: str) -> str:
    """What the calls say about somebody, in the columns of traits, with `seq`.

    `identify` says traits; any call says in `context.traits` what it knows; two ids in one call, and `alias`, say that
    they are one; `group` says to which account somebody belongs, and, where the account is the customer, what it is.

    Args:
        unit: what a customer is to the company, `person` or `account`.
    """
    person = subject("a.e.userId", "a.e.anonymousId")
    both = "a.e.userId IS NOT NULL AND trim(a.e.userId) <> '' AND a.e.anonymousId IS NOT NULL AND trim(a.e.anonymousId) <> ''"
    account = _clean("coalesce(CASE WHEN a.type = 'group' THEN a.e.groupId END, a.e.context.groupId)")
    consents = _map("a.e.context.consent.categoryPreferences")
    told = "CASE WHEN a.type = 'identify' AND json_type(a.e.traits) = 'OBJECT' THEN a.e.traits WHEN json_type(a.e.context.traits) = 'OBJECT' THEN a.e.context.traits END"
    empty = "MAP {}::MAP(VARCHAR, VARCHAR)"
    parts = [
        (person, told, account, "CASE WHEN a.type = 'group' THEN json_extract_string(a.e.traits, '/name') END", consents, f"({told}) IS NOT NULL OR a.type IN ('identify', 'group') OR cardinality({consents}) > 0 OR (a.type <> 'group' AND {account} IS NOT NULL)", empty),
        ("'anonymous:' || trim(a.e.anonymousId)", "NULL::JSON", "NULL", "NULL", "NULL", both, "MAP {'user_id': trim(a.e.userId)}"),
        ("'user:' || trim(a.e.userId)", "NULL::JSON", "NULL", "NULL", "NULL", "a.type = 'alias'", "MAP {'previous_id': trim(a.e.previousId), 'user_id': trim(a.e.previousId)}"),
    ]
    if unit == "account":
        parts.append(("'group:' || trim(a.e.groupId)", "CASE WHEN json_type(a.e.traits) = 'OBJECT' THEN a.e.traits END", _clean("a.e.groupId"), "NULL", "NULL", "a.type = 'group'", empty))
    return " UNION ALL BY NAME ".join(_said(*part) for part in parts)


def _said(who: str, told: str, account: str, company: str, consents: str, when: str, more: str) -> str:  # noqa: PLR0913 -- the parts of one row
    def one(*names: str) -> str:
        return _clean("coalesce(" + ", ".join(f"json_extract_string(t, {literal('/' + name.replace('.', '/'))})" for name in names) + ")")

    columns = {
        "subject": "who",
        "known_at": "received_at",
        "source": "source",
        "title": one("title"),
        "given_name": one("firstName", "first_name"),
        "family_name": one("lastName", "last_name"),
        "name": one("name"),
        "email": one("email"),
        "phone": one("phone"),
        "birth_date": one("birthday"),
        "street": one("address.street"),
        "postcode": one("address.postalCode", "address.postal_code"),
        "city": one("address.city"),
        "country": one("address.country"),
        "company": f"CASE WHEN json_type(t, '/company') = 'OBJECT' THEN {one('company.name')} ELSE coalesce({one('company')}, {_clean('company')}) END",
        "account": "account",
        "segment": one("segment"),
        "consents": "nullif(consents, MAP {})",
        "properties": f"nullif(map_concat({_map('rest')}, more), MAP {{}})",
    }
    taken = [*_SAID, "address", "company"]
    rest = f"json_merge_patch(t, {literal('{' + ', '.join(f'{chr(34)}{name}{chr(34)}: null' for name in taken) + '}')}::JSON)"
    listed = ", ".join(f"CAST({columns[column.name]} AS {_TYPES[column.type]}) AS {column.name}" for column in TRAITS)
    inner = f"SELECT seq, source, received_at, {who} AS who, {told} AS t, {account} AS account, {company} AS company, {consents} AS consents, {more} AS more FROM arrived WHERE {when}"
    return f"SELECT seq, {listed} FROM (SELECT *, {rest} AS rest FROM ({inner})) WHERE who IS NOT NULL"


def subject(user: str, anonymous: str) -> str:
    """Who, as the journal names them: by the login where there is one."""
    return f"coalesce('user:' || {_clean(user)}, 'anonymous:' || {_clean(anonymous)})"


def _map(json: str) -> str:
    """An object's members as a map, nested values as JSON text; empty for what is no object."""
    return f"map_from_entries({_entries(json)})"


def _entries(json: str, prefix: str = "", *, without: str = "", when: str = "") -> str:
    """An object's members as a list of key and value, nested values as JSON text; empty for what is no object.

    Args:
        json: the object.
        prefix: what is set before each name.
        without: a list of pointers to members that have a column: what somebody wrote stands in one place.
        when: a condition on a member `x`.
    """
    whole = f"coalesce(json_transform({json}, '\"MAP(VARCHAR, VARCHAR)\"'), MAP {{}}::MAP(VARCHAR, VARCHAR))"
    other = (f" AND NOT coalesce(list_contains({without}, '/' || x.key), false)" if without else "") + (f" AND {when}" if when else "")
    entries = f"list_filter(map_entries({whole}), lambda x: x.value IS NOT NULL{other})"
    return f"list_transform({entries}, lambda x: {{'key': {literal(prefix)} || x.key, 'value': x.value}})" if prefix else entries


def _clean(sql: str) -> str:
    return f"nullif(trim(nfc_normalize({sql})), '')"


def _pointer(path: str) -> str:
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path.split("."))


_TYPES = {
    "string": "VARCHAR",
    "float64": "DOUBLE",
    "timestamp('UTC')": "TIMESTAMPTZ",
    "decimal(18, 4)": "DECIMAL(18, 4)",
    "map<string, string>": "MAP(VARCHAR, VARCHAR)",
}

"""What has no key in common but may be one: customers by exact keys, compared as one record each."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from kundig.identity.components import components
from kundig.identity.duckdb import answer, engine
from kundig.identity.linkage import SORTS
from kundig.identity.normal import family, family_names, given
from kundig.identity.phones import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from kundig.identity.exact import Exact
    from kundig.identity.fresh import Compared
    from kundig.identity.linked import Linked
    from kundig.identity.probable import Model, Probable
    from kundig.settings import Identity

FEWEST = 2
"""A record that says less than so many things resembles everybody and nobody."""


@dataclass(frozen=True)
class Resembling:
    """What was compared, and what came of it.

    Attributes:
        records: `subject` (the one of the customer that says most), cluster, since, and what is compared.
        probable: the pairs of these subjects.
        linked: which of the pairs are links; its labels are positions in `records`.
    """

    records: pa.Table
    probable: Probable
    linked: Linked


def resembling(  # noqa: PLR0913 -- all that bears on it
    said: Any, keyed: Exact, settings: Identity, apart: Sequence[tuple[str, str]] = (), model: Model | None = None, before: Compared | None = None
) -> Resembling:
    """Which customers by exact keys are one after all.

    Args:
        said: all that sources ever said.
        keyed: what the keys say of it.
        settings: where a link begins.
        apart: pairs of subjects that somebody took apart.
        model: one that was learned before.
        before: what the run before has compared.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow as pa  # noqa: PLC0415 -- loaded when it is needed
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    from kundig.identity.linked import linked  # noqa: PLC0415 -- Splink is slow to import
    from kundig.identity.probable import probable  # noqa: PLC0415 -- loaded when it is needed

    settled = _settled(settings)
    records, each = compared(said, keyed, settings.country, labels=model is None or model.settled != settled)
    told = [name for name in records.column_names[3:] if pc.count_distinct(records.column(name)).as_py() > 1]
    kept = model if model is not None and model.fits(told, records.num_rows, settled) else None
    if kept is None and each is None:
        records, each = compared(said, keyed, settings.country)
    labelled = _impartial(each, keyed, settings) if kept is None and each is not None else None
    found = probable(records.drop_columns(["cluster", "since"]), labelled=labelled, least=settings.threshold, precision=settings.precision, model=kept, before=before, settled=settled)
    place = np.full(keyed.subjects.num_rows, -1)
    place[records.column("cluster").to_numpy()] = np.arange(records.num_rows)
    label = keyed.subjects.column("cluster").to_numpy()
    ones = []
    for members, values in keyed.ones:
        where = place[label[members]]
        ones.append((where[where >= 0], values[where >= 0]))
    names = keyed.subjects.column("subject")
    never = []
    for a, b in apart:
        pair = [int(at) for at in pc.index_in(pa.array([a, b]), names).to_pylist() if at is not None]
        if len(pair) == 2:  # noqa: PLR2004 -- both are there
            never.append((int(place[label[pair[0]]]), int(place[label[pair[1]]])))
    allowed = [pair for pair in never if min(pair) >= 0]
    return Resembling(records, found, linked(records.column("subject"), found, apart=allowed, ones=ones))


def _settled(settings: Identity) -> str:
    """A hash of what a model is learned by: the keys that tell it who is one, how numbers are read, and how many links must be right."""
    told = settings.model_dump_json(include={"keys", "country", "precision"})
    return sha256(told.encode()).hexdigest()[:16]


def _impartial(each: pa.Table, keyed: Exact, settings: Identity) -> pa.Table:
    """The records with `cluster_COLUMN` for each column that is a key: the customers that the other keys alone would make.

    Who was joined by a mailbox has one mailbox: how often one person has two can only be learned from those whom something
    else has joined.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    names = keyed.subjects.column("subject")
    place = pc.index_in(each.column("subject"), names)
    for column in dict.fromkeys(key.column for key in settings.keys if key.column in each.column_names):
        own = pa.array([key.name for key in settings.keys if key.column == column])
        links = keyed.links.filter(pc.invert(pc.is_in(keyed.links.column("how"), own)))
        left, right = (pc.index_in(links.column(side), names).to_numpy().astype("int64") for side in ("subject", "other"))
        label = pa.array(components(len(names), left, right))
        each = each.append_column(f"cluster_{column}", label.take(place))
    return each


def compared(said: Any, keyed: Exact, country: str, *, labels: bool = True) -> tuple[pa.Table, pa.Table | None]:
    """A record for each customer by exact keys; and, where `labels` are asked for, one for each subject with the customer it belongs to.

    What most of its subjects say counts, of equally frequent values the newest. A value that joins nobody since it belongs to many is not compared
    either, and a subject that is called after such a value is no person.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    table = pa.table(said)
    columns = [name for name in SORTS if name in table.column_names]
    forms = {name: f't."{name}"' for name in columns}
    named = "name" in table.column_names
    if named:
        for part in ("given_name", "family_name"):
            forms[part] = f"coalesce({forms[part]}, w.{part})" if part in forms else f"w.{part}"
    if "phone" in forms:
        forms["phone"] = f"coalesce({plain('t.phone', country)}, t.phone)"
    for column in set(keyed.muted.column("column").to_pylist()) & set(forms):
        forms[column] = f"CASE WHEN m.subject IS NULL OR NOT list_contains(m.columns, '{column}') THEN {forms[column]} END"
    known = "known_at" if "known_at" in table.column_names else "NULL::TIMESTAMPTZ"
    with engine(traits=table, clusters=keyed.subjects, muted=keyed.muted) as con:
        con.execute('CREATE TEMP TABLE silent AS SELECT subject, list(DISTINCT "column") AS columns FROM muted GROUP BY subject')
        told = ", ".join(f'{form} AS "{name}"' for name, form in forms.items())
        if named:
            # A name in one text is taken apart once, however often it is told.
            con.execute(f"CREATE TEMP TABLE written AS SELECT name, {given('name')} AS given_name, {family_names('name', family('name'))} AS family_name FROM (SELECT DISTINCT name FROM traits WHERE name IS NOT NULL)")
        there = " OR ".join(f"{name} IS NOT NULL" for name in [*(f"t.{name}" for name in columns), *(["t.name"] if named else [])]) or "false"
        con.execute(f"CREATE TEMP TABLE told AS SELECT t.subject, c.cluster, {known} AS known_at, {told or 'NULL AS nothing'} FROM traits t JOIN clusters c USING (subject) LEFT JOIN silent m USING (subject){' LEFT JOIN written w ON w.name = t.name' if named else ''} WHERE ({there}) AND NOT coalesce(list_contains(m.columns, '*'), false)")
        count = " + ".join(f'("{name}" IS NOT NULL)::INT' for name in forms) or "0"
        first = ", ".join(f'min(known_at) FILTER ("{name}" IS NOT NULL)' for name in forms)
        con.execute(f"CREATE TEMP TABLE each AS {_usual('subject', list(forms), 'any_value(cluster) AS cluster')}")
        con.execute(f"CREATE TEMP TABLE telling AS SELECT cluster, arg_max(subject, ({count}, -length(subject), subject)) AS subject FROM each GROUP BY cluster")
        # A link by resemblance is known when the last thing is known that was compared.
        since = f"greatest({first or 'NULL'}) AS since"
        con.execute(f"CREATE TEMP TABLE whole AS {_usual('cluster', list(forms), since)}")
        fields = ", ".join(f'"{name}"' for name in forms)
        records = answer(con, f"SELECT subject, cluster, since{', ' + fields if fields else ''} FROM whole JOIN telling USING (cluster) WHERE {count} >= {FEWEST} ORDER BY subject")
        each = None if not labels else answer(con, f"SELECT subject, cluster{', ' + fields if fields else ''} FROM each WHERE {count} >= {FEWEST} QUALIFY count(*) OVER (PARTITION BY cluster) BETWEEN 2 AND 50 ORDER BY subject LIMIT 200000")
    return records, each


def _usual(by: str, columns: Sequence[str], more: str) -> str:
    """The SELECT of one row each from `told`: in each column the value that most subjects have, the newest of those, the last of those."""
    if not columns:
        return f"SELECT {by}, {more} FROM told GROUP BY {by}"
    names = ", ".join(f'"{name}"' for name in columns)
    picked = ", ".join(f"max(value) FILTER (field = '{name}') AS \"{name}\"" for name in columns)
    alone = ", ".join(f'max("{name}") AS "{name}"' for name in columns)
    counted = (
        f"SELECT {by}, field, value, count(DISTINCT subject) AS times, max(coalesce(known_at, TIMESTAMPTZ 'epoch')) AS newest FROM "
        f"(UNPIVOT (SELECT {by}{', subject' if by != 'subject' else ''}, known_at, {names} FROM told SEMI JOIN several USING ({by})) ON {names} INTO NAME field VALUE value) GROUP BY ALL"
    )
    return (
        f"WITH several AS (SELECT {by} FROM told GROUP BY {by} HAVING count(*) > 1), chosen AS (SELECT {by}, field, arg_max(value, (times, newest, value)) AS value FROM ({counted}) GROUP BY ALL) "
        f"SELECT {by}, {more}, {alone} FROM told ANTI JOIN several USING ({by}) GROUP BY {by} "
        f"UNION ALL BY NAME SELECT * FROM (SELECT {by}, {more} FROM told SEMI JOIN several USING ({by}) GROUP BY {by}) LEFT JOIN (SELECT {by}, {picked} FROM chosen GROUP BY {by}) USING ({by})"
    )

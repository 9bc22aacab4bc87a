"""Who is who: keys first, then resemblance, then what somebody decided; and since when each of it was known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundig.errors import IdentityError
from kundig.identity.components import components
from kundig.identity.decisions import Decision, Pair, standing
from kundig.identity.duckdb import answer, engine
from kundig.identity.exact import exact
from kundig.identity.timeline import ALWAYS, OPEN, timeline
from kundig.settings import Identity

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from kundig.identity.exact import Exact
    from kundig.identity.fresh import Compared
    from kundig.identity.probable import Model
    from kundig.identity.resembling import Resembling

RESEMBLANCE = "resemblance"
"""How a link by the model is called."""


@dataclass(frozen=True)
class Identified:
    """Who is who.

    Attributes:
        identities: subject, customer_id, how, probability, since, until; a row for each time a subject came to another
            customer, in order of subject and time. Who is with nobody has no row, and is a customer of its own name.
        links: subject, other, how, value, subjects, probability, since: every link there is, used or not.
        review: subject, other, probability of pairs that somebody should look at, most probable first.
        demoted: values of keys that join nobody: how, value, subjects, reason.
        order: subject, run, first: all subjects in the order in which they came; hand it to the next run.
        warnings: a sentence for each column that helps nobody.
        model: what was learned about resemblance; None where nothing was.
        compared: what was compared by it; hand it to the next run together with the model.
        fresh: how many records of how many had to be compared.
    """

    identities: pa.Table
    links: pa.Table
    review: pa.Table
    demoted: pa.Table
    order: pa.Table
    warnings: tuple[str, ...]
    model: Model | None
    compared: Compared | None = None
    fresh: tuple[int, int] = (0, 0)


def identify(  # noqa: PLR0913 -- everything a run depends on is handed in
    traits: Any,
    *,
    at: datetime,
    settings: Identity | None = None,
    order: Any = None,
    decisions: Iterable[Decision] = (),
    model: Model | None = None,
    compared: Compared | None = None,
    unit: str = "person",
) -> Identified:
    """The customer of every subject.

    Args:
        traits: all that sources ever said, as TRAITS, with a row for every subject. Anything that gives Arrow.
        at: when this run is.
        settings: keys, threshold, guard and the like.
        order: `order` of the run before.
        decisions: what somebody merged, split, and took back.
        model: what an earlier run has learned about resemblance; learned anew by default, and where it no longer fits: the
            records are half as many again, other columns tell something, or the keys changed.
        compared: what the run before has compared by that model; only what has come or changed since is compared then.
        unit: what a customer is: a person, or the account that persons belong to.

    Raises:
        IdentityError: a customer would be made of more subjects than the guard allows.
        ConfigError: a key names a column that traits do not have.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    chosen = settings or Identity()
    said = pa.table(traits)
    decided = standing(decisions)
    apart = [pair for pair, decision in decided.items() if decision.action == "split"]
    ordered = _order(said, order, at)
    keyed = exact(said, chosen.keys, country=chosen.country, merged=[pair for pair, decision in decided.items() if decision.action == "merge"], apart=apart, order=ordered)
    like = None
    if chosen.resemblance:
        from kundig.identity.resembling import resembling  # noqa: PLC0415 -- Splink is slow to import

        like = resembling(said, keyed, chosen, apart, model, compared)
    with engine(subjects=pa.table({"subject": ordered.column("subject"), "code": pa.array(range(len(ordered)), pa.int64())})) as con:
        links = _links(con, keyed, like, decided)
        _guarded(links, len(ordered), chosen.guard)
        if unit == "account":
            links = _with_accounts(con, links, said, ordered, chosen, apart)
        identities = _identities(con, links, len(ordered))
        review = _review(con, like, identities, decided, chosen.review)
        told = answer(con, "SELECT * EXCLUDE (a, b, link) FROM links ORDER BY subject, other, how, value")
    warnings = keyed.warnings + (like.probable.warnings if like else ())
    if like is None:
        return Identified(identities, told, review, keyed.demoted, ordered, warnings, None)
    return Identified(identities, told, review, keyed.demoted, ordered, warnings, like.probable.model, like.probable.compared, (like.probable.fresh, like.records.num_rows))


def _order(said: pa.Table, before: Any, at: datetime) -> pa.Table:
    """All subjects in the order of coming: by the run that first saw them, then by what sources first knew, then by name."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    schema = pa.schema([("subject", pa.string()), ("run", pa.timestamp("us", "UTC")), ("first", pa.timestamp("us", "UTC"))])
    known = "min(known_at)" if "known_at" in said.column_names else "NULL"
    with engine(traits=said, before=before if before is not None else schema.empty_table()) as con:
        return answer(
            con,
            f"SELECT subject, coalesce(b.run, TIMESTAMPTZ '{at.isoformat()}') AS run, coalesce(b.first, s.first) AS first FROM (SELECT subject, {known}::TIMESTAMPTZ AS first FROM traits WHERE subject IS NOT NULL GROUP BY subject) s "
            "LEFT JOIN before b USING (subject) ORDER BY run, first NULLS FIRST, subject",
        ).cast(schema)


_NUMBERED = (
    "SELECT l.*, a.code AS a, b.code AS b, row_number() OVER (ORDER BY a.code, b.code, how, value) - 1 + {first} AS link "
    "FROM ({parts}) l JOIN subjects a ON a.subject = l.subject JOIN subjects b ON b.subject = l.other"
)
_TOLD = f"SELECT a, b, how, coalesce(epoch_us(since), {ALWAYS}) AS since FROM links ORDER BY link"


def _links(con: DuckDBPyConnection, keyed: Exact, like: Resembling | None, decided: Mapping[Pair, Decision]) -> pa.Table:
    """The table `links`: every link as its two subjects, their numbers a and b, and how it came about."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    merges = [{"subject": a, "other": b, "how": str(decision), "since": decision.at} for (a, b), decision in decided.items() if decision.action == "merge"]
    schema = pa.schema([("subject", pa.string()), ("other", pa.string()), ("how", pa.string()), ("since", pa.timestamp("us", "UTC"))])
    con.register("keyed", keyed.links)
    con.register("merges", pa.Table.from_pylist(merges, schema=schema))
    parts = [
        "SELECT subject, other, how, NULL::VARCHAR AS value, 2::BIGINT AS subjects, 1.0::DOUBLE AS probability, since FROM merges WHERE subject <> other",
        "SELECT subject, other, how, value, subjects::BIGINT, 1.0::DOUBLE, since FROM keyed",
    ]
    if like is not None and like.linked.used:
        con.register("alike", like.probable.pairs.take(pa.array(like.linked.used, pa.int64())))
        con.register("records", like.records.select(["subject", "since"]))
        parts.append(
            f"SELECT p.subject, p.other, '{RESEMBLANCE}', NULL, 2, p.probability, greatest(a.since, b.since) FROM alike p JOIN records a ON a.subject = p.subject JOIN records b ON b.subject = p.other"
        )
    con.execute(f"CREATE TEMP TABLE links AS {_NUMBERED.format(parts=' UNION ALL '.join(parts), first=0)}")
    return answer(con, _TOLD)


def _with_accounts(con: DuckDBPyConnection, links: pa.Table, said: pa.Table, ordered: pa.Table, settings: Identity, apart: list[Pair]) -> pa.Table:  # noqa: PLR0913 -- all that bears on it
    """The links of persons, and those of their accounts."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    from kundig.identity.accounts import belonging  # noqa: PLC0415 -- loaded when it is needed

    label = components(len(ordered), links.column("a").to_numpy(), links.column("b").to_numpy())
    names = ordered.column("subject")
    person = names.take(pa.array(label))
    of = dict(zip(names.to_pylist(), person.to_pylist(), strict=True)) if apart else {}
    found = belonging(said, pa.table({"subject": names, "person": person, "place": pa.array(range(len(names)), pa.int64())}), settings, [(of[a], of[b]) for a, b in apart if a in of and b in of])
    con.register("accounts", found.links)
    con.execute(
        f"INSERT INTO links {_NUMBERED.format(parts='SELECT subject, other, how, value, subjects::BIGINT AS subjects, 1.0::DOUBLE AS probability, since FROM accounts', first=links.num_rows)}"
    )
    return answer(con, _TOLD)


def _guarded(links: pa.Table, count: int, guard: int) -> None:
    """Refuse a run that would make a customer of too many.

    Raises:
        IdentityError: names the key that did it.
    """
    import numpy as np  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    if not links.num_rows:
        return
    label = components(count, links.column("a").to_numpy(), links.column("b").to_numpy())
    size = np.bincount(label, minlength=count)
    largest = int(size.argmax())
    if size[largest] <= guard:
        return
    by = pc.value_counts(links.column("how").filter(label[links.column("a").to_numpy()] == largest))
    worst = max(by.to_pylist(), key=lambda row: (row["counts"], row["values"]))
    raise IdentityError(
        f"one customer would be made of {size[largest]:,} subjects, more than the {guard:,} that `identity.guard` allows; nothing was changed. {worst['counts']:,} of its links are by {worst['values']}: "
        "lower that key's `most` in kundig.yaml, set `one: true` for a key of which a customer has one, or raise the guard if this is true"
    )


def _identities(con: DuckDBPyConnection, links: pa.Table, count: int) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    rows = timeline(count, links.column("a").to_numpy(), links.column("b").to_numpy(), links.column("since").to_numpy())
    con.register("moves", pa.table({"member": rows.member, "customer": rows.customer, "link": rows.link, "since": rows.since, "until": rows.until}))
    moment = "CASE WHEN {0} = {1} THEN NULL ELSE make_timestamptz({0}) END AS {0}"
    return answer(
        con,
        f"SELECT s.subject, c.subject AS customer_id, n.how, n.probability, {moment.format('since', ALWAYS)}, {moment.format('until', OPEN)} "
        "FROM moves m JOIN subjects s ON s.code = m.member JOIN subjects c ON c.code = m.customer JOIN (SELECT link, how, probability FROM links) n USING (link) ORDER BY s.subject, m.since",
    )


def _review(con: DuckDBPyConnection, like: Resembling | None, identities: pa.Table, decided: Mapping[Pair, Decision], least: float) -> pa.Table:
    """Pairs in the grey zone that are not together, and on which nobody has decided."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    schema = pa.schema([("subject", pa.string()), ("other", pa.string()), ("probability", pa.float64())])
    con.register("pairs", like.probable.pairs if like else schema.empty_table())
    con.register("settled", pa.Table.from_pylist([{"subject": a, "other": b} for a, b in decided], schema=pa.schema(list(schema)[:2])))
    con.register("identities", identities)
    con.execute("CREATE TEMP TABLE now AS SELECT subject, customer_id FROM identities WHERE until IS NULL")
    return answer(
        con,
        "SELECT p.subject, p.other, p.probability FROM pairs p LEFT JOIN now a ON a.subject = p.subject LEFT JOIN now b ON b.subject = p.other ANTI JOIN settled s ON s.subject = p.subject AND s.other = p.other "
        f"WHERE coalesce(a.customer_id, p.subject) <> coalesce(b.customer_id, p.other) AND p.probability >= {least} ORDER BY p.probability DESC, p.subject, p.other",
    )

"""Why two subjects are one customer, or are not: in words, and in bits for and against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kundig.identity.decisions import Decision, standing
from kundig.identity.duckdb import engine
from kundig.identity.exact import exact

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from kundig.identity.frequencies import Frequencies
    from kundig.identity.probable import Model
    from kundig.settings import Identity


@dataclass(frozen=True)
class Step:
    """What one comparison says: of which field, what was found, and how many bits it speaks for or against."""

    field: str
    found: str
    bits: float


@dataclass(frozen=True)
class Explanation:
    """Why two subjects are one customer, or are not.

    Attributes:
        one: a subject.
        other: another.
        together: whether they are one customer now.
        reasons: what made it so, in sentences.
        start: log2 odds that any two are one, before they were compared; None where nothing was compared.
        steps: what each comparison says.
        probability: that the two are one, by what was compared.
        threshold: the probability from which they would be joined.
    """

    one: str
    other: str
    together: bool
    reasons: tuple[str, ...]
    start: float | None
    steps: tuple[Step, ...]
    probability: float | None
    threshold: float | None


def explanation(  # noqa: PLR0913 -- everything that bears on it
    one: str, other: str, *, said: Any, identities: Any, links: Any, order: Any, decisions: Iterable[Decision], settings: Identity, model: Model | None
) -> Explanation:
    """Why `one` and `other` are one customer, or are not.

    Args:
        one: a subject.
        other: another.
        said: all that sources ever said, with a row for each subject.
        identities: as the last run left it.
        links: as the last run left them.
        order: all subjects, in the order of coming.
        decisions: what somebody decided.
        settings: the keys and their kind.
        model: what was learned about resemblance.
    """
    decided = standing(decisions)
    with engine(identities=identities, links=links, ordered=order) as con:
        now = {name: _customer(con, name) for name in (one, other)}
        together = now[one] == now[other]
        path = _path(con, one, other) if together else []
    pair = (min(one, other), max(one, other))
    reasons = [f"{decided[pair]}: that counts, whatever else is found."] if pair in decided else []
    reasons += [_sentence(*step) for step in path]
    if not together and not reasons:
        reasons.append("No link leads from one to the other.")
    keyed = exact(said, settings.keys, country=settings.country, order=order)
    reasons += _apart(keyed.demoted, keyed.muted, (one, other), said) if not together else []
    if model is None:
        return Explanation(one, other, together, tuple(reasons), None, (), None, None)
    steps, contradicted, most = _steps(one, other, said, keyed, settings, model)
    if not steps:
        reasons.append("Too little is known of one of them to be compared.")
        return Explanation(one, other, together, tuple(reasons), None, (), None, None)
    odds = model.prior + sum(step.bits for step in steps)
    chance: float = 1 / (1 + 2.0 ** min(-odds, 1000))
    if most < 1:
        chance = min(chance, most)
        reasons.append(f"What they say of the {' and of the '.join(contradicted or ['given name'])} speaks against one person: no more than {most:.0%} is believed of such a pair.".replace("%", " %"))
    return Explanation(one, other, together, tuple(reasons), model.prior, steps, chance, settings.threshold or model.threshold)


def _customer(con: DuckDBPyConnection, name: str) -> str:
    found = con.execute("SELECT customer_id FROM identities WHERE subject = ? AND until IS NULL", [name]).fetchall()
    return str(found[0][0]) if found else name


def _path(con: DuckDBPyConnection, one: str, other: str) -> list[tuple[str, str, str, str | None, float, Any]]:
    """The fewest links that lead from one to the other, the surest among equals."""
    rows = con.execute(
        "SELECT l.subject, l.other, how, value, probability, since FROM links l SEMI JOIN (SELECT subject FROM identities WHERE until IS NULL AND customer_id = "
        "(SELECT customer_id FROM identities WHERE subject = ? AND until IS NULL)) c ON c.subject = l.subject ORDER BY probability DESC, how, 1, 2",
        [one],
    ).fetchall()
    near: dict[str, list[tuple[str, Any]]] = {}
    for row in rows:
        near.setdefault(row[0], []).append((row[1], row))
        near.setdefault(row[1], []).append((row[0], row))
    came: dict[str, tuple[str, Any]] = {one: ("", None)}
    front = [one]
    while front and other not in came:
        following = []
        for place in front:
            for there, row in near.get(place, []):
                if there not in came:
                    came[there] = (place, row)
                    following.append(there)
        front = following
    path = []
    at = other
    while at != one and at in came:
        before, row = came[at]
        path.append((before, at, *row[2:]))
        at = before
    return list(reversed(path))


def _sentence(one: str, other: str, how: str, value: str | None, chance: float, since: Any) -> str:  # noqa: PLR0913 -- a link's columns
    when = f", known since {since:%Y-%m-%d}" if since else ""
    if value is not None:
        return f"{one} and {other} have the same {how}, {value}{when}."
    if how == "resemblance":
        return f"{one} and {other} resemble each other, with probability {chance:.4f}{when}."
    return f"{one} and {other}: {how}."


def _apart(demoted: pa.Table, muted: pa.Table, pair: tuple[str, str], said: Any) -> list[str]:
    """What they share that joins nobody."""
    with engine(demoted=demoted, muted=muted, traits=said) as con:
        held = con.execute("SELECT count(DISTINCT subject) FROM muted WHERE subject IN (?, ?)", list(pair)).fetchall()[0][0]
        if held < len(pair):
            return []
        values = {name: {str(row[0]).lower() for row in con.execute("SELECT DISTINCT email FROM traits WHERE subject = ? AND email IS NOT NULL UNION SELECT substr(subject, strpos(subject, ':') + 1) FROM traits WHERE subject = ?", [name, name]).fetchall()} for name in pair}
        both = values[pair[0]] & values[pair[1]]
        return [f"Both have {how} {value}, but it joins nobody: {reason}, {count} subjects." for how, value, count, reason in con.execute("SELECT how, value, subjects, reason FROM demoted ORDER BY ALL").fetchall() if value in both]


def _steps(one: str, other: str, said: Any, keyed: Any, settings: Identity, model: Model) -> tuple[tuple[Step, ...], list[str], float]:  # noqa: PLR0913 -- all that is compared
    """What each comparison of the two records says, the fields that contradict, and how much is believed of such a pair at most."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import
    import pyarrow.compute as pc  # noqa: PLC0415 -- loaded when it is needed

    from kundig.identity.doubts import contradictions, standing  # noqa: PLC0415 -- loaded when it is needed
    from kundig.identity.linkage import coded, formed  # noqa: PLC0415 -- loaded when it is needed
    from kundig.identity.moving import moved  # noqa: PLC0415 -- loaded when it is needed
    from kundig.identity.resembling import compared  # noqa: PLC0415 -- loaded when it is needed

    records, each = compared(said, keyed, settings.country)
    place = [int(at) for at in pc.index_in(pa.array([one, other]), keyed.subjects.column("subject")).to_pylist()]
    cluster = [int(keyed.subjects.column("cluster")[at].as_py()) for at in place]
    if cluster[0] == cluster[1] and each is not None:
        records, names = each.drop_columns(["cluster"]), [one, other]
    else:
        by = dict(zip(records.column("cluster").to_pylist(), records.column("subject").to_pylist(), strict=True))
        names = [by.get(number, "") for number in cluster]
        records = records.drop_columns(["cluster", "since"])
    fields = list(model.plan.sorts)
    with engine(raw=records.filter(pc.is_in(records.column("subject"), pa.array(names, pa.string())))) as con:
        coded(con, fields)
        formed(con, fields, "records")
        there = {row[0]: row[1:] for row in con.execute("SELECT subject, " + ", ".join(f'"{name}"' for name in fields) + " FROM records WHERE subject IN (?, ?)", names).fetchall()}
        if len(there) < len(set(names)) or not all(names):
            return (), [], 1.0
        steps = []
        for number, name in enumerate(fields):
            a, b = there[names[0]][number], there[names[1]][number]
            told = next(one for one in model.parameters["comparisons"] if one["output_column_name"] == name)
            steps.append(_step(con, name, a, b, told["comparison_levels"], model.frequencies))
        [(back,)] = con.execute(f"SELECT {moved(model.plan.sorts, model.parameters)} FROM records a, records b WHERE a.subject = ? AND b.subject = ?", names).fetchall()
        if back:
            steps.append(Step("address", "all of it differs, as when somebody has moved: that counts once", float(back)))
        found = {
            name: con.execute(f"SELECT coalesce({said}, false) FROM records a, records b WHERE a.subject = ? AND b.subject = ?", names).fetchall()[0][0]
            for name, said in contradictions(model.plan.sorts).items()
        }
        [(stands,)] = con.execute(f"SELECT {standing(model.plan.sorts)} FROM records a, records b WHERE a.subject = ? AND b.subject = ?", names).fetchall()
        against = [name.replace("_", " ") for name, so in found.items() if so]
        return tuple(steps), against, min(model.believed[stands], model.believed[-1] if against else 1.0)


def _step(con: DuckDBPyConnection, name: str, a: str | None, b: str | None, levels: list[dict[str, Any]], frequencies: Frequencies) -> Step:  # noqa: PLR0913 -- all that a comparison goes by
    """The first level that holds, and what it is worth."""
    from math import log2  # noqa: PLC0415 -- loaded when it is needed

    from kundig.identity.frequencies import seen  # noqa: PLC0415 -- loaded when it is needed
    from kundig.identity.linkage import IN_COMMON  # noqa: PLC0415 -- loaded when it is needed

    if a is None or b is None:
        return Step(name, "not known of both", 0.0)
    for number, level in enumerate(levels):
        if level.get("is_null_level"):
            continue
        condition = level["sql_condition"]
        sql = "true" if condition == "ELSE" else condition
        if not con.execute(f'SELECT coalesce({sql}, false) FROM (SELECT ?::VARCHAR AS "{name}_l", ?::VARCHAR AS "{name}_r")', [a, b]).fetchall()[0][0]:
            continue
        m, u = level.get("m_probability"), level.get("u_probability")
        equal = a == b
        if equal and level.get("tf_adjustment_column") and m:
            times, every = seen(con, frequencies, name, a)
            return Step(name, f"the same, {a}, as {times:,} of {every:,} have it", log2(m * every / times))
        bits = log2(m / u) if m and u else 0.0
        words = "different" if number == len(levels) - 1 else "in part the same" if level.get("label_for_charts") == IN_COMMON else "nearly the same"
        return Step(name, f"{words}: {a} and {b}" if not equal else f"the same, {a}", bits)
    return Step(name, "not comparable", 0.0)

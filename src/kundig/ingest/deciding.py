"""What somebody knows better than every key: decisions entered into the lake, and what there is to decide upon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from kundig.errors import IdentityError, nearest
from kundig.identity.decisions import Decision, standing
from kundig.identity.tables import TABLES as WHO_IS_WHO
from kundig.ingest.identifying import decide, decisions, statements
from kundig.store.duckdb import connection, relation

if TYPE_CHECKING:
    from kundig.identity.explaining import Explanation
    from kundig.settings import Identity
    from kundig.store.lake import Lake


def decided(lake: Lake, action: Literal["merge", "split", "undo"], pairs: Iterable[tuple[str, str]], *, by: str, now: datetime) -> None:
    """Enter one decision on each pair of subjects.

    Raises:
        IdentityError: a pair is of one subject, names one that is not there, or there is nothing to take back.
    """
    made = [Decision(action, one, other, by, now) for one, other in pairs]
    known = standing(decisions(lake))
    for one in made:
        if one.subject == one.other:
            raise IdentityError(f"{one.subject!r} was named twice; a decision is on two subjects")
        _there(lake, one.subject)
        _there(lake, one.other)
        if action == "undo" and one.pair not in known:
            raise IdentityError(f"nothing was decided on {one.subject!r} and {one.other!r}; {nearest(' '.join(one.pair), [' '.join(pair) for pair in known])}")
    decide(lake, made)


def taken_back(lake: Lake, subject: str, at: datetime, *, by: str, now: datetime) -> list[tuple[str, str]]:
    """Take back what was decided on a subject at one moment; gives the pairs.

    Raises:
        IdentityError: nothing that still stands was decided on it then.
    """
    pairs = [(one.subject, one.other) for one in standing(decisions(lake)).values() if one.subject == subject and one.at == at]
    if not pairs:
        raise IdentityError(f"nothing that still stands was decided on {subject!r} at {at.isoformat()}; it may have been taken back already")
    decided(lake, "undo", pairs, by=by, now=now)
    return pairs


def companions(lake: Lake, subject: str) -> list[str]:
    """Who is one customer with a subject.

    Raises:
        IdentityError: it is no subject, or with nobody.
    """
    _there(lake, subject)
    with connection(lake.folder / ".spill") as con:
        now = f"(SELECT * FROM {relation(lake, 'identities')} WHERE until IS NULL)"
        found = con.execute(f"SELECT subject FROM {now} WHERE customer_id = (SELECT customer_id FROM {now} WHERE subject = ?) AND subject <> ? ORDER BY subject", [subject, subject]).fetchall()
    if not found:
        raise IdentityError(f"{subject!r} is a customer of its own already; there is nothing to split")
    return [str(name) for (name,) in found]


def explained(lake: Lake, settings: Identity, one: str, other: str) -> Explanation:
    """Why two subjects are one customer, or are not."""
    from kundig.identity.explaining import explanation  # noqa: PLC0415 -- slow import
    from kundig.identity.learning import kept_model  # noqa: PLC0415 -- loaded when it is needed

    _there(lake, one)
    _there(lake, other)
    with connection(lake.folder / ".spill") as con:
        tables = {name: con.sql(f"SELECT * FROM {relation(lake, name)}").to_arrow_table() for name in WHO_IS_WHO}
        order = con.sql(f"SELECT * FROM {relation(lake, 'subjects')} ORDER BY run, first NULLS FIRST, subject").to_arrow_table()
        said = statements(con, lake, settings)
    return explanation(
        one, other, said=said, identities=tables["identities"], links=tables["links"], order=order, decisions=decisions(lake), settings=settings,
        model=kept_model(lake.folder / "resemblance.json") if settings.resemblance else None,
    )  # fmt: skip


def _there(lake: Lake, subject: str) -> None:
    with connection(lake.folder / ".spill") as con:
        known = relation(lake, "subjects")
        if con.execute(f"SELECT 1 FROM {known} WHERE subject = ? LIMIT 1", [subject]).fetchall():
            return
        alike = [row[0] for row in con.execute(f"SELECT subject FROM {known} ORDER BY jaro_winkler_similarity(subject, ?) DESC, subject LIMIT 5", [subject]).fetchall()]
    raise IdentityError(f"there is no subject {subject!r}; {nearest(subject, alike)}" if alike else f"there is no subject {subject!r}: nobody was identified yet; run `kundig identify`")

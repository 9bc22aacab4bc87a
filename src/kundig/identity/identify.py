"""Who is who: keys first, then resemblance, then what somebody decided, with the ids of the last run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kundig.identity.decisions import Decision, standing
from kundig.identity.duckdb import answer, engine
from kundig.identity.exact import Exact, exact
from kundig.identity.key import KEYS, Key
from kundig.identity.linkage import SORTS
from kundig.identity.stable import history_schema, stable

if TYPE_CHECKING:
    import pyarrow as pa

    from kundig.identity.linked import Linked
    from kundig.identity.probable import Probable


@dataclass(frozen=True)
class Identified:
    """Who is who.

    Attributes:
        identities: subject, customer_id, how, probability, since; in order of subject. `how` is the strongest reason why
            the subject is with others: a decision, the key, `resemblance`; `alone` where it is with nobody.
        links: every link by key, as `exact` gives them.
        review: subject, other, probability of pairs that somebody should look at, most probable first.
        demoted: values of keys that join nobody, with the reason.
        warnings: a sentence for each column that helps nobody.
    """

    identities: pa.Table
    links: pa.Table
    review: pa.Table
    demoted: pa.Table
    warnings: tuple[str, ...]


def identify(  # noqa: PLR0913 -- everything a run depends on is handed in
    traits: Any, *, at: datetime, history: Any = None, keys: Sequence[Key] = KEYS, decisions: Iterable[Decision] = (), country: str = "DE", resemblance: bool = True
) -> Identified:
    """The customer of every subject.

    Args:
        traits: all that sources ever said, as TRAITS. Anything that gives Arrow.
        at: when this run is.
        history: subject, customer_id, since: the new rows of `identities` of all earlier runs.
        keys: strong identifiers, the strongest first.
        decisions: what somebody merged and split.
        country: of telephone numbers without one, ISO 3166.
        resemblance: whether records without a common key are compared.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    said = pa.table(traits)
    decided = standing(decisions)
    merged = [pair for pair, decision in decided.items() if decision.action == "merge"]
    apart = [pair for pair, decision in decided.items() if decision.action == "split"]
    keyed = exact(said, keys, country=country, merged=merged, apart=apart)
    subjects = keyed.subjects.column("subject").to_pylist()
    label, probable, found = keyed.subjects.column("cluster"), None, None
    if resemblance:
        probable, found = _resembling(said, keyed, subjects, apart)
        label = pa.array(found.label)
    clusters = pa.table({"subject": keyed.subjects.column("subject"), "cluster": label})
    ids = stable(clusters, history if history is not None else history_schema().empty_table(), at)
    reasons = _reasons(subjects, decided, keyed, probable, found)
    sizes: dict[str, int] = {}
    for customer in ids.column("customer_id").to_pylist():
        sizes[customer] = sizes.get(customer, 0) + 1
    told = [reasons.get(subject, ("alone", None)) if sizes[customer] > 1 else ("alone", None) for subject, customer in zip(subjects, ids.column("customer_id").to_pylist(), strict=True)]
    identities = pa.table(
        {
            "subject": ids.column("subject"),
            "customer_id": ids.column("customer_id"),
            "how": pa.array([how for how, _ in told], pa.string()),
            "probability": pa.array([chance for _, chance in told], pa.float64()),
            "since": ids.column("since"),
        }
    )
    warnings = keyed.warnings + (probable.warnings if probable else ())
    return Identified(identities, keyed.links, _review(probable, identities, decided), keyed.demoted, warnings)


def _resembling(said: pa.Table, keyed: Exact, subjects: Sequence[str], apart: Sequence[tuple[str, str]]) -> tuple[Probable, Linked]:
    from kundig.identity.linked import linked  # noqa: PLC0415 -- slow import
    from kundig.identity.probable import probable  # noqa: PLC0415

    columns = [name for name in SORTS if name in said.column_names]
    newest = [f'arg_max("{name}", {"known_at" if "known_at" in said.column_names else "1"}) AS "{name}"' for name in columns]
    with engine(traits=said) as con:
        records = answer(con, f"SELECT {', '.join(['subject', *newest])} FROM traits WHERE subject IS NOT NULL GROUP BY subject ORDER BY subject")
    found = probable(records)
    code = {subject: number for number, subject in enumerate(subjects)}
    never = [(code[a], code[b]) for a, b in apart if a in code and b in code]
    return found, linked(subjects, found, keyed.subjects.column("cluster").to_numpy(), never, keyed.ones)


def _reasons(subjects: Sequence[str], decided: dict[tuple[str, str], Decision], keyed: Exact, probable: Probable | None, found: Linked | None) -> dict[str, tuple[str, float | None]]:
    """The strongest reason for each subject: decisions over keys over resemblance."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    reasons: dict[str, tuple[str, float | None]] = {}
    there = set(subjects)
    for pair, decision in decided.items():
        if decision.action == "merge" and there.issuperset(pair):
            for one in pair:
                reasons.setdefault(one, (str(decision), 1.0))
    for one, other, how in zip(*(keyed.links.column(name).to_pylist() for name in ("subject", "other", "how")), strict=True):
        reasons.setdefault(one, (how, 1.0))
        reasons.setdefault(other, (how, 1.0))
    if probable is not None and found is not None:
        for pair in probable.pairs.take(pa.array(found.used, pa.int64())).to_pylist():
            reasons.setdefault(pair["subject"], ("resemblance", pair["probability"]))
            reasons.setdefault(pair["other"], ("resemblance", pair["probability"]))
    return reasons


def _review(probable: Probable | None, identities: pa.Table, decided: dict[tuple[str, str], Decision]) -> pa.Table:
    """Pairs in the grey zone that are not together, and on which nobody has decided."""
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    from kundig.identity.probable import GREY  # noqa: PLC0415

    schema = pa.schema([("subject", pa.string()), ("other", pa.string()), ("probability", pa.float64())])
    settled = pa.table({"subject": pa.array([a for a, _ in decided], pa.string()), "other": pa.array([b for _, b in decided], pa.string())})
    with engine(pairs=probable.pairs if probable else schema.empty_table(), identities=identities, settled=settled) as con:
        return answer(
            con,
            f"SELECT p.subject, p.other, p.probability FROM pairs p JOIN identities a ON a.subject = p.subject JOIN identities b ON b.subject = p.other ANTI JOIN settled s ON s.subject = p.subject AND s.other = p.other "
            f"WHERE a.customer_id <> b.customer_id AND p.probability >= {GREY} ORDER BY p.probability DESC, p.subject, p.other",
        )

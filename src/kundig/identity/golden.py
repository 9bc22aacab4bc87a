"""The golden record: what is held to be true of a customer, from everything its sources say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kundig.events import TRAITS
from kundig.settings.identity import Precedence

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIELDS = tuple(column.name for column in TRAITS if column.name not in {"subject", "known_at", "source"})
PLAIN = tuple(name for name in FIELDS if name not in {"consents", "properties"})


def customers(said: ir.Table, precedence: Mapping[str, Precedence] | None = None) -> ir.Table:
    """One row a customer with one value for each field, by the precedence of the field; the newest where nothing is settled.

    Of two values from one moment the alphabetically last is taken, so that the order of rows does not matter.

    Args:
        said: traits with `customer_id`.
        precedence: whose word counts, by field; `default` for all others.

    Columns:
        customer_id: the customer
        title, given_name, …, segment: the fields of `traits`; null where no source says anything
    """
    chosen = {name: _settled(precedence or {}, name) for name in PLAIN}
    counted = said
    for name, rule in chosen.items():
        if rule.then == "frequent":
            import ibis  # noqa: PLC0415 -- slow import

            counted = counted.mutate(**{f"times_{name}": counted.subject.count().over(ibis.window(group_by=["customer_id", "source", name] if rule.sources else ["customer_id", name]))})
    picked = {name: _best(counted, name, rule).max(where=counted[name].notnull())["value"] for name, rule in chosen.items()}
    return counted.group_by("customer_id").agg(**picked)


def values(said: ir.Table, precedence: Mapping[str, Precedence] | None = None) -> ir.Table:
    """Everything that was ever said of each customer, one row a value, with which of them is picked and what it was said by.

    Columns:
        customer_id: the customer
        field: the field of `traits`
        value: what was said
        subject: of whom, as the source names them
        source: who said it
        known_at: since when
        picked: whether it is what the golden record holds
    """
    import ibis  # noqa: PLC0415 -- slow import

    golden = customers(said, precedence)
    parts = []
    for name in PLAIN:
        there = said.filter(said[name].notnull())
        one = there.select("customer_id", field=ibis.literal(name), value=there[name], subject="subject", source="source", known_at="known_at")
        best = golden.select(golden_customer=golden.customer_id, golden_value=golden[name])
        joined = one.left_join(best, one.customer_id == best.golden_customer)
        parts.append(joined.mutate(picked=joined.value == joined.golden_value).drop("golden_customer", "golden_value"))
    return ibis.union(*parts, distinct=True).order_by("customer_id", "field", "known_at", "source", "value", "subject")


def _settled(precedence: Mapping[str, Precedence], name: str) -> Precedence:
    return precedence.get(name) or precedence.get("default") or Precedence()


def _best(said: ir.Table, name: str, rule: Precedence) -> Any:
    """What a value is ordered by, with the value itself last; the greatest is picked."""
    import ibis  # noqa: PLC0415 -- slow import

    parts: dict[str, Any] = {}
    if rule.sources:
        places = [(said.source == source, len(rule.sources) - place) for place, source in enumerate(rule.sources)]
        parts["place"] = ibis.cases(*places, else_=0)
    if rule.then == "frequent":
        parts["times"] = said[f"times_{name}"]
    return ibis.struct({**parts, "known_at": said.known_at, "value": said[name]})

"""Contracts as they would be told."""

from __future__ import annotations

from decimal import Decimal

from kundig.journal import told
from kundig.settings import Settings


def contract(who, at, outcome, amount=None, case=None, **more):
    """A change of a contract; the customer has one contract unless `case` says which."""
    return {"subject": who, "kind": "contract", "occurred_at": at, "outcome": outcome, "amount": None if amount is None else Decimal(str(amount)), "case_id": case or f"{who}'s", **more}


def until(at):
    """That the journal goes on until then."""
    return {"subject": "the clock", "kind": "visit", "occurred_at": at}


def journal(*events, traits=(), **settings):
    """These events, with what the company settles."""
    return told(events, traits, settings=Settings.model_validate(settings))


def rows(table, *columns):
    """The rows; of those columns alone as tuples, money as numbers."""
    found = [{name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()} for row in table.to_pyarrow().to_pylist()]
    return [tuple(row[name] for name in columns) for row in found] if columns else found

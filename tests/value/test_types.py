"""A lake tells times to the microsecond, and a story does not: both must do."""

from dataclasses import replace

import ibis
import pytest

from kundig.analysis import analyses
from kundig.journal import unbound

ASKED = [asked for name, asked in analyses().items() if name.startswith("value.")]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_it_can_be_asked_of_times_as_a_lake_has_them(asked):
    journal = unbound()
    columns = {name: "timestamp(6)" if name == "local_at" else "timestamp('UTC', 6)" if type_.is_timestamp() else type_ for name, type_ in journal.history.schema().items()}
    stored = replace(journal, history=ibis.table(columns, name="history"))
    assert list(asked.function(stored, **{argument.name: argument.default for argument in asked.arguments}).columns) == list(asked.columns)

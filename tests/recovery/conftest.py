"""A small Nordwind Mobil for each seed, imported, with the truth beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

import kundig
from kundig.demo import simulate

SEEDS = (1, 2, 3)
CUSTOMERS = 800

# Most events have one person behind their subject; a shared e-mail address has two, and tells of neither.
TOLD = """
CREATE TABLE told AS SELECT e.*, timezone('Europe/Berlin', occurred_at) AS moment, s.person FROM read_parquet({events}) e
    LEFT JOIN (SELECT subject, any_value(person) AS person FROM read_parquet('{truth}/subjects.parquet') GROUP BY subject HAVING count(DISTINCT person) = 1) s USING (subject);
CREATE VIEW persons AS SELECT * FROM read_parquet('{truth}/persons.parquet');
CREATE VIEW hazards AS SELECT * FROM read_parquet('{truth}/hazards.parquet');
CREATE VIEW traits AS SELECT * FROM read_parquet({traits});
"""

# A row for each customer and month under contract; what is known of the months before it, and whether notice is given in it.
PANEL = """
CREATE TABLE lives AS SELECT person, min(moment) FILTER (outcome = 'started') AS started, min(moment) FILTER (kind = 'cancellation') AS notice, arg_max(product, moment) AS product
    FROM told WHERE source = 'contracts' GROUP BY person;
CREATE TABLE months AS SELECT person, started, product, CAST(month AS DATE) AS month, coalesce(date_trunc('month', notice) = month, false) AS leaves
    FROM lives, range(TIMESTAMP '2024-01-01', TIMESTAMP '2026-07-01', INTERVAL 1 MONTH) r(month)
    WHERE date_trunc('month', started) <= month AND (notice IS NULL OR date_trunc('month', notice) >= month);
CREATE TABLE moves AS SELECT person, max(moment) AS done FROM told WHERE touchpoint = 'onboard.porting' AND kind = 'milestone' GROUP BY person, case_id
    HAVING count(*) = 2 AND max(moment) - min(moment) > INTERVAL 10 DAY;
CREATE TABLE around AS SELECT any_value(person) AS person, min(moment) FILTER (kind = 'case_opened') AS opened FROM told WHERE source = 'tickets' GROUP BY case_id
    HAVING count(*) FILTER (kind = 'case_handover') >= 2;
CREATE TABLE silent AS SELECT person, started FROM lives l WHERE started >= '2024-01-01' AND started < '2026-06-01'
    AND NOT EXISTS (SELECT 1 FROM told u WHERE u.kind = 'usage' AND u.person = l.person AND u.moment <= l.started + INTERVAL 14 DAY);
CREATE TABLE panel AS SELECT m.*,
    EXISTS (SELECT 1 FROM moves x WHERE x.person = m.person AND date_diff('month', x.done, m.month) BETWEEN 1 AND 12) AS slow_porting,
    (SELECT count(*) FROM told x WHERE x.kind = 'invoice_correction' AND x.person = m.person AND date_diff('month', x.moment, m.month) BETWEEN 1 AND 6) >= 2 AS repeated_errors,
    EXISTS (SELECT 1 FROM around x WHERE x.person = m.person AND date_diff('month', x.opened, m.month) BETWEEN 1 AND 4) AS handed_around,
    EXISTS (SELECT 1 FROM silent x WHERE x.person = m.person AND date_diff('month', x.started, m.month) BETWEEN 1 AND 12) AS silent_start
    FROM months m;
"""


@dataclass
class Company:
    """A simulated company, what was planted, and plain SQL on its journal."""

    workspace: kundig.Workspace
    truth: dict[str, Any]
    imported: dict[str, Any]

    @cached_property
    def con(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect()
        con.execute("SET TimeZone = 'UTC'")
        lake, truth = self.workspace.lake, self.workspace.folder / "truth"
        con.execute(TOLD.format(events=lake.files("events"), traits=lake.files("traits"), truth=truth))
        con.execute(PANEL)
        return con

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query over told, persons, hazards, traits, panel and the tables beside them."""
        return self.con.execute(sql).fetchall()

    def ask(self, name: str, **arguments: Any) -> list[dict[str, Any]]:
        """The rows that an analysis answers."""
        return self.workspace.ask(name, **arguments).table.to_pylist()


def company_of(folder: Path, seed: int, customers: int) -> Company:
    """A company, simulated and imported."""
    simulate(folder, customers=customers, seed=seed)
    workspace = kundig.open(folder)
    imported = {one.source: one for one in workspace.imports()}
    return Company(workspace, json.loads((folder / "truth.json").read_text(encoding="utf-8"))["truths"], imported)


@pytest.fixture(scope="session", params=[pytest.param(seed, marks=() if seed == SEEDS[0] else pytest.mark.soak, id=f"seed {seed}") for seed in SEEDS])
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Nordwind Mobil, once for each seed."""
    return company_of(tmp_path_factory.mktemp("nordwind"), request.param, CUSTOMERS)

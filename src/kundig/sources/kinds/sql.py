"""SQL databases: SQLite, PostgreSQL, MySQL and MariaDB."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from pydantic import model_validator

from kundig.errors import SourceError
from kundig.sources.readers import Place, Reader, Rows

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import Connection

BATCH = 50_000


class Sql(Reader):
    """The rows of a table, or of one SELECT, of a database named by its URL.

    Read in one read-only transaction with a cursor on the server, in batches. Secrets belong into the environment:
    `sql: postgresql://user:${CRM_PASSWORD}@host/crm`.
    """

    key: ClassVar[str] = "sql"

    sql: str
    table: str | None = None
    query: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Sql:
        if (self.table is None) == (self.query is None):
            raise ValueError("expected either `table:` or `query:`")
        if self.query is not None:
            import sqlglot  # noqa: PLC0415 -- slow import
            from sqlglot import exp  # noqa: PLC0415 -- loaded when it is needed

            try:
                trees = sqlglot.parse(self.query, read=_dialect(self.sql))
            except sqlglot.errors.SqlglotError as error:
                raise ValueError(f"the query is not SQL: {str(error).splitlines()[0]}") from None
            tree = trees[0]
            writes = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Command, exp.Into)
            if len(trees) != 1 or not isinstance(tree, exp.Query) or tree.find(*writes):
                raise ValueError("expected one SELECT that only reads")
        return self

    def located(self) -> str:
        """The URL without its password."""
        return "sql: " + re.sub(r"(//[^:/@]*):.*@", r"\1:***@", self.sql)

    def rows(self, place: Place) -> Rows:
        """The rows as record batches; numbers that are exact in the database stay exact.

        Raises:
            SourceError: the database cannot be reached, or has no such table or column.
        """
        with self._result(place, limit=True) as (names, _):
            pass

        def batches() -> Iterator[pa.RecordBatch]:
            with self._result(place) as (found, partitions):
                for block in partitions:
                    yield _batch(found, block)

        return Rows(batches=batches, schema=_schema(names))

    @contextmanager
    def _result(self, place: Place, *, limit: bool = False) -> Iterator[tuple[tuple[str, ...], Iterator[Any]]]:
        import sqlalchemy as sa  # noqa: PLC0415 -- slow import

        try:
            url = sa.make_url(_with_driver(self.sql))
        except sa.exc.ArgumentError:
            raise SourceError(f"{self.located()} is no database URL; expected one such as postgresql://user@host/database or sqlite:///file.db") from None
        if "@" in (url.host or ""):
            raise SourceError(f"{self.located()} cannot be read: the user or password holds an @; write it as %40")
        options: dict[str, Any] = {}
        if url.get_backend_name() == "sqlite":
            file = Path(url.database or "")
            file = file if file.is_absolute() else place.data / file
            if not file.is_file():
                raise SourceError(f"there is no SQLite file {file}")
            options["creator"] = partial(sqlite3.connect, f"file:{quote(str(file))}?mode=ro", uri=True, check_same_thread=False)
        try:
            engine = sa.create_engine(url, poolclass=sa.NullPool, **options)
            with engine.connect() as connection, connection.begin():
                _read_only(connection)
                streamed = connection.execution_options(stream_results=True, yield_per=BATCH, no_parameters=True)
                result = streamed.exec_driver_sql(self._statement(engine))
                names = tuple(result.keys())
                yield names, (() if limit else result.partitions(BATCH))  # type: ignore[misc]
                result.close()
        except ModuleNotFoundError as error:
            raise SourceError(f"{self.located()} needs the driver {error.name}; install kundig[sql]") from None
        except sa.exc.SQLAlchemyError as error:
            cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise SourceError(f"{self.located()} cannot be read: {cause}; check that the database runs, the URL, and the right to read") from None

    def _statement(self, engine: Any) -> str:
        if self.query is not None:
            return self.query.rstrip().rstrip(";")
        named = engine.dialect.identifier_preparer.quote_identifier
        return "SELECT * FROM " + ".".join(named(part) for part in str(self.table).split("."))


def _dialect(url: str) -> str:
    name = url.split(":", 1)[0].split("+", maxsplit=1)[0]
    return {"postgresql": "postgres", "mariadb": "mysql"}.get(name, name)


def _with_driver(url: str) -> str:
    """The drivers that come with kundig[sql]."""
    for scheme, driver in (("postgres", "psycopg"), ("postgresql", "psycopg"), ("mysql", "pymysql"), ("mariadb", "pymysql")):
        if url.startswith(f"{scheme}://"):
            return f"{'postgresql' if scheme == 'postgres' else scheme}+{driver}://{url.partition('://')[2]}"
    return url


def _read_only(connection: Connection) -> None:
    if connection.dialect.name in {"postgresql", "mysql", "mariadb"}:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY" if connection.dialect.name == "postgresql" else "SET SESSION TRANSACTION READ ONLY")
    else:
        connection.exec_driver_sql("PRAGMA query_only = ON")


def _schema(names: tuple[str, ...]) -> Any:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    return pa.schema([(name, pa.string()) for name in names])


def _batch(names: tuple[str, ...], block: Any) -> pa.RecordBatch:
    import pyarrow as pa  # noqa: PLC0415 -- slow import

    columns = zip(*block, strict=True)
    return pa.RecordBatch.from_arrays([pa.array([_text(value) for value in column], pa.string()) for column in columns], schema=_schema(names))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        # Without an exponent; a float by its shortest decimal text.
        return format(Decimal(repr(value)) if isinstance(value, float) else value, "f")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list):
        import json  # noqa: PLC0415 -- loaded when it is needed

        return json.dumps(value, ensure_ascii=False)
    return str(value)

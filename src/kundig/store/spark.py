"""The distributed engine: the same lake and the same analyses on Spark, for a company that outgrows one machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kundig.errors import LakeError
from kundig.events import EVENTS, Column, schema
from kundig.store.lake import TABLES, Lake

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.pyspark import Backend

_TYPES = {
    "string": "STRING",
    "float64": "DOUBLE",
    "int64": "BIGINT",
    "binary": "BINARY",
    "timestamp('UTC')": "TIMESTAMP",
    "decimal(18, 4)": "DECIMAL(18, 4)",
    "map<string, string>": "MAP<STRING, STRING>",
}


def backend(address: str) -> Backend:
    """Spark through Ibis, in UTC as every engine; `spark` alone, or `spark://local`, runs on this machine.

    Raises:
        LakeError: PySpark is not installed.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 -- only where Spark is installed
    except ImportError:
        raise LakeError("the engine is Spark, but PySpark is not installed; install kundig[spark], or write `engine: duckdb`") from None
    import ibis  # noqa: PLC0415 -- slow import

    # Workers run the interpreter of the driver.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    master = "local[*]" if address in {"spark", "spark://local"} else address
    session = (
        SparkSession.builder.master(master)
        .appName("kundig")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    return ibis.pyspark.connect(session)


def spark_tables(con: Backend, lake: Lake, zone: str, touchpoints: Sequence[dict[str, Any]]) -> tuple[ir.Table, ir.Table, ir.Table, ir.Table | None]:
    """The history of events, the traits, the touchpoint catalogue and, where anything is linked, who is who, as Ibis tables."""
    session = con._session  # noqa: SLF001 -- Ibis gives no public way to Spark's own readers
    for name in ("events", "traits", "corrections", "identities"):
        files = lake.files(name)
        frame = session.read.parquet(*files) if files else session.sql(_nothing(TABLES[name]))
        frame.createOrReplaceTempView(f"lake_{name}")
    session.sql(_history(zone)).createOrReplaceTempView("history")
    session.sql("SELECT * FROM lake_traits").createOrReplaceTempView("traits")
    names = ("touchpoint", "stage", "department", "owner", "title")
    rows = [tuple(row[name] for name in names) for row in touchpoints]
    session.createDataFrame(rows, ", ".join(f"{name} STRING" for name in names)).createOrReplaceTempView("touchpoints")
    session.sql("SELECT * FROM lake_identities").createOrReplaceTempView("identities")
    linked = con.table("identities").cast(schema(TABLES["identities"])) if lake.files("identities") else None
    return con.table("history").cast(schema(_HISTORY)), con.table("traits").cast(schema(TABLES["traits"])), con.table("touchpoints"), linked


def spark_readings(con: Backend, lake: Lake) -> ir.Table:
    """What was read of texts, as an Ibis table; see `texts.readings`."""
    session = con._session  # noqa: SLF001 -- as above
    files = lake.files("readings")
    frame = session.sql(_nothing(TABLES["readings"]))
    # An earlier version kept fewer columns; they are null until texts are read again.
    frame = frame.unionByName(session.read.parquet(*files), allowMissingColumns=True) if files else frame
    frame.createOrReplaceTempView("readings")
    return con.table("readings").cast(schema(TABLES["readings"]))


_HISTORY = (*EVENTS, Column("known_until", "timestamp('UTC')", "since when a later version holds"), Column("local_at", "timestamp", "on the company's clock"))


def _nothing(columns: Sequence[Column]) -> str:
    return "SELECT " + ", ".join(f"CAST(NULL AS {_TYPES[column.type]}) AS {column.name}" for column in columns) + " WHERE false"


def _history(zone: str) -> str:
    """Every version of every event, as the embedded engine gives it."""
    names = ", ".join(column.name for column in EVENTS)
    local = f"from_utc_timestamp(occurred_at, '{zone}') AS local_at"
    until = "lead(known_at) OVER (PARTITION BY event_id ORDER BY known_at, md5(concat_ws(char(31), kind, score, text, amount)))"
    those = "SELECT DISTINCT event_id FROM lake_corrections"
    return (
        f"SELECT {names}, CAST(NULL AS TIMESTAMP) AS known_until, {local} FROM lake_events e LEFT ANTI JOIN ({those}) c USING (event_id) "
        f"UNION ALL SELECT {names}, {until} AS known_until, {local} FROM lake_events e LEFT SEMI JOIN ({those}) c USING (event_id)"
    )

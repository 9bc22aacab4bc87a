"""Resemblance on many records against bare Splink with the same model. `python -m benchmarks.resemblance [RECORDS]`.

Both learn and score by the same comparisons and blocking rules; Splink clusters at our threshold. What is measured beside
is what kundig adds: reading the values into normal form, choosing rules and threshold, and clusters that cohere.
"""

import logging
import sys
import time

import duckdb
from splink import DuckDBAPI, Linker, block_on

from kundig.identity.duckdb import engine
from kundig.identity.fresh import everything
from kundig.identity.linkage import coded, formed, planned
from kundig.identity.linked import linked
from kundig.identity.probable import probable
from kundig.identity.splink import _settings, _training

RECORDS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000


def records(count):
    """Half of the persons stand there twice, one of the two with a slip in the name or another street."""
    with duckdb.connect() as con:
        return con.sql(
            f"WITH p AS (SELECT i, hash(i, 1) % 3000 AS g, hash(i, 2) % 40000 AS f, hash(i, 3) % 20000 AS b, hash(i, 4) % 5000 AS s, hash(i, 5) % 2000 AS c FROM range({count * 2 // 3}) t(i)), "
            "r AS (SELECT *, 0 AS copy FROM p UNION ALL SELECT *, 1 FROM p WHERE i % 2 = 0) "
            "SELECT 'r' || i || '-' || copy AS subject, 'gi' || substr(md5(g::VARCHAR), 1, 6) AS given_name, "
            "substr(md5(f::VARCHAR), 1, 8) || CASE WHEN copy = 1 AND i % 4 = 0 THEN 'x' ELSE '' END AS family_name, strftime(DATE '1940-01-01' + b::INT, '%Y-%m-%d') AS birth_date, "
            "'Way ' || substr(md5((s + CASE WHEN copy = 1 AND i % 6 = 0 THEN 7 ELSE 0 END)::VARCHAR), 1, 6) || ' ' || (i % 90) AS street, 'T' || c AS city FROM r ORDER BY subject"
        ).to_arrow_table()


def ours(table):
    began, worked = time.perf_counter(), time.process_time()
    found = probable(table)
    label = linked(table.column("subject"), found).label
    print(f"kundig: {time.process_time() - worked:.1f} s of processor", file=sys.stderr, flush=True)
    return time.perf_counter() - began, len(set(label.tolist())), found.threshold


def bare(table, threshold):
    logging.getLogger("splink").setLevel(logging.ERROR)
    names = [name for name in table.column_names if name != "subject"]
    with engine(raw=table) as con:
        coded(con, names)
        formed(con, names, "records")
        plan = planned(con, names)
        everything(con, plan)
        con.execute("CREATE TEMP TABLE learning AS SELECT * FROM records JOIN blocked USING (code)")
        began, worked = time.perf_counter(), time.process_time()
        linker = Linker(DuckDBAPI(con).register("learning"), _settings(plan, 1 / table.num_rows), log_level=logging.ERROR)
        linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
        for name, number in _training(plan):
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(name, f"on_{number}"))
        pairs = linker.inference.predict(threshold_match_weight=-15)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=threshold)
        [(count,)] = con.sql(f"SELECT count(DISTINCT cluster_id) FROM {clusters.physical_name}").fetchall()
        print(f"bare Splink: {time.process_time() - worked:.1f} s of processor", file=sys.stderr, flush=True)
        return time.perf_counter() - began, count


if __name__ == "__main__":
    table = records(RECORDS)
    peer, theirs = bare(table, 0.9)
    seconds, customers, threshold = ours(table)
    print(f"{table.num_rows:,} records: kundig {seconds:.1f} s ({customers:,} customers from {threshold:.3f}), bare Splink {peer:.1f} s ({theirs:,}); ratio {seconds / peer:.2f}")

"""Exact keys on many subjects: how long, and how much memory. `python benchmarks/exact_keys.py [SUBJECTS]`."""

import resource
import sys
import time

import duckdb

from kundig.identity.exact import exact

subjects = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
with duckdb.connect() as con:
    # Three of four subjects share a mailbox or a number with another; one number in a thousand is a shop's.
    traits = con.sql(
        "SELECT 's:' || i AS subject, CASE WHEN i % 10 < 8 THEN 'Person' || (i // 2) || '@Example.de' END AS email, "
        "CASE WHEN i % 1000 = 0 THEN '030 1234567' WHEN i % 10 >= 6 THEN '0171 ' || (1000000 + (i // 3)) END AS phone "
        f"FROM range({subjects}) t(i)"
    ).to_arrow_table()
start = time.perf_counter()
found = exact(traits)
seconds = time.perf_counter() - start
print(f"{subjects:,} subjects, {found.links.num_rows:,} links: {seconds:.1f} s, at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")

"""Who is who, against known truth: ours beside bare Splink. `KUNDIG_DATA=… python -m benchmarks identity`.

Ids and truth columns are never fed. Each set is asked twice: as traits through `identify` in its default configuration,
with keys and resemblance, and by resemblance alone with all columns that the set has. Bare Splink: its ready-made comparisons, four or five blocking rules chosen by
hand, links from 0.95, clusters from its own connected components. Precision, recall and F1 count pairs within clusters.
"""

import logging
import os
import sys
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import SplinkException
from tests.identity.shapes import SHAPES

from benchmarks.ratio import Ratio
from kundig.events import TRAITS
from kundig.identity.identify import identify
from kundig.identity.linked import linked
from kundig.identity.probable import probable

DATA = Path(os.environ.get("KUNDIG_DATA", Path(__file__).parent.parent.parent / "shared" / "data")) / "identity_resolution"
FEBRL = "given_name, surname AS family_name, street_number, address_1 AS street, address_2 AS place, suburb AS city, postcode, state, date_of_birth AS birth_date"
SETS = {f"FEBRL {n}": (f"febrl{n}", "rec_id", "split_part(rec_id, '-', 2)", FEBRL) for n in (1, 2, 3)}
SETS |= {f"FEBRL {n} with its number": (f"febrl{n}", "rec_id", "split_part(rec_id, '-', 2)", FEBRL + ", soc_sec_id") for n in (1, 2, 3)}
SETS["splink fake_1000"] = ("splink_fake_1000", "unique_id", '"cluster"', "first_name AS given_name, surname AS family_name, dob AS birth_date, city, email")
NAMED = {"given_name": cl.NameComparison("given_name"), "family_name": cl.NameComparison("family_name"), "email": cl.EmailComparison("email"), "soc_sec_id": cl.LevenshteinAtThresholds("soc_sec_id", [2])}


FIELDS = ("given_name", "family_name", "name", "birth_date", "street", "postcode", "city", "company", "email", "phone")


def read(file, key, truth, columns):
    with duckdb.connect() as con:
        source = f"read_csv('{DATA / file}.csv.gz', all_varchar = true)"
        table = con.sql(f"SELECT {key} AS subject, {columns} FROM {source} ORDER BY 1").to_arrow_table()
        labels = [row[0] for row in con.sql(f"SELECT {truth} FROM {source} ORDER BY {key}").fetchall()]
    return table, labels


def bare(table):
    logging.getLogger("splink").setLevel(logging.ERROR)
    names = [name for name in table.column_names if name != "subject"]
    dated = {"birth_date": cl.DateOfBirthComparison("birth_date", input_is_string=True, datetime_format="%Y-%m-%d" if "email" in names else "%Y%m%d", invalid_dates_as_null=True)}
    compared = [(NAMED | dated).get(name) or cl.ExactMatch(name).configure(term_frequency_adjustments=True) for name in names]
    rules = [block_on("given_name", "family_name"), block_on("birth_date"), block_on("family_name"), block_on("email" if "email" in names else "postcode")]
    rules += [block_on("soc_sec_id")] if "soc_sec_id" in names else []
    with duckdb.connect() as con:
        linker = Linker(
            DuckDBAPI(con).register(table),
            SettingsCreator("dedupe_only", compared, rules, unique_id_column_name="subject"),
            log_level=logging.ERROR,
        )
        linker.training.estimate_probability_two_random_records_match([block_on("given_name", "family_name", "birth_date"), rules[-1]] if "postcode" not in names else [block_on("given_name", "family_name", "birth_date")], recall=0.7)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("given_name", "family_name"))
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth_date"))
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(linker.inference.predict(threshold_match_probability=0.01), threshold_match_probability=0.95)
        return [row[0] for row in con.sql(f"SELECT cluster_id FROM {found.physical_name} ORDER BY subject").fetchall()]


def alone(table):
    found = probable(table)
    return linked(table.column("subject").to_pylist(), found).label.tolist()


def whole(records):
    """The customers of the default configuration; what traits have no column for is not told to it."""
    known = [column.name for column in TRAITS if column.name in records.column_names]
    street = ["concat_ws(' ', street, street_number) AS street"] if "street_number" in records.column_names else []
    with duckdb.connect() as con:
        columns = ", ".join([name for name in known if name != "street" or not street] + street)
        told = con.sql(f"SELECT {columns}, TIMESTAMPTZ '2026-01-01' AS known_at, 'crm' AS source FROM records").to_arrow_table()
    found = identify(told, at=datetime(2026, 2, 1, tzinfo=timezone.utc)).identities.to_pylist()
    now = {row["subject"]: row["customer_id"] for row in found if row["until"] is None}
    return [now.get(subject, subject) for subject in records.column("subject").to_pylist()]


def figures(labels, truth):
    """Precision, recall and F1."""

    def pairs(values):
        return sum(n * (n - 1) // 2 for n in Counter(values).values())

    right, said, true = pairs(zip(labels, truth, strict=True)), pairs(labels), pairs(truth)
    return right / max(said, 1), right / true, 2 * right / (said + true)


def measured(folder):
    """F1 of each set with its target; precision and recall, and bare Splink's, are printed as they come."""
    print(f"{'':24} {'default: P':>10} {'R':>6} {'F1':>6}   {'alone: P':>9} {'R':>6} {'F1':>6}   {'Splink: P':>9} {'R':>6} {'F1':>6}", file=sys.stderr)
    ratios = []
    for name, source in SETS.items():
        table, truth = read(*source)
        numbered = "number" in name
        told = [None if numbered else figures(whole(table), truth), figures(alone(table), truth), figures(bare(table), truth)]
        print(f"{name:24} " + "   ".join(" " * 24 if one is None else f"{one[0]:10.4f} {one[1]:6.4f} {one[2]:6.4f}" for one in told), file=sys.stderr, flush=True)
        target = 0.92 if "fake" in name else 0.999 if numbered else 0.99
        ratios.append(Ratio(f"{name}: F1 of resemblance alone; bare Splink has {told[2][2]:.4f}", told[1][2], target, "", at_least=True))
        if told[0] is not None:
            ratios.append(Ratio(f"{name}: F1 of the default configuration", told[0][2], target, "", at_least=True))
    return ratios + shapes()


def shapes():
    """Precision and F1 on sets that nothing was fitted to, beside bare Splink's."""
    ratios = []
    for name, made in SHAPES.items():
        rows, truth = made()
        there = [field for field in FIELDS if any(row.get(field) for row in rows)]
        table = pa.Table.from_pylist([{"subject": row["subject"], **{field: row.get(field) for field in there}} for row in rows], schema=pa.schema([(field, pa.string()) for field in ("subject", *there)]))
        order = np.argsort(table.column("subject").to_numpy(zero_copy_only=False))
        one, peer = figures(whole(table), truth), figures(plain_splink(table, there), [truth[place] for place in order])
        print(f"{name:24} {one[0]:10.4f} {one[1]:6.4f} {one[2]:6.4f}   {'':23}   {peer[0]:10.4f} {peer[1]:6.4f} {peer[2]:6.4f}", file=sys.stderr, flush=True)
        ratios.append(Ratio(f"{name}: F1 of the default configuration; bare Splink has {peer[2]:.4f}", one[2], None, "", at_least=True))
    return ratios


def plain_splink(table, there):
    """Clusters from 0.95 by Splink's ready-made comparisons, blocked on each column alone; in order of subjects."""
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    named = {"given_name", "family_name", "name", "company"}
    compared = [cl.NameComparison(name) if name in named else cl.LevenshteinAtThresholds(name, [2]) if name == "birth_date" else cl.ExactMatch(name).configure(term_frequency_adjustments=True) for name in there]
    with duckdb.connect() as con:
        linker = Linker(DuckDBAPI(con).register(table), SettingsCreator("dedupe_only", compared, [block_on(name) for name in there], unique_id_column_name="subject"), log_level=logging.CRITICAL)
        sure = block_on(*[name for name in ("given_name", "family_name", "birth_date") if name in there] or there[:2])
        linker.training.estimate_probability_two_random_records_match([sure], recall=0.7)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for name in there[:3]:
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(block_on(name))
            except (SplinkException, ValueError):
                # A probability ran to nothing; what other columns taught remains.
                continue
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(linker.inference.predict(threshold_match_probability=0.01), threshold_match_probability=0.95)
        return [row[0] for row in con.sql(f"SELECT cluster_id FROM {found.physical_name} ORDER BY subject").fetchall()]

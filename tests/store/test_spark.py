"""The same answers on Spark as on the embedded engine."""

import math
import shutil
import subprocess

import pytest

import kundig
from kundig import touchpoints
from kundig.analysis import analyses
from kundig.journal import journal

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java"),
    # PySpark's own sockets and thread pools are closed by its exit.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
]

COMPANY = """
company: {name: Nord, timezone: Europe/Berlin}
sources:
  answers:
    read: {csv: "answers*.csv"}
    key: id
    events:
      kind: feedback
      subject: "crm:{who}"
      at: at
      case_id: ticket
      touchpoint: "{where}"
      metric: csat
      score: csat
      amount: amount
      properties: [late]
    traits: {subject: "crm:{who}", known_at: at, segment: segment, email: mail}
identity: {resemblance: false}
touchpoints:
  shop: {stage: buy, department: sales, owner: ada}
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark")
    (folder / "kundig.yaml").write_text(COMPANY)
    rows = [f"{n},{'eva' if n in {27, 36} else 'ada ben cyd'.split()[n % 3]},2026-0{1 + n % 6}-1{n % 9} 0{n % 10}:00,t{n % 7},{'shop phone'.split()[n % 2]},{1 + n % 5},{n}.10,{'yes no'.split()[n % 2]},{'gold tin'.split()[n % 2]},{'' if n == 36 else 'ada ben cyd'.split()[n % 3] + '@x.de'}" for n in range(60)]
    head = "id,who,at,ticket,where,csat,amount,late,segment,mail"
    (folder / "answers.csv").write_text("\n".join([head, *rows]))
    workspace = kundig.open(folder)
    list(workspace.imports())
    changed = rows[0].split(",")
    changed[5] = "5"
    (folder / "answers.csv").write_text("\n".join([head, ",".join(changed), *rows[1:]]))
    assert [(done.events_added, done.events_corrected) for done in workspace.imports()] == [(0, 1)]
    assert workspace.identify().by == {"e-mail": 2}
    return workspace


@pytest.fixture(scope="module")
def on_spark(workspace):
    pytest.importorskip("pyspark")
    from kundig.store import spark

    assert subprocess.run(["java", "-version"], capture_output=True, check=False).returncode == 0
    return journal(*spark.spark_tables(spark.backend("spark"), workspace.lake, workspace.zone, touchpoints.rows(workspace.config.touchpoints)))


def rounded(table):
    return [{name: round(value, 9) if isinstance(value, float) and not math.isnan(value) else value for name, value in row.items()} for row in table.to_pylist()]


RULES = "; ".join([f"{name}(shop, 2)" for name in ("existence", "absence", "exactly")] + ["init(shop)", "end(phone)", "existence(phone) within 3 days", "exactly(shop) within 3 days"] + [f"{name}(shop, phone){w}" for name in ("response", "precedence", "succession", "chain_response", "responded_existence") for w in ("", " within 20 days")] + ["not_coexistence(shop, phone)"])
ASKED = [
    ("feedback.scores", {"metric": "csat", "floor": 2}),
    ("feedback.scores", {"metric": "csat", "by": "properties.late", "every": "quarter", "floor": 2}),
    ("feedback.scores", {"metric": "csat", "by": "segment", "every": "month", "floor": 2}),
    ("feedback.scores", {"metric": "csat", "by": "department", "every": "week", "floor": 2}),
    ("journeys.flows", {}),
    ("journeys.flows", {"unit": "case"}),
    ("journeys.variants", {"unit": "case", "most": 2}),
    ("journeys.entries_exits", {"level": "stage"}),
    ("journeys.deviations", {"level": "touchpoint", "rules": RULES, "ended_after": "20 days"}),
    ("journeys.violations", {"level": "touchpoint", "rules": RULES, "ended_after": "20 days"}),
    ("journeys.interlocks", {}),
    ("journeys.funnel", {"level": "touchpoint", "stages": "phone?, shop, phone, shop", "ended_after": "20 days"}),
]


def test_every_analysis_is_asked_on_both_engines():
    assert {name for name, _ in ASKED} == set(analyses())


@pytest.mark.parametrize("as_of", [None, "2026-03-15", "2025-01-01"])
def test_spark_knows_the_same_customers(workspace, on_spark, as_of):
    def told(journal):
        journal = journal.as_of(as_of) if as_of else journal
        events = journal.events.select("event_id", "customer_id").to_pyarrow().to_pylist()
        people = journal.customers.select("customer_id", "email", "segment").to_pyarrow().to_pylist()
        return sorted(events, key=str), sorted(people, key=str)

    here = told(workspace.journal)
    assert told(on_spark) == here
    assert {row["customer_id"] for row in here[0]} == {None: {"crm:ada", "crm:ben", "crm:cyd"}, "2026-03-15": {"crm:ada", "crm:ben", "crm:cyd", "crm:eva"}, "2025-01-01": set()}[as_of]


@pytest.mark.parametrize(("name", "given"), ASKED)
@pytest.mark.parametrize("as_of", [None, "2026-03-15"])
def test_spark_answers_as_the_embedded_engine(workspace, on_spark, name, given, as_of):
    asked = analyses()[name]
    values = asked.values(given)
    here = workspace.journal.as_of(as_of) if as_of else workspace.journal
    there = on_spark.as_of(as_of) if as_of else on_spark
    expected = asked.function(here, **values).to_pyarrow()
    assert expected.num_rows > 0
    assert rounded(asked.function(there, **values).to_pyarrow()) == rounded(expected)

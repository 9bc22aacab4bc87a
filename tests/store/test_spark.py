"""The same answers on Spark as on the embedded engine."""

import json
import math
import shutil
import subprocess
from decimal import Decimal

import pytest

import kundig
from kundig import touchpoints
from kundig.analysis import analyses
from kundig.journal import journal
from tests.dealings import dealings

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
    traits: {subject: "crm:{who}", segment: segment}
  dealings:
    read: {json: dealings.jsonl}
    key: event_id
    events:
      - when: "kind <> 'feedback'"
        kind: "{kind}"
        subject: "crm:{subject}"
        at: occurred_at
        case_id: case_id
        touchpoint: "{touchpoint}"
        channel: {sql: channel}
        outcome: {sql: outcome}
        amount: amount
        currency: {sql: currency}
        quantity: quantity
        product: product
        properties: {term_months: term_months, region: region, concern: concern, campaign: campaign, group: group, feature: feature, baseline: baseline, confirmed_by: confirmed_by}
      - {when: "kind = 'feedback'", kind: feedback, subject: "crm:{subject}", at: occurred_at, touchpoint: "{touchpoint}", metric: metric, score: score}
rates: {USD: 0.9}
costs: {contact: 3}
points: {expire_months: 6, earn: {order: 1}, tiers: {silver: {points: 50, times: 1.5}}}
programmes: {survey: {touched_by: survey}, letters: {since: 2025-12-01, product: L}}
touchpoints:
  shop: {stage: buy, department: sales, owner: ada}
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark")
    (folder / "kundig.yaml").write_text(COMPANY)
    rows = [f"{n},{'ada ben cyd'.split()[n % 3]},2026-0{1 + n % 6}-1{n % 9} 0{n % 10}:00,t{n % 7},{'shop phone'.split()[n % 2]},{1 + n % 5},{n}.10,{'yes no'.split()[n % 2]},{'gold tin'.split()[n % 2]}" for n in range(60)]
    head = "id,who,at,ticket,where,csat,amount,late,segment"
    (folder / "answers.csv").write_text("\n".join([head, *rows]))
    told = [{name: str(value) if isinstance(value, Decimal) else value for name, value in (event | event.get("properties", {})).items() if name != "properties"} for event in dealings()]
    (folder / "dealings.jsonl").write_text("\n".join(json.dumps(event) for event in told))
    workspace = kundig.open(folder)
    list(workspace.imports())
    changed = rows[0].split(",")
    changed[5] = "5"
    (folder / "answers.csv").write_text("\n".join([head, ",".join(changed), *rows[1:]]))
    assert [(done.events_added, done.events_corrected) for done in workspace.imports()] == [(0, 1), (0, 0)]
    return workspace


@pytest.fixture(scope="module")
def on_spark(workspace):
    pytest.importorskip("pyspark")
    from kundig.store import spark

    assert subprocess.run(["java", "-version"], capture_output=True, check=False).returncode == 0
    return journal(*spark.spark_tables(spark.backend("spark"), workspace.lake, workspace.zone, touchpoints.rows(workspace.config.touchpoints)), workspace.journal.settings)


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
    ("value.contract_faults", {}),
    ("value.cost_to_serve", {"by": "channel, concern", "floor": 2}),
    ("value.customer_roi", {}),
    ("value.effects", {"days": 60, "floor": 2, "outcome": "revenue"}),
    ("value.engagement", {"floor": 2}),
    ("value.engagement_members", {}),
    ("value.expansion_candidates", {"floor": 2}),
    ("value.lifetime_value", {}),
    ("value.loyalty_penalty", {"floor": 2, "match": "term_months"}),
    ("value.points_balances", {}),
    ("value.points_ledger", {}),
    ("value.points_liability", {"floor": 2}),
    ("value.renewal_rate", {"floor": 2}),
    ("value.renewals", {"days": 300}),
    ("value.retention", {"by": "product", "floor": 2}),
    ("value.revenue_bridge", {"by": "cohort", "every": "quarter"}),
    ("value.right_channel", {"floor": 2}),
    ("value.segment_balance", {"floor": 2}),
    ("value.segment_lift", {"floor": 2}),
    ("value.survival", {"cohort": "year", "floor": 2}),
    ("value.unused_features", {"floor": 2}),
    ("value.whitespace", {"floor": 2}),
    ("journeys.funnel", {"level": "touchpoint", "stages": "phone?, shop, phone, shop", "ended_after": "20 days"}),
]


def test_every_analysis_is_asked_on_both_engines():
    assert {name for name, _ in ASKED} == set(analyses())


# Stretches of contracts are deep plans, which Spark takes long to make and rows as few as these do not repay.
LONG = [pytest.param(name, given, marks=pytest.mark.soak) if name.startswith("value.") else (name, given) for name, given in ASKED]


@pytest.mark.parametrize(("name", "given"), LONG)
@pytest.mark.parametrize("as_of", [None, "2026-03-15"])
def test_spark_answers_as_the_embedded_engine(workspace, on_spark, name, given, as_of):
    asked = analyses()[name]
    values = asked.values(given)
    here = workspace.journal.as_of(as_of) if as_of else workspace.journal
    there = on_spark.as_of(as_of) if as_of else on_spark
    expected = asked.function(here, **values).to_pyarrow()
    assert expected.num_rows > 0
    assert rounded(asked.function(there, **values).to_pyarrow()) == rounded(expected)

"""The same answers on Spark as on the embedded engine."""

import json
import math
import os
import shutil
import subprocess
from datetime import datetime, timezone
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
      text: said
    traits: {subject: "crm:{who}", known_at: at, segment: segment, email: mail}
  letters:
    read: {csv: "letters*.csv"}
    key: id
    events: {kind: letter, subject: "crm:{who}", at: at, touchpoint: letter, text: text}
  posts:
    read: {csv: "posts*.csv"}
    key: id
    events: {kind: post, subject: "social:{who}", at: at, touchpoint: social, product: product, text: text}
  finds:
    read: {csv: "finds*.csv"}
    key: id
    events: {kind: jargon_find, subject: "staff:{who}", staff: who, at: at, outcome: {sql: outcome}, properties: [word]}
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
        properties: {term_months: term_months, region: region, discount: discount, concern: concern, campaign: campaign, group: group, feature: feature, baseline: baseline, confirmed_by: confirmed_by}
      - {when: "kind = 'feedback'", kind: feedback, subject: "crm:{subject}", at: occurred_at, touchpoint: "{touchpoint}", metric: metric, score: score}
rates: {USD: 0.9}
costs: {contact: 3, handling: {phone: {hourly: 42, technology: 0.4, minutes: 5}, web: {technology: 0.1}}}
points: {expire_months: 12, earn: {order: 1}, tiers: {silver: {points: 50, times: 1.5}}}
programmes: {survey: {touched_by: survey}, letters: {since: 2025-12-01, product: L}}
identity: {resemblance: false}
touchpoints:
  shop: {stage: buy, department: sales, owner: ada}
"""


SAID = ("Mein Paket kam zu spät an", "Die App stürzt ständig ab", "The agent was friendly thank you")
MORE = tuple(f"{day} {hour}" for day in "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split() for hour in "morgens mittags abends nachts".split())
"""So that no text is a copy of another."""
NOW = datetime(2026, 6, 20, tzinfo=timezone.utc)
WRITTEN = ("Ihr Bereitstellungsentgelt wird am Monatsende fällig.", "Wir rufen Sie morgen wegen der Rechnung an.")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark")
    (folder / "kundig.yaml").write_text(COMPANY)
    mails = ["" if n == 36 else "ada ben cyd".split()[n % 3] + "@x.de" for n in range(60)]
    rows = [f"{n},{'eva' if n in {27, 36} else 'ada ben cyd'.split()[n % 3]},2026-0{1 + n % 6}-1{n % 9} 0{n % 10}:00,t{n % 7},{'shop phone'.split()[n % 2]},{1 + n % 5},{n}.10,{'yes no'.split()[n % 2]},{'gold tin'.split()[n % 2]},{mails[n]},{SAID[n % 3]} {MORE[n % len(MORE)]}" for n in range(60)]
    head = "id,who,at,ticket,where,csat,amount,late,segment,mail,said"
    (folder / "letters.csv").write_text("\n".join(["id,who,at,text", *(f"l{n},{'ada ben cyd'.split()[n % 3]},2026-0{1 + n % 6}-12 0{n % 10}:30,{WRITTEN[n % 2]}" for n in range(24))]))
    (folder / "posts.csv").write_text("\n".join(["id,who,at,product,text", *(f"p{n},ada,2026-03-0{1 + n // 12} {n % 12:02}:15,{'box watch'.split()[n % 2]},{SAID[n % 3]} {MORE[n % len(MORE)]}" for n in range(48))]))
    (folder / "finds.csv").write_text("id,who,at,outcome,word\nf1,s1,2026-03-02,,Bereitstellungsentgelt\nf2,s2,2026-03-03,,bereitstellungsentgelt\nf3,s1,2026-03-05,resolved,Kulanz\n")
    (folder / "answers.csv").write_text("\n".join([head, *rows]))
    told = [{name: str(value) if isinstance(value, Decimal) else value for name, value in (event | event.get("properties", {})).items() if name != "properties"} for event in dealings()]
    told.append({"event_id": "odd", "subject": "c01", "kind": "contract", "touchpoint": "contract", "occurred_at": "2026-02-01T00:00", "case_id": "odd", "product": "TV", "outcome": "started", "amount": "-5"})
    (folder / "dealings.jsonl").write_text("\n".join(json.dumps(event) for event in told))
    workspace = kundig.open(folder)
    # What is corrected is known when it is imported: the present is not that of whoever runs this.
    list(workspace.imports(now=NOW))
    changed = rows[0].split(",")
    changed[5] = "5"
    (folder / "answers.csv").write_text("\n".join([head, ",".join(changed), *rows[1:]]))
    assert [(done.events_added, done.events_corrected) for done in workspace.imports(now=NOW)] == [(0, 1), (0, 0), (0, 0), (0, 0), (0, 0)]
    assert workspace.read().read > 0
    assert workspace.identify(now=NOW).by == {"e-mail": 2}
    return workspace


@pytest.fixture(scope="module")
def on_spark(workspace):
    pytest.importorskip("pyspark")
    from kundig.store import spark

    # What runs once is not worth a second compiler, nor a collector of several threads.
    os.environ["SPARK_SUBMIT_OPTS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
    assert subprocess.run(["java", "-version"], capture_output=True, check=False).returncode == 0
    con = spark.backend("spark")
    # Sixty answers need no two hundred partitions in each of a hundred shuffles.
    con._session.conf.set("spark.sql.shuffle.partitions", "2")
    # To compile a plan as wide as these takes longer than to read sixty answers; what it means is the same.
    con._session.conf.set("spark.sql.codegen.wholeStage", "false")
    con._session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    con._session.conf.set("spark.sql.adaptive.enabled", "false")
    catalogue = touchpoints.rows(workspace.config.touchpoints)
    tables, readings = spark.spark_tables(con, workspace.lake, workspace.zone, catalogue), spark.spark_readings(con, workspace.lake)
    # The versions of events are put in order once, and not for each question.
    for name in ("history", "traits", "identities", "readings"):
        con._session.table(name).cache()
    return journal(*tables, settings=workspace.journal.settings, readings=readings)


def rounded(table):
    return [{name: round(value, 9) if isinstance(value, float) and not math.isnan(value) else value for name, value in row.items()} for row in table.to_pylist()]


RULES = "; ".join([f"{name}(shop, 2)" for name in ("existence", "absence", "exactly")] + ["init(shop)", "end(phone)", "existence(phone) within 3 days", "exactly(shop) within 3 days"] + [f"{name}(shop, phone){w}" for name in ("response", "precedence", "succession", "chain_response", "responded_existence") for w in ("", " within 20 days")] + ["not_coexistence(shop, phone)"])
ASKED = [
    ("feedback.scores", {"metric": "csat", "floor": 2}),
    ("feedback.scores", {"metric": "csat", "by": "properties.late", "every": "quarter", "floor": 2}),
    ("feedback.scores", {"metric": "csat", "by": "segment", "every": "month", "floor": 2}),
    ("feedback.scores", {"metric": "csat", "by": "department", "every": "week", "floor": 2}),
    ("feedback.scores", {"metric": "csat", "by": "touchpoint", "repeated": "latest", "occasions": "transactional", "floor": 2}),
    ("feedback.drivers", {"metric": "csat", "at": "shop", "floor": 3, "replicates": 20}),
    ("feedback.moments", {"metric": "csat", "floor": 2, "after": "20 days"}),
    ("feedback.ratings_guard", {"metric": "csat", "by": "touchpoint", "floor": 2}),
    ("feedback.response", {"metric": "csat", "floor": 2, "after": "20 days"}),
    ("feedback.response_weights", {"metric": "csat", "floor": 2, "after": "20 days"}),
    ("feedback.clarity", {"by": "channel"}),
    ("feedback.emerging", {"most": 3}),
    ("feedback.jargon", {}),
    ("feedback.jargon_bounty", {}),
    ("feedback.launches", {"hours": 6}),
    ("feedback.moods", {"by": "touchpoint", "every": "month"}),
    ("feedback.themes", {"most": 3}),
    ("foresight.backtest", {"snapshots": 1}),
    ("foresight.churn", {"snapshots": 1}),
    ("foresight.expansion", {"snapshots": 1}),
    ("foresight.health", {"snapshots": 1}),
    ("foresight.leads", {}),
    ("foresight.reasons", {}),
    ("foresight.renewal_forecast", {"snapshots": 1}),
    ("foresight.signals", {"snapshots": 2}),
    ("foresight.what_changed", {"days": 30}),
    ("journeys.flows", {}),
    ("journeys.flows", {"unit": "case", "by": "cohort"}),
    ("journeys.variants", {"unit": "case", "most": 2, "by": "segment"}),
    ("journeys.entries_exits", {"unit": "session", "pause": "10 days", "by": "cohort"}),
    ("journeys.decisions", {"level": "kind", "won": "started", "lost": "ended", "unit": "customer", "floor": 1, "by": "segment"}),
    ("journeys.resolutions", {"unit": "customer", "resolved": "feedback"}),
    ("journeys.deviations", {"level": "touchpoint", "rules": RULES, "ended_after": "20 days"}),
    ("journeys.violations", {"level": "touchpoint", "rules": RULES, "ended_after": "20 days", "unit": "session", "pause": "10 days", "by": "segment"}),
    ("journeys.interlocks", {"unit": "customer", "floor": 2, "by": "segment"}),
    ("journeys.interlocks", {"unit": "session", "pause": "20 days", "floor": 2, "where": "segment=gold"}),
    ("journeys.anomalies", {"every": "day"}),
    ("journeys.anomalies", {"every": "day", "figure": "waiting", "unit": "customer"}),
    ("journeys.consistency", {"by": "touchpoint, weekday, hour, segment", "floor": 2}),
    ("journeys.effort", {"contacts": "feedback", "answers": "order", "concern": "touchpoint", "by": "segment", "every": "month", "pause": "20 days", "floor": 2}),
    ("journeys.purchase_paths", {"touches": "feedback", "purchase": "feedback", "by": "touchpoint", "group": "segment", "floor": 1, "draws": 20}),
    ("journeys.deviation_effects", {"level": "touchpoint", "rules": RULES, "ended_after": "20 days", "unit": "customer", "costs": "feedback", "within": "20 days", "floor": 2}),
    ("journeys.deviation_hotspots", {"level": "touchpoint", "rules": RULES, "ended_after": "20 days", "by": "segment, properties.late", "floor": 2}),
    ("journeys.deviations", {"level": "touchpoint", "rules": "response(shop, phone) within 8 business days; existence(phone) within 40 business hours", "ended_after": "20 days", "by": "segment"}),
    ("journeys.target_draft", {"level": "touchpoint", "kept": 0.2}),
    ("journeys.variants", {"unit": "session", "pause": "10 days", "where": "segment=gold"}),
    ("journeys.silences", {"least": 3, "false_alarms": 1.0, "by": "segment"}),
    ("value.contract_faults", {}),
    ("value.cost_to_serve", {"by": "channel, concern", "floor": 2}),
    ("value.customer_roi", {}),
    ("value.effects", {"days": 60, "floor": 2, "outcome": "revenue"}),
    ("value.engagement", {"floor": 2}),
    ("value.engagement_members", {}),
    ("value.expansion_candidates", {"floor": 2}),
    ("value.lifetime_value", {}),
    ("value.loyalty_effect", {"days": 30, "floor": 2}),
    ("value.loyalty_penalty", {"floor": 2, "match": "term_months"}),
    ("value.loyalty_treatment", {"floor": 2, "offers": "campaign"}),
    ("value.persona_themes", {"most": 3, "floor": 2}),
    ("value.personas", {"most": 3, "floor": 2}),
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
    ("journeys.funnel", {"level": "touchpoint", "stages": "phone?, shop, phone, shop", "ended_after": "20 days", "by": "cohort", "where": "segment=gold"}),
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
    # Eva's second mail, which shows that she is Ada, became known in April.
    assert ("crm:eva" in {row["customer_id"] for row in here[0]}) == (as_of == "2026-03-15")


DEEP = ("value.", "foresight.", "feedback.drivers", "feedback.moments", "feedback.response", "journeys.deviation", "journeys.decisions", "journeys.interlocks", "journeys.purchase_paths", "journeys.anomalies")
"""Plans that Spark takes long to make, and that rows as few as these do not repay: compared in the longer proofs."""
BASE = ("feedback.scores", "journeys.flows", "journeys.variants", "journeys.entries_exits")
"""What all others stand on is asked of now and of the past in turn; in the longer proofs all is asked of both."""
MATTERS = [
    pytest.param(name, given, as_of, marks=[pytest.mark.soak] if name.startswith(DEEP) or bool(as_of) is not (name in BASE and number % 2 == 1) else [])
    for number, (name, given) in enumerate(ASKED)
    for as_of in (None, "2026-03-15")
]


@pytest.mark.parametrize(("name", "given", "as_of"), MATTERS)
def test_spark_answers_as_the_embedded_engine(workspace, on_spark, name, given, as_of):
    asked = analyses()[name]
    values = asked.values(given)
    here = workspace.journal.as_of(as_of) if as_of else workspace.journal
    there = on_spark.as_of(as_of) if as_of else on_spark
    expected = asked.function(here, **values).to_pyarrow()
    assert expected.num_rows > 0
    assert rounded(asked.function(there, **values).to_pyarrow()) == rounded(expected)

"""Questions to the embedded engine: each gets its own rows."""

from concurrent.futures import ThreadPoolExecutor

import kundig

COMPANY = """
company: {name: Nordwind, timezone: Europe/Berlin}
sources:
  visits:
    read: {csv: visits.csv}
    key: id
    events: {kind: visit, subject: "crm:{who}", at: at, touchpoint: "{where}"}
"""


def test_whoever_asks_at_the_same_time_gets_the_answer_to_the_own_question(tmp_path):
    (tmp_path / "kundig.yaml").write_text(COMPANY)
    (tmp_path / "visits.csv").write_text("id,who,at,where\n" + "\n".join(f"{n},{n % 7},2026-01-{1 + n % 28:02}T00:30,{'shop web phone'.split()[n % 3]}" for n in range(210)))
    workspace = kundig.open(tmp_path)
    list(workspace.imports())
    steps = ("shop", "web", "phone")

    def asked(number):
        step, times = steps[number % 3], number // 3 + 1
        rows = workspace.ask("journeys.deviations", rules=f"existence({step}, {times})", level="touchpoint", unit="customer", ended_after="0 days").table.to_pylist()
        return [(row["rule"], row["n"], row["fulfilled"]) for row in rows]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(asked, range(12)))
    assert answers == [[(f"existence({steps[number % 3]}{f', {number // 3 + 1}' if number > 2 else ''})", 7, 7)] for number in range(12)]


def test_a_question_is_asked_on_the_clock_of_the_company(tmp_path):
    (tmp_path / "kundig.yaml").write_text(COMPANY)
    (tmp_path / "visits.csv").write_text("id,who,at,where\n1,ada,2026-01-01T00:30,shop\n")
    workspace = kundig.open(tmp_path)
    list(workspace.imports())
    # Half past midnight in Berlin is the year before in UTC.
    assert workspace.ask("journeys.entries_exits", by="cohort").table["group"].to_pylist() == ["2026-Q1", "2026-Q1"]
    assert str(workspace.ask("journeys.violations", rules="existence(order)", unit="customer", ended_after="0 days").table["activated_at"][0].as_py()) == "2025-12-31 23:30:00+00:00"

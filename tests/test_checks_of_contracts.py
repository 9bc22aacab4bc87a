import kundig
from kundig.checks import Finding, checked

CONFIG = """
company: {name: Nord}
touchpoints: {desk: {stage: buy, department: sales, owner: ada}}
sources:
  contracts:
    read: {csv: contracts.csv}
    key: id
    events:
      - {when: "outcome <> 'call'", kind: contract, subject: "{who}", at: at, case_id: contract, outcome: {sql: outcome}, amount: amount, currency: {sql: currency}, product: product, touchpoint: desk}
      - {when: "outcome = 'call'", kind: call, subject: "{who}", at: at, amount: amount, currency: {sql: currency}, touchpoint: desk}
"""
HEAD = "id,who,at,contract,outcome,amount,currency,product\n"


def findings(folder, rows):
    (folder / "kundig.yaml").write_text(CONFIG, encoding="utf-8")
    (folder / "contracts.csv").write_text(HEAD + "\n".join(rows), encoding="utf-8")
    workspace = kundig.open(folder)
    list(workspace.imports())
    return [found for found in checked(workspace) if "of contracts" in found.found or "beside contracts" in found.found]


def test_rows_of_contracts_that_can_hardly_be_meant_are_named_with_what_is_done_with_them(tmp_path):
    ada = ["1,ada,2026-01-05,a,started,20,EUR,S", "2,ada,2026-02-05,a,expanded,25,USD,S", "3,ada,2026-03-05,a,expanded,26,USD,S"]
    ben = ["4,ben,2026-01-05,b,ended,,EUR,S", "5,ben,2026-02-05,b,started,10,EUR,S"]
    asked = "; `kundig ask value.contract_faults` lists them all"
    assert findings(tmp_path, [*ada, *ben]) == [
        Finding("warning", "contracts", "2 rows of contracts: currency without rate, first that of ada, contract a, on 2026-02-05", f"amount not counted: give the currency under `rates` in kundig.yaml{asked}"),
        Finding("warning", "contracts", "1 row of contracts: ends before it starts, first that of ben, contract b, on 2026-01-05", f"end not counted: the contract runs from its start{asked}"),
    ]


def test_money_that_is_of_no_contract_is_called_so(tmp_path):
    asked = "; `kundig ask value.contract_faults` lists them all"
    assert findings(tmp_path, ["1,ada,2026-01-05,a,started,20,USD,S", "2,ben,2026-01-06,,call,4,GBP,", "3,ben,2026-01-07,,call,-4,EUR,", "4,ada,2026-01-08,a,expanded,-20,,S"]) == [
        Finding("warning", "contracts", "1 row of contracts: currency without rate, first that of ada, contract a, on 2026-01-05", f"amount not counted: give the currency under `rates` in kundig.yaml{asked}"),
        Finding("warning", "contracts", "1 amount beside contracts: currency without rate, first that of ben, call of 4.00 GBP, on 2026-01-06", f"amount not counted: give the currency under `rates` in kundig.yaml{asked}"),
        Finding("warning", "contracts", "1 amount beside contracts: negative amount, first that of ben, call of -4.00 EUR, on 2026-01-07", f"amount not counted: the contact costs what is settled for it, or what others of its channel do{asked}"),
        Finding("warning", "contracts", "1 row of contracts: negative amount, first that of ada, contract a, on 2026-01-08", f"amount not counted: the one before goes on{asked}"),
    ]  # fmt: skip
    named = kundig.open(tmp_path).ask("value.contract_faults").table.select(["kind", "told_by", "stated"]).to_pylist()
    assert (named[2], named[3]["stated"]) == ({"kind": "call", "told_by": "contracts", "stated": "-4.00 EUR"}, "-20.00")
    negative = "Negative amounts of contracts are not counted: the one before goes on. `value.contract_faults` names each."
    assert [negative in kundig.open(tmp_path).ask(name).notes for name in ("value.retention", "value.cost_to_serve", "value.contract_faults")] == [True, False, False]


def test_of_contracts_that_can_be_meant_nothing_is_said(tmp_path):
    assert findings(tmp_path, ["1,ada,2026-01-05,a,started,20,EUR,S", "2,ada,2026-02-05,a,ended,,EUR,S"]) == []


def test_an_answer_about_money_says_that_not_all_of_it_is_counted(tmp_path):
    findings(tmp_path, ["1,ada,2026-01-05,a,started,20,EUR,S", "2,ben,2026-01-05,b,started,25,USD,S"])
    workspace = kundig.open(tmp_path)
    counted = "Amounts in a currency without a rate are not counted: `value.contract_faults` names each; give the rates under `rates` in kundig.yaml."
    assert [counted in workspace.ask(name).notes for name in ("value.revenue_bridge", "value.contract_faults", "journeys.flows")] == [True, False, False]
    assert counted not in workspace.ask("value.revenue_bridge", as_of="2026-01-04").notes

"""What was planted is found by today's analyses; what only looks alike is not."""

from __future__ import annotations

ENOUGH = 25


def test_number_porting_is_the_worst_moment_and_advice_in_the_shop_the_best(company):
    planted = company.truth["4_moments_that_matter"]
    rated = {row["group"]: row for row in company.ask("feedback.scores", metric="csat", by="touchpoint", floor=ENOUGH) if row["state"] == "ok"}
    by_score = sorted(rated, key=lambda name: rated[name]["score"])
    assert (by_score[0], by_score[-1]) == (planted["worst"], planted["best"])
    assert rated[planted["worst"]]["high"] < min(row["low"] for name, row in rated.items() if name not in {planted["worst"], "support.porting"})
    assert rated[planted["best"]]["low"] > max(row["high"] for name, row in rated.items() if name != planted["best"])


def test_a_touchpoint_with_twelve_bad_answers_has_too_few(company):
    decoy = company.truth["4_moments_that_matter"]["decoy"]
    rows = {row["group"]: row for row in company.ask("feedback.scores", metric="csat", by="touchpoint", floor=ENOUGH)}
    assert (rows[decoy["touchpoint"]]["state"], rows[decoy["touchpoint"]]["n"], rows[decoy["touchpoint"]]["score"]) == ("too few answers", decoy["answers"], None)
    naive = [row for row in company.ask("feedback.scores", metric="csat", by="touchpoint") if row["state"] == "ok"]
    assert min(naive, key=lambda row: row["mean"])["group"] == decoy["touchpoint"], "or it would be no decoy"


def test_one_router_is_below_two_stars_and_five_ratings_say_nothing(company):
    planted = company.truth["7_router"]
    rows = {row["group"]: row for row in company.ask("feedback.scores", metric="stars", by="product", floor=10)}
    assert [name for name, row in rows.items() if row["state"] == "ok" and row["high"] < 2] == [planted["product"]]
    assert (rows[planted["decoy"]["product"]]["state"], rows[planted["decoy"]["product"]]["n"]) == ("too few answers", planted["decoy"]["ratings"])
    assert company.rows(f"SELECT avg(score) < 2 FROM told WHERE product = '{planted['decoy']['product']}'") == [(True,)]


def test_moments_that_matter_are_the_planted_ones_and_a_stand_with_twelve_answers_is_none(company):
    planted = company.truth["4_moments_that_matter"]
    rows = company.ask("feedback.moments")
    met = {row["moment"]: row for row in rows if row["outcome"] == "met"}
    named = {name: row["label"] for name, row in met.items() if row["label"] in {"pain", "delight"}}
    assert (named[planted["worst"]], named[planted["best"]]) == ("pain", "delight")
    compared = {name: row["difference"] for name, row in met.items() if row["difference"] is not None}
    assert (min(compared, key=compared.get), max(compared, key=compared.get)) == (planted["worst"], planted["best"])
    assert [name for name, label in named.items() if label == "delight"] == [planted["best"]]
    decoy = met[planted["decoy"]["touchpoint"]]
    assert (decoy["state"], decoy["label"], decoy["n"]) == ("too few answers", None, planted["decoy"]["answers"])


def test_the_ratings_guard_names_the_router_and_leaves_the_decoy_open(company):
    planted = company.truth["7_router"]
    rows = {row["group"]: row for row in company.ask("feedback.ratings_guard")}
    assert [name for name, row in rows.items() if row["verdict"] == "below"] == [planted["product"]]
    decoy = rows[planted["decoy"]["product"]]
    assert (decoy["verdict"], decoy["state"], decoy["n"]) == ("only looks so", "too few ratings", planted["decoy"]["ratings"])


def test_billing_cases_lie_in_technology_for_nine_days(company):
    planted = company.truth["5_interlocks"]
    rows = company.ask("journeys.flows", unit="case", level="department")
    days = {(row["source"], row["target"]): row["median_seconds"] / 86_400 for row in rows if row["n"] >= ENOUGH and row["source"] != row["target"]}
    help_only = {pair: median for pair, median in days.items() if not {"sales", None} & set(pair)}
    assert abs(days["technology", "billing"] - planted["size"]["median_days"]) <= 1
    assert max(help_only, key=help_only.get) == ("technology", "billing")
    assert days["billing", "technology"] < 2
    [(there, back)] = company.rows("SELECT count(*) FILTER (touchpoint = 'support.technology'), count(*) FILTER (touchpoint = 'support.billing') FROM told WHERE kind = 'case_handover' AND properties['concern'] = 'billing'")
    assert 0 <= there - back <= 12, "what went there comes back, but for what is still on its way"


def test_one_handover_looks_slow_only_because_of_weekends(company):
    source, target = company.truth["5_interlocks"]["decoy"]["flow"]
    days = {(row["source"], row["target"]): row["median_seconds"] / 86_400 for row in company.ask("journeys.flows", unit="case", level="department")}
    assert 2.5 < days[source, target] < 3.5
    passages = f"""SELECT o.moment::DATE, h.moment::DATE FROM told h JOIN told o USING (case_id) WHERE h.kind = 'case_handover' AND h.touchpoint = 'support.{target}' AND o.kind = 'case_opened'"""
    [(working,)] = company.rows(f"SELECT median(len(list_filter(range(a, b, INTERVAL 1 DAY), lambda d: isodow(d) < 6))) FROM ({passages}) p(a, b)")
    assert working == 1

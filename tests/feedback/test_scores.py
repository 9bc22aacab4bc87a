from datetime import date

import pytest

from kundig.errors import ArgumentError
from kundig.feedback import scores
from kundig.journal import told
from kundig.settings import Annotation, Benchmark, ScoreTarget, Settings, Surveys
from kundig.touchpoints import Touchpoint


def answers(metric, *counted, at="2026-03-01", name="", **more):
    """`(score, times)` as events of as many customers."""
    return [
        {"subject": f"{name}{metric}{at}{score}-{number}", "kind": "feedback", "occurred_at": at, "metric": metric, "score": float(score), **more}
        for score, times in counted
        for number in range(times)
    ]


def figures(table):
    return [tuple(round(row[name], 2) if row[name] is not None else None for name in ("score", "low", "high")) for row in table.to_pyarrow().to_pylist()]


@pytest.mark.parametrize(("promoters", "passives", "detractors", "expected"), [
    (50, 30, 20, (30.0, 14.05, 44.20)),
    (200, 120, 80, (30.0, 22.15, 37.40)),
    (9, 4, 2, (46.67, 4.84, 72.94)),
])  # fmt: skip
def test_nps_has_the_published_adjusted_wald_interval(promoters, passives, detractors, expected):
    journal = told(answers("nps", (9, promoters), (8, passives), (6, detractors)))
    assert figures(scores(journal, metric="nps")) == [expected]


@pytest.mark.parametrize(("satisfied", "n", "expected"), [(960, 1200, (80.0, 77.64, 82.17)), (8, 10, (80.0, 49.02, 94.33)), (0, 12, (0.0, 0.0, 24.25))])
def test_csat_has_the_published_wilson_interval(satisfied, n, expected):
    journal = told(answers("csat", (4, satisfied), (3, n - satisfied)))
    assert figures(scores(journal, metric="csat")) == [expected]


def test_ces_counts_five_to_seven_as_easy():
    journal = told(answers("ces", (7, 3), (5, 3), (4, 4)))
    assert [row["score"] for row in scores(journal, metric="ces").to_pyarrow().to_pylist()] == [60.0]


def test_stars_are_a_mean_with_students_interval():
    # Mean 3, standard deviation 1.58, t with 4 degrees of freedom 2.776: 3 ± 1.963; the scale cuts nothing off.
    journal = told(answers("stars", (1, 1), (2, 1), (3, 1), (4, 1), (5, 1)))
    [(score, low, high)] = figures(scores(journal, metric="stars"))
    assert (score, low, high) == (3.0, pytest.approx(1.04, abs=0.02), pytest.approx(4.96, abs=0.02))


def test_fifteen_points_of_a_hundred_answers_each_may_be_chance():
    journal = told([*answers("nps", (9, 50), (8, 30), (6, 20), at="2026-01-15"), *answers("nps", (9, 60), (8, 25), (6, 15), at="2026-02-15")])
    first, second = scores(journal, metric="nps", every="month").to_pyarrow().to_pylist()
    assert (first["score"], first["change"], first["verdict"]) == (30.0, None, None)
    assert (second["score"], second["change"], round(second["z"], 2), second["verdict"]) == (45.0, 15.0, 1.37, "may be chance")


def test_a_change_beyond_chance_is_called_one():
    journal = told([*answers("csat", (5, 90), (1, 10), at="2026-01-15"), *answers("csat", (5, 50), (1, 50), at="2026-02-15")])
    assert [row["verdict"] for row in scores(journal, metric="csat", every="month").to_pyarrow().to_pylist()] == [None, "worse"]


def test_periods_that_are_no_neighbours_are_not_compared():
    journal = told([*answers("csat", (5, 9), at="2026-01-15"), *answers("csat", (1, 9), at="2026-03-15")])
    assert [row["verdict"] for row in scores(journal, metric="csat", every="month").to_pyarrow().to_pylist()] == [None, None]


@pytest.mark.parametrize("every", ["day", "week", "month", "quarter", "year"])
def test_every_period_finds_the_one_before_it(every):
    before = {"day": "2025-12-31", "week": "2025-12-28", "month": "2025-12-15", "quarter": "2025-10-02", "year": "2025-02-01"}[every]
    journal = told([*answers("csat", (5, 20), at=before), *answers("csat", (1, 20), at="2026-01-01")])
    assert [row["verdict"] for row in scores(journal, metric="csat", every=every).to_pyarrow().to_pylist()] == [None, "worse"]


def test_too_few_answers_is_a_state_and_not_a_figure():
    journal = told(answers("nps", (9, 4)))
    assert scores(journal, metric="nps").to_pyarrow().to_pylist() == [{
        "group": None, "period": None, "metric": "nps", "state": "too few answers", "n": 4, "customers": 4, "score": None, "low": None, "high": None,
        "mean": None, "change": None, "change_low": None, "change_high": None, "z": None, "verdict": None,
        "q": None, "occasion": "relational", "target": None, "target_verdict": None, "benchmark": None, "benchmark_source": None, "benchmark_verdict": None, "annotation": None,
    }]  # fmt: skip


def test_scores_split_by_touchpoint_property_and_segment():
    events = [*answers("csat", (5, 6), touchpoint="shop", properties={"late": "no"}), *answers("csat", (1, 6), at="2026-03-02", touchpoint="port", properties={"late": "yes"})]
    traits = [{"subject": event["subject"], "known_at": "2026-01-01", "segment": "gold"} for event in events[:6]]
    journal = told(events, traits)

    def split(by):
        return [(row["group"], row["score"]) for row in scores(journal, metric="csat", by=by).to_pyarrow().to_pylist()]

    assert split("touchpoint") == [("port", 0.0), ("shop", 100.0)]
    assert split("properties.late") == [("no", 100.0), ("yes", 0.0)]
    assert split("segment") == [("gold", 100.0), (None, 0.0)]
    assert split("properties.never") == [(None, 50.0)]


def test_relational_and_transactional_answers_are_never_mixed():
    asked = [*answers("nps", (9, 6)), *answers("nps", (3, 6), at="2026-03-02", case_id="ticket"), *answers("nps", (8, 5), at="2026-03-03", case_id="x", properties={"survey": "relational"})]
    journal = told(asked)

    def rows(journal, **given):
        return [(row["occasion"], row["n"]) for row in scores(journal, metric="nps", **given).to_pyarrow().to_pylist()]

    assert rows(journal) == [("relational", 11), ("transactional", 6)]
    assert rows(journal, occasions="transactional") == [("transactional", 6)]
    named = told([{**event, "touchpoint": "yearly"} for event in asked], settings=Settings(surveys=Surveys(relational=("yearly",))))
    assert rows(named) == [("relational", 17)]


def test_ten_alike_answers_of_each_of_ten_customers_are_as_sure_as_ten_answers():
    once = [{"subject": f"c{n}", "kind": "feedback", "occurred_at": "2026-03-01", "metric": "csat", "score": 5.0 if n < 8 else 1.0} for n in range(10)]
    often = [{**event, "occurred_at": f"2026-03-{day:02}"} for event in once for day in range(1, 11)]
    assert figures(scores(told(often), metric="csat")) == figures(scores(told(once), metric="csat")) == [(80.0, 49.02, 94.33)]
    assert figures(scores(told(often), metric="csat", repeated="latest")) == [(80.0, 49.02, 94.33)]
    [row] = scores(told(often), metric="csat").to_pyarrow().to_pylist()
    assert (row["n"], row["customers"]) == (100, 10)


def test_the_latest_answer_of_a_customer_is_the_one_that_counts():
    changed = [{"subject": f"c{n}", "kind": "feedback", "occurred_at": f"2026-03-0{day}", "metric": "csat", "score": 1.0 if day == 1 else 5.0} for n in range(6) for day in (1, 2)]
    assert [row["score"] for row in scores(told(changed), metric="csat", repeated="latest").to_pyarrow().to_pylist()] == [100.0]
    assert [row["score"] for row in scores(told(changed), metric="csat").to_pyarrow().to_pylist()] == [50.0]


def test_many_comparisons_are_corrected():
    # One group's drop has p = 0.03: a find alone, and none among twenty.
    months = {"2026-01-15": (58, 42), "2026-02-15": (43, 57)}
    drop = [event for at, (good, bad) in months.items() for event in answers("csat", (5, good), (1, bad), at=at, touchpoint="drop")]
    calm = [event for group in range(20) for at in months for event in answers("csat", (5, 10), (1, 10), at=at, touchpoint=f"calm {group}")]
    [(alone, _)] = [(row["verdict"], row["q"]) for row in scores(told(drop), metric="csat", by="touchpoint", every="month").to_pyarrow().to_pylist() if row["change"] is not None]
    among = {row["group"]: row["verdict"] for row in scores(told([*drop, *calm]), metric="csat", by="touchpoint", every="month").to_pyarrow().to_pylist() if row["change"] is not None}
    assert (alone, among["drop"], len(among)) == ("worse", "may be chance", 21)


def test_targets_benchmarks_and_annotations_come_from_the_settings():
    settings = Settings(
        targets=(ScoreTarget(metric="csat", score=60, department="sales"), ScoreTarget(metric="csat", score=90)),
        benchmarks=(Benchmark(metric="csat", score=70, source="trade survey 2026"),),
        annotations=(Annotation(on=date(2026, 3, 10), text="new hotline"), Annotation(on=date(2026, 3, 12), text="strike", department="port"), Annotation(on=date(2026, 5, 1), text="later")),
    )
    events = [*answers("csat", (5, 80), (1, 20), touchpoint="shop"), *answers("csat", (5, 12), (1, 8), touchpoint="quay")]
    journal = told(events, touchpoints={"shop": Touchpoint(department="sales"), "quay": Touchpoint(department="port")}, settings=settings)

    def rows(*names, **given):
        return [tuple(row[name] for name in names) for row in scores(journal, metric="csat", every="month", **given).to_pyarrow().to_pylist()]

    assert rows("target", "target_verdict", "benchmark", "benchmark_source", "benchmark_verdict", "annotation") == [(90.0, "missed", 70.0, "trade survey 2026", "may be chance", "2026-03-10: new hotline")]
    assert rows("group", "target", "target_verdict", "benchmark", "annotation", by="department") == [
        ("port", None, None, None, "2026-03-10: new hotline; 2026-03-12: strike"),
        ("sales", 60.0, "met", None, "2026-03-10: new hotline"),
    ]


@pytest.mark.parametrize(("sizes", "hidden"), [
    ({"a": 20, "b": 9, "c": 3}, ["b", "c"]),
    ({"a": 20, "b": 9, "c": 3, "d": 4}, ["c", "d"]),
    ({"a": 20, "b": 9}, []),
])  # fmt: skip
def test_small_groups_of_staff_are_suppressed_and_with_them_who_would_give_them_away(sizes, hidden):
    events = [event for name, size in sizes.items() for event in answers("enps", (9, size), at="2026-03-01", touchpoint=name, name=name)]
    rows = scores(told(events), metric="enps", by="touchpoint", floor=2).to_pyarrow().to_pylist()
    assert [row["group"] for row in rows if row["state"] == "suppressed"] == hidden
    assert all((row["score"] is None) == (row["group"] in hidden) for row in rows)


def test_two_targets_for_one_row_cannot_be_meant():
    with pytest.raises(ValueError, match="expected at most one of department, stage, touchpoint, product, segment, found department and product"):
        ScoreTarget(metric="csat", score=80, department="sales", product="box")


def test_an_unknown_dimension_is_answered_with_the_nearest():
    with pytest.raises(ArgumentError, match=r"cannot split by 'touchpont'; did you mean 'touchpoint'\?"):
        scores(told([]), by="touchpont")

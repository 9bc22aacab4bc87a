"""The journey from what analyses answered."""

from __future__ import annotations

from tests.report.journey.people import LIVES, small


def test_contacts_are_the_events_at_each_touchpoint():
    counted = {one.name: one.contacts for one in small().touchpoints}
    assert counted == {name: sum(where == name for _, where, _ in LIVES) for name in ("web", "shop", "hotline")}


def test_a_touchpoint_where_nothing_happened_is_left_out_and_one_without_stage_is_named():
    assert small().left_out == ("pulse",)
    assert small().touchpoint("never") is None


def test_a_touchpoint_takes_the_first_metric_with_enough_answers():
    found = {one.name: (one.score.metric, one.score.value, one.score.step) if one.score else None for one in small().touchpoints}
    assert found == {"web": None, "shop": ("csat", 82.0, 5), "hotline": ("csat", 31.0, 1)}


def test_stages_hold_contacts_scores_and_where_journeys_end_so_far():
    assert [(stage.name, stage.contacts, stage.score and stage.score.value, stage.before and stage.before.value, stage.exits, stage.exit_share) for stage in small().stages] == [
        ("discover", 4, None, None, 1, 0.25),
        ("buy", 3, 82.0, 80.0, 2, 0.5),
        # A figure of another metric is nothing to compare with.
        ("help", 1, 31.0, None, 0, 0.0),
    ]


def test_what_follows_itself_is_no_flow():
    assert [(flow.source, flow.target, flow.customers) for flow in small().flows] == [("web", "shop", 2), ("hotline", "shop", 1), ("shop", "hotline", 1)]


def test_departments_stand_in_the_order_of_the_stages_in_which_they_work():
    assert small().departments == ("marketing", "sales", "service")


def test_moments_carry_their_rank():
    assert {one.name: one.moment for one in small(moments=("hotline", "web")).touchpoints} == {"web": 2, "shop": None, "hotline": 1}


def test_rules_between_touchpoints_that_are_broken_are_kept():
    rows = [
        {"rule": "response(web, shop) within 3 days", "violated": 2, "share": 0.5},
        {"rule": 'absence("hotline", 2)', "violated": 1, "share": 0.9},
        {"rule": "response(web, elsewhere)", "violated": 1, "share": 0.0},
        {"rule": "response(shop, hotline)", "violated": 0, "share": 1.0},
    ]
    assert [(one.step, one.other, one.violated) for one in small(deviations=rows).deviations] == [("web", "shop", 2), ("hotline", None, 1)]

"""Which flows are drawn."""

from __future__ import annotations

from kundig.report.journey.model import Flow
from kundig.report.journey.ribbons import drawn_flows


def flow(number, customers):
    return Flow(f"a{number}", f"b{number}", customers, customers, None)


def test_up_to_ninety_flows_are_all_drawn():
    flows = [flow(number, 90 - number) for number in range(90)]
    assert drawn_flows(flows) == tuple(flows)


def test_of_more_the_largest_that_make_85_per_cent_are_drawn():
    flows = [flow(number, 100) for number in range(60)] + [flow(number, 1) for number in range(60, 200)]
    assert len(drawn_flows(flows)) == 53


def test_never_fewer_than_45_and_never_more_than_90():
    assert len(drawn_flows([flow(0, 10**6), *(flow(number, 1) for number in range(1, 300))])) == 45
    assert len(drawn_flows([flow(number, 1) for number in range(300)])) == 90


def test_those_of_a_selected_touchpoint_are_always_drawn():
    flows = [flow(0, 10**6), *(flow(number, 1) for number in range(1, 300))]
    assert drawn_flows(flows, "b250")[-1] == flows[250]

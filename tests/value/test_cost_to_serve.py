from decimal import Decimal

import pytest

from kundig.errors import ConfigError
from kundig.settings import Settings
from kundig.value.cost_to_serve import cost_to_serve
from kundig.value.right_channel import right_channel
from tests.value.told import journal, rows, until

PHONE = {"hourly": 42, "technology": "0.40", "overhead": "0.60"}
CHAT = {"hourly": 42, "concurrency": 2.5, "minutes": 10}


def contact(who, channel, at="2026-03-01", kind="call", amount=None, **properties):
    return {"subject": who, "kind": kind, "channel": channel, "occurred_at": at, "amount": amount, "properties": {"concern": "bill", **properties}}


def cost(*contacts, **costs):
    """What each channel's contacts cost together, and on the mean; in turn, whether all are known."""
    found = cost_to_serve(journal(*contacts, until("2026-05-31"), costs=costs), floor=2)
    return {channel: (state, spent) for channel, state, spent in rows(found, "channel", "state", "cost")}


def of_two(channel, amount=None, **properties):
    return [contact(who, channel, amount=amount, **properties) for who in ("ada", "ben")]


def test_a_call_of_five_minutes_costs_its_time_at_the_loaded_rate_with_technology_and_overhead():
    assert cost(*of_two("phone", handle_seconds="300"), handling={"phone": PHONE}) == {"phone": ("ok", 9.0)}


def test_whoever_answers_several_chats_at_once_costs_each_a_part_of_the_hour():
    assert cost(*of_two("chat", handle_seconds="900"), handling={"chat": CHAT}) == {"chat": ("ok", 8.4)}


def test_a_chat_of_unknown_length_takes_the_minutes_of_its_channel():
    assert cost(*of_two("chat"), handling={"chat": CHAT}) == {"chat": ("ok", 5.6)}


def test_self_service_without_hourly_rate_costs_technology_alone():
    assert cost(*of_two("app"), handling={"app": {"technology": "0.10"}}) == {"app": ("ok", 0.2)}


def test_the_own_amount_of_a_contact_goes_before_its_handle_time():
    assert cost(*of_two("phone", amount=3, handle_seconds="300"), handling={"phone": PHONE}) == {"phone": ("ok", 6.0)}


@pytest.mark.parametrize("stated", [{}, {"handle_seconds": "long"}, {"handle_seconds": "-5"}, {"handle_seconds": "1e300"}, {"handle_seconds": "nan"}])
def test_a_call_of_unknown_length_costs_what_its_channel_does_else_what_any_does_else_is_not_known(stated):
    handling = {"phone": PHONE}
    assert cost(*of_two("phone", **stated), handling=handling, contacts={"phone": 7}, contact=5) == {"phone": ("ok", 14.0)}
    assert cost(*of_two("phone", **stated), handling=handling, contact=5) == {"phone": ("ok", 10.0)}
    assert cost(*of_two("phone", **stated), handling=handling) == {"phone": ("no costs", None)}


def test_a_contact_whose_cost_cannot_be_counted_leaves_the_others_their_figure():
    # Ben's call costs less than nothing, Cyd's is in a currency without a rate; both cost what the other two do, which is half of them.
    priced = [contact("ada", "phone", amount=3), contact("eve", "phone", amount=5)]
    odd = [contact("ben", "phone", amount=-4), {**contact("cyd", "phone", amount=4), "currency": "GBP"}]
    found = cost_to_serve(journal(*priced, *odd, until("2026-05-31")), floor=2)
    assert rows(found, "state", "n", "contacts", "priced", "cost", "cost_per_contact") == [("ok", 4, 4, 2, 16.0, 4.0)]
    # Of fewer than half nothing is told of the rest.
    assert cost(*priced, *odd, contact("dan", "phone")) == {"phone": ("no costs", None)}


def test_channels_without_handling_cost_what_they_did():
    assert cost(*of_two("post", handle_seconds="300"), handling={"phone": PHONE}, contact=5) == {"post": ("ok", 10.0)}


def test_what_a_point_of_self_service_saves_goes_by_handle_time():
    told = [contact(f"c{n}", "phone" if n % 2 else "app", kind="call" if n % 2 else "self_service", handle_seconds="300") for n in range(80)]
    [row] = rows(right_channel(journal(*told, until("2026-05-31"), costs={"handling": {"phone": PHONE}})), "assisted_cost", "point_saves_high")
    assert row[0] == 4.5
    # A hundredth of the 80 concerns of three months, at 80 % of 4.50.
    assert row[1] == pytest.approx(80 / (91 / 30.4375) / 100 * 4.5 * 0.8, abs=1e-4)


@pytest.mark.parametrize("handling", [{"minutes": 5, "hourly": 42}, {"technology": 1}])
def test_a_cost_that_would_never_be_used_is_refused(handling):
    with pytest.raises((ConfigError, ValueError), match=r"contacts: phone would never be used, since handling\.phone always says"):
        Settings.model_validate({"costs": {"handling": {"phone": handling}, "contacts": {"phone": Decimal(7)}}})


def test_contacts_of_which_nobody_said_what_they_were_about_count_as_repeats_of_each_other():
    def call(who, at):
        return {"subject": who, "kind": "call", "channel": "phone", "occurred_at": at, "amount": 4}

    silent = [call("ada", "2026-03-01"), call("ada", "2026-03-03"), call("ben", "2026-03-01"), contact("ben", "phone", "2026-03-02", amount=4)]
    found = cost_to_serve(journal(*silent, until("2026-05-31")), by="concern", floor=1)
    assert rows(found, "concern", "n", "contacts", "solved_7") == [("bill", 1, 1, None), ("not told", 2, 3, 0.5)]

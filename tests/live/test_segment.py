"""Segment's HTTP API: what a sender is told, and what the journal knows of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.live.conftest import BASIC, House
from tests.live.doorway import KEY

Opened = Callable[..., House]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def order(**more: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Order Completed", "userId": "ada", "messageId": "m1", "timestamp": "2026-03-01T10:00:00Z", **more}


def test_an_order_is_one_as_soon_as_it_was_answered(house: Opened) -> None:
    here = house()
    properties = {"order_id": "o1", "total": 39.9, "currency": "eur", "products": [{"sku": "p1"}]}
    told = here.track(order(properties=properties, context={"page": {"url": "https://shop.example/", "path": "/"}, "campaign": {"source": "letter"}, "groupId": "acme"}))
    assert told == {"success": True, "received": 1, "accepted": 1, "duplicates": 0, "rejected": []}
    expected = {
        "event_id": "m1",
        "occurred_at": at("2026-03-01T10:00:00"),
        "known_at": at("2026-03-01T11:00:00"),
        "source": "shop",
        "subject": "user:ada",
        "kind": "order",
        "touchpoint": "shop.order",
        "channel": "web",
        "case_id": "o1",
        "amount": Decimal("39.9000"),
        "currency": "EUR",
        "properties": {"order_id": "o1", "total": "39.9", "currency": "eur", "products": '[{"sku":"p1"}]', "campaign.source": "letter", "page.url": "https://shop.example/", "page.path": "/", "group_id": "acme"},
        "local_at": datetime(2026, 3, 1, 11),
    }
    waiting = here.told()
    assert waiting == [expected]
    assert here.drain().events == 1
    assert (here.told(), here.inbox.standing().events) == (waiting, 0)


@pytest.mark.parametrize(
    ("call", "known"),
    [
        ({"type": "track", "event": "Product Viewed", "properties": {"sku": "p1", "price": 5}}, {"kind": "visit", "touchpoint": "shop.product", "product": "p1"}),
        ({"type": "track", "event": "Trial Started"}, {"kind": "milestone", "touchpoint": "account.trial", "outcome": "started"}),
        ({"type": "track", "event": "Account Created"}, {"kind": "lead", "touchpoint": "account.signup"}),
        ({"type": "track", "event": "Sausage Grilled"}, {"kind": "Sausage Grilled", "touchpoint": "Sausage Grilled"}),
        ({"type": "track", "event": "Product Reviewed", "properties": {"rating": 2, "review_body": " Nie wieder. "}, "context": {"locale": "de-DE"}}, {"kind": "feedback", "touchpoint": "shop.review", "metric": "stars", "score": 2.0, "text": "Nie wieder.", "language": "de"}),
        ({"type": "track", "event": "Product Reviewed", "properties": {"rating": 11}}, {"kind": "feedback", "touchpoint": "shop.review"}),
        ({"type": "page", "name": "Home", "category": "Shop"}, {"kind": "visit", "touchpoint": "web", "channel": "web"}),
        ({"type": "screen", "name": "Start"}, {"kind": "visit", "touchpoint": "app", "channel": "app"}),
    ],
)
def test_names_of_the_specification_are_known_and_others_are_touchpoints(house: Opened, call: dict[str, Any], known: dict[str, Any]) -> None:
    here = house()
    here.track({"userId": "ada", "messageId": "m1", **call})
    columns = ("kind", "touchpoint", "channel", "outcome", "metric", "score", "text", "language", "product", "amount", "case_id")
    assert here.told("events", *columns) == [known]


def test_the_company_names_its_events_before_the_specification_does(house: Opened) -> None:
    live = {"events": {"Order Completed": {"kind": "contract", "touchpoint": "contract", "outcome": "started", "amount": ["monthly", "plan.fee"]}, "page: Pricing": {"kind": "inquiry", "touchpoint": "pricing"}}}
    here = house(live)
    here.track(order(properties={"total": 99, "plan": {"fee": "12.50"}, "currency": "EUR"}), {"type": "page", "name": "Pricing", "userId": "ada", "messageId": "m2"})
    assert here.told("events", "kind", "touchpoint", "outcome", "amount") == [
        {"kind": "contract", "touchpoint": "contract", "outcome": "started", "amount": Decimal("12.5000")},
        {"kind": "inquiry", "touchpoint": "pricing"},
    ]


def test_calls_about_somebody_become_traits_and_links(house: Opened) -> None:
    here = house()
    here.track(
        {"type": "identify", "userId": "ada", "anonymousId": "a1", "messageId": "1", "traits": {"email": "ada@example.de", "firstName": "Ada", "address": {"city": "Ulm", "postalCode": "89073"}, "company": {"name": "Acme"}, "plan": "pro"}, "context": {"consent": {"categoryPreferences": {"advertising": False}}}},
        {"type": "alias", "previousId": "a0", "userId": "ada", "messageId": "2"},
        {"type": "group", "groupId": "acme", "userId": "ada", "messageId": "3", "traits": {"name": "Acme GmbH", "industry": "steel"}},
        {"type": "track", "event": "X", "userId": "ben", "messageId": "4", "context": {"traits": {"email": "ben@example.de"}}},
    )
    expected = [
        {"subject": "anonymous:a1", "properties": {"user_id": "ada"}},
        {"subject": "user:ada", "given_name": "Ada", "email": "ada@example.de", "postcode": "89073", "city": "Ulm", "company": "Acme", "consents": {"advertising": "false"}, "properties": {"plan": "pro"}},
        {"subject": "user:ada", "properties": {"previous_id": "a0", "user_id": "a0"}},
        {"subject": "user:ada", "account": "acme", "company": "Acme GmbH"},
        {"subject": "user:ben", "email": "ben@example.de"},
    ]

    def said() -> list[dict[str, Any]]:
        rows = [{name: value for name, value in row.items() if name not in {"known_at", "source"}} for row in here.told("traits")]
        return sorted(rows, key=lambda row: (row["subject"], str(row.get("properties", "~"))))

    assert sorted(said(), key=str) == sorted(expected, key=str)
    here.drain()
    assert sorted(said(), key=str) == sorted(expected, key=str)


def test_where_the_account_is_the_customer_a_group_says_what_it_is(house: Opened) -> None:
    here = house(company={"unit": "account"})
    here.track({"type": "group", "groupId": "acme", "userId": "ada", "messageId": "3", "traits": {"name": "Acme GmbH", "industry": "steel"}})
    assert [{name: row[name] for name in ("subject", "name", "account", "properties") if name in row} for row in here.told("traits")] == [
        {"subject": "group:acme", "name": "Acme GmbH", "account": "acme", "properties": {"industry": "steel"}},
        {"subject": "user:ada", "account": "acme"},
    ]


def test_what_somebody_wrote_stands_in_one_place(house: Opened) -> None:
    here = house()
    here.track({"type": "track", "event": "Product Reviewed", "userId": "ada", "messageId": "1", "properties": {"rating": 4, "review_body": "Gut."}})
    assert here.told("events", "text", "properties") == [{"text": "Gut.", "properties": {"rating": "4"}}]


def test_what_was_anonymous_is_somebodys_once_who_is_who_was_settled(house: Opened) -> None:
    here = house()
    here.track({"type": "page", "anonymousId": "a1", "name": "Home", "messageId": "1"}, {"type": "identify", "userId": "ada", "anonymousId": "a1", "messageId": "2", "traits": {}})
    here.drain()
    here.workspace.identify()
    assert here.workspace.journal.events.customer_id.to_pyarrow().to_pylist() == here.workspace.journal.customers.customer_id.to_pyarrow().to_pylist()


def test_what_is_said_again_is_not_said_anew(house: Opened) -> None:
    here = house()
    call = {"type": "identify", "userId": "ada", "anonymousId": "a1", "traits": {"email": "ada@example.de"}}
    for number, traits in enumerate([{}, {}, {"email": "new@example.de"}, {}, {}]):
        here.now += 60
        here.track({**call, "messageId": str(number), "traits": {**call["traits"], **traits}})
        here.drain()
    assert [row.get("email", row.get("properties")) for row in sorted(here.told("traits"), key=lambda row: row["known_at"])] in (
        [*[first, second], "new@example.de", "ada@example.de"] for first, second in (("ada@example.de", {"user_id": "ada"}), ({"user_id": "ada"}, "ada@example.de"))
    )


def test_a_message_that_comes_again_within_thirty_days_is_known(house: Opened) -> None:
    here = house()
    here.track(order())
    assert here.track(order(), order(messageId="m2"), order(messageId="m2")) == {"success": True, "received": 3, "accepted": 1, "duplicates": 2, "rejected": []}
    here.drain()
    here.now += 29 * 86_400
    here.inbox.aged(int(here.now * 1e6))
    assert here.track(order())["duplicates"] == 1
    here.now += 3 * 86_400
    assert (here.inbox.aged(int(here.now * 1e6)), here.track(order())["duplicates"]) == (2, 0)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"messageId": "x", "userId": None}, "no_user_anon_id"),
        ({"messageId": "x", "userId": {"a": 1}}, "no_user_anon_id"),
        ({"messageId": "x", "event": ""}, "no_event"),
        ({"messageId": "x", "type": "group"}, "no_group_id"),
        ({"messageId": "x", "type": "alias"}, "no_previous_id"),
        ({"messageId": "x", "type": "sing"}, "unknown_type"),
        ({"messageId": "x", "timestamp": "yesterday"}, "bad_timestamp"),
        ({"messageId": "x" * 256}, "bad_message_id"),
        ({"messageId": "x", "properties": {"text": "x" * 33_000}}, "too_large"),
    ],
)
def test_a_bad_event_is_a_dead_letter_and_takes_no_other_with_it(house: Opened, event: dict[str, Any], code: str) -> None:
    here = house()
    bad = {**order(), **event}
    told = here.track(order(), bad, order(messageId="m2"))
    assert (told["received"], told["accepted"], [(each["index"], each["code"]) for each in told["rejected"]]) == (3, 2, [(1, code)])
    [letter] = here.inbox.letters()
    assert (letter.code, letter.source, json.loads(letter.body)["batch"]) == (code, "shop", [bad])
    # Sent again, it is no second letter.
    here.track(order(), bad)
    assert (len(here.inbox.letters()), [row["event_id"] for row in here.told()]) == (1, ["m1", "m2"])


def test_a_batch_of_too_many_is_kept_whole_and_none_of_it_taken(house: Opened) -> None:
    here = house()
    told = here.track(*[{"type": "track", "event": "X", "userId": "u", "messageId": str(each)} for each in range(2_501)])
    assert (told["received"], told["accepted"], told["rejected"][0]["code"], len(json.loads(here.inbox.letters()[0].body)["batch"])) == (2_501, 0, "too_many_events", 2_501)
    assert here.track(*[{"type": "track", "event": "X", "userId": "u", "messageId": str(each)} for each in range(2_500)])["accepted"] == 2_500


@pytest.mark.parametrize(
    ("path", "request_", "status"),
    [
        ("/v1/track", {"headers": BASIC, "json": order()}, 200),
        ("/v1/t", {"headers": {"content-type": "text/plain", "origin": "https://shop.example"}, "content": json.dumps(order(writeKey=KEY))}, 200),
        ("/v1/b", {"content": json.dumps({"batch": [order(writeKey=KEY)]})}, 200),
        ("/v1/track/", {"headers": BASIC | {"content-encoding": "gzip"}, "content": gzip.compress(json.dumps(order()).encode())}, 200),
        ("/v1/track", {"headers": {"authorization": "Bearer token"}, "json": order(writeKey=KEY)}, 200),
        ("/v1/track", {"json": order()}, 401),
        ("/v1/track", {"json": order(writeKey="wk_other")}, 401),
        ("/v1/track", {"headers": {"authorization": "Basic d3Jvbmc6"}, "json": order(writeKey=KEY)}, 401),
        ("/v1/sing", {"headers": BASIC, "json": order()}, 404),
        ("/v1/track", {"headers": BASIC, "content": b"{"}, 400),
        ("/v1/track", {"headers": BASIC, "content": b"[1]"}, 400),
        ("/v1/batch", {"headers": BASIC, "content": b" " * 512_001}, 413),
        ("/v1/batch", {"headers": BASIC | {"content-encoding": "gzip"}, "content": gzip.compress(b" " * 50_000_000)}, 413),
        ("/v1/batch", {"headers": BASIC | {"content-encoding": "gzip"}, "content": gzip.compress(b"{}" * 40)[:-9]}, 400),
        ("/v1/batch", {"headers": BASIC | {"content-encoding": "br"}, "content": b"x"}, 415),
    ],
)
def test_addresses_keys_and_packings(house: Opened, path: str, request_: dict[str, Any], status: int) -> None:
    here = house()
    answer = here.post(path, **request_)
    assert (answer.status_code, answer.json()["success"], len(here.told()) if here.inbox.last() else 0) == (status, status == 200, int(status == 200))
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_browser_may_ask_before_and_a_reader_gets_nothing(house: Opened) -> None:
    here = house()
    [asked] = here.posts([("/v1/t", {"headers": {"origin": "https://shop.example"}})], method="OPTIONS")
    [got] = here.posts([("/v1/track", {"headers": BASIC})], method="GET")
    assert (asked.status_code, asked.headers["access-control-allow-methods"], got.status_code, got.json()["code"]) == (204, "POST", 405, "method")


def test_a_key_that_sends_too_much_is_told_to_wait(house: Opened) -> None:
    here = house(rate=2)
    answers = here.posts([("/v1/track", {"headers": BASIC, "json": order(messageId=str(each))}) for each in range(8)])
    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert (answers[-1].status_code, answers[-1].json()["code"], int(answers[-1].headers["retry-after"]) >= 1) == (429, "too_many", True)


def test_an_inbox_that_cannot_be_written_is_said_with_a_time_to_come_again(house: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    from kundig.store.inbox.kept import InboxError

    here = house()

    def full(*_: Any, **__: Any) -> None:
        raise InboxError("database or disk is full")

    monkeypatch.setattr(here.inbox, "add", full)
    answer = here.post("/v1/track", order(writeKey=KEY))
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["code"]) == (503, "5", "unavailable")
    monkeypatch.undo()
    assert here.post("/v1/track", order(writeKey=KEY)).status_code == 200


def test_a_clock_that_is_wrong_is_corrected_by_what_was_sent_with_it(house: Opened) -> None:
    here = house()
    late = {"sentAt": "2026-03-01T13:00:00Z"}  # two hours ahead of the door
    here.track(order(timestamp="2026-03-01T12:50:00Z"), **late)
    here.track(order(messageId="m2", timestamp=None, originalTimestamp="2026-03-01T12:40:00Z"), **late)
    here.track(order(messageId="m3", timestamp="2024-05-01T00:00:00Z"))  # an import of what was: nothing is known of its sender's clock
    here.track(order(messageId="m4", timestamp="2026-03-01T10:58:00Z"), sentAt="2026-03-01T11:04:59Z")
    here.track(order(messageId="m5", timestamp=None))
    assert [row["occurred_at"] for row in here.told("events", "occurred_at")] == [at(f"{day}:00") for day in ("2026-03-01T10:50", "2026-03-01T10:40", "2024-05-01T00:00", "2026-03-01T10:58", "2026-03-01T11:00")]

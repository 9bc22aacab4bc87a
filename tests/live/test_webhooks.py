"""Webhooks: proven, told apart, and understood, for each known system by a payload as its documentation describes it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.live.conftest import RECEIVED, House

Opened = Callable[..., House]
SECRET = "a secret of some length"
PAYLOADS: dict[str, dict[str, Any]] = {file.stem: json.loads(file.read_text()) for file in sorted((Path(__file__).parent / "payloads").glob("*.json"))}
NOW = str(int(RECEIVED))


def mac(signed: bytes) -> bytes:
    return hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()


def signed(system: str, body: bytes) -> dict[str, str]:
    """As each system's documentation says that it signs."""
    match system:
        case "zendesk":
            return {"X-Zendesk-Webhook-Signature": base64.b64encode(mac(b"2026-03-01T11:00:00Z" + body)).decode(), "X-Zendesk-Webhook-Signature-Timestamp": "2026-03-01T11:00:00Z"}
        case "chatwoot":
            return {"X-Chatwoot-Signature": "sha256=" + mac(NOW.encode() + b"." + body).hex(), "X-Chatwoot-Timestamp": NOW, "X-Chatwoot-Delivery": hashlib.md5(body).hexdigest()}
        case "typeform":
            return {"Typeform-Signature": "sha256=" + base64.b64encode(mac(body)).decode()}
        case "stripe":
            return {"Stripe-Signature": f"t={NOW},v0=old,v1={mac(NOW.encode() + b'.' + body).hex()}"}
        case "shopify":
            return {"X-Shopify-Hmac-Sha256": base64.b64encode(mac(body)).decode(), "X-Shopify-Webhook-Id": hashlib.md5(body).hexdigest()}
        case "freshdesk":
            return {"Authorization": "Basic " + base64.b64encode(f"kundig:{SECRET}".encode()).decode()}
        case "formbricks":
            sent = datetime.fromtimestamp(RECEIVED, timezone.utc)
            whole = base64.b64encode(SECRET.encode()).decode()
            return {"webhook-id": "msg_1", "webhook-timestamp": NOW, "webhook-signature": Webhook(whole).sign("msg_1", sent, body.decode())}
    raise AssertionError(system)


def test_each_known_system_has_payloads_here() -> None:
    from kundig.sources.live.hooks import HOOKS

    assert list(PAYLOADS) == sorted(HOOKS)


@pytest.mark.parametrize("system", PAYLOADS)
def test_what_a_known_system_tells_becomes_events_and_traits(house: Opened, system: str) -> None:
    here = house({"webhooks": {"in": {"from": system, "secret": SECRET, "source": system}}})
    story = PAYLOADS[system]
    for told in story["sent"]:
        body = json.dumps(told["payload"]).encode()
        answer = here.post("/hooks/in", content=body, headers=signed(system, body) | told.get("headers", {}))
        assert (answer.status_code, answer.json()["accepted"]) == (200, 1), answer.text
    known = [{name: shown(value) for name, value in row.items() if name not in {"event_id", "known_at", "source", "local_at"}} for row in here.told()]
    said = [{name: value for name, value in row.items() if name not in {"known_at", "source"}} for row in here.told("traits")]
    assert sorted(known, key=str) == sorted(story["events"], key=str)
    assert sorted(said, key=str) == sorted(story["traits"], key=str)
    assert (here.drain().dead, here.told("events", "source")) == (story.get("dead", 0), [{"source": system}] * len(known))
    # The same deliveries again are known.
    for told in story["sent"]:
        body = json.dumps(told["payload"]).encode()
        assert here.post("/hooks/in", content=body, headers=signed(system, body) | told.get("headers", {})).json()["duplicates"] == 1


def shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{value:.2f}" if isinstance(value, Decimal) else value


@pytest.mark.parametrize("system", PAYLOADS)
def test_a_payload_that_does_not_prove_where_it_comes_from_is_refused(house: Opened, system: str) -> None:
    here = house({"webhooks": {"in": {"from": system, "secret": SECRET}}})
    body = json.dumps(PAYLOADS[system]["sent"][0]["payload"]).encode()
    right = signed(system, body)
    refused = [here.post("/hooks/in", content=body), here.post("/hooks/in", content=body, headers={name: value[:-6] + "AAAAAA" for name, value in right.items()})]
    if system != "freshdesk":
        refused.append(here.post("/hooks/in", content=body + b" ", headers=right))
    if system in {"zendesk", "chatwoot", "stripe", "formbricks"}:
        here.now += 301
        refused.append(here.post("/hooks/in", content=body, headers=right))
    assert ({answer.status_code for answer in refused}, {answer.json()["code"] for answer in refused}, here.inbox.last()) == ({401}, {"unsigned"}, 0)


OWN: dict[str, Any] = {"secret": SECRET, "events": [{"kind": "visit_onsite", "at": "visit.at", "subject": "crm:{customer.no}", "text": "visit.note", "when": "kind = 'visit'"}], "traits": {"subject": "crm:{customer.no}", "city": "customer.town"}}


def own(here: House, payload: Any, identity: str = "msg_1") -> httpx.Response:
    body = json.dumps(payload)
    signature = Webhook(base64.b64encode(SECRET.encode()).decode()).sign(identity, datetime.fromtimestamp(here.now, timezone.utc), body)
    return here.post("/hooks/field", content=body.encode(), headers={"webhook-id": identity, "webhook-timestamp": str(int(here.now)), "webhook-signature": signature})


def test_a_system_of_ones_own_signs_as_standard_webhooks_has_it_and_is_mapped_like_a_source(house: Opened) -> None:
    here = house({"webhooks": {"field": OWN}})
    visit = {"kind": "visit", "visit": {"at": "2026-03-01 09:30", "note": "Zufrieden."}, "customer": {"no": 7, "town": "Ulm"}}
    assert own(here, visit).json()["accepted"] == 1
    [event] = here.told("events", "subject", "kind", "touchpoint", "occurred_at", "text", "source")
    # No zone: the company's.
    assert event == {"subject": "crm:7", "kind": "visit_onsite", "touchpoint": "visit_onsite", "occurred_at": datetime(2026, 3, 1, 8, 30, tzinfo=timezone.utc), "text": "Zufrieden.", "source": "field"}
    assert here.told("traits", "subject", "city") == [{"subject": "crm:7", "city": "Ulm"}]


def test_what_no_entry_takes_or_cannot_be_read_is_a_dead_letter_and_the_rest_is_in(house: Opened) -> None:
    here = house({"webhooks": {"field": {**OWN, "traits": []}}})
    good = {"kind": "visit", "visit": {"at": "2026-03-01T09:30:00Z"}, "customer": {"no": 7}}
    own(here, [good, {"kind": "song"}, {**good, "visit": {"at": "soon"}}])
    assert (here.drain().events, [(each.form, each.code, each.reason) for each in here.inbox.letters()]) == (
        1,
        [("webhook:field", "mapping", "at: not a time: soon"), ("webhook:field", "unmapped", "no entry of live.webhooks.field takes it")],
    )


def test_a_webhook_that_is_not_there_is_not_there(house: Opened) -> None:
    here = house({"webhooks": {"field": OWN}})
    assert here.post("/hooks/other", content=b"{}").status_code == 404
    assert own(here, "text").json()["accepted"] == 1
    assert (own(here, {}).json()["duplicates"], here.drain().dead) == (1, 1)


def test_who_speaks_of_an_event_again_corrects_it_from_that_moment_on(house: Opened) -> None:
    mapped = {**OWN, "events": [{**OWN["events"][0], "event_id": "visit-{visit.no}"}]}
    here = house({"webhooks": {"field": mapped}})

    def visit(number: int, note: str, identity: str) -> None:
        here.now += 60
        told = {"kind": "visit", "visit": {"no": number, "at": "2026-03-01 09:30", "note": note}, "customer": {"no": 7, "town": "Ulm"}}
        assert own(here, told, identity).json()["accepted"] == 1

    def now(moment: float | None = None) -> list[tuple[str, str]]:
        journal = here.workspace.journal if moment is None else here.workspace.journal.as_of(datetime.fromtimestamp(moment, timezone.utc))
        return sorted((row["event_id"], row["text"]) for row in journal.events.select("event_id", "text").to_pyarrow().to_pylist())

    visit(1, "Wartet.", "m1")
    first = here.now
    # Both wait still; then one of them is in the lake; then both are.
    visit(1, "Zufrieden.", "m2")
    assert (now(), now(first)) == ([("visit-1", "Zufrieden.")], [("visit-1", "Wartet.")])
    assert here.drain().events == 2
    assert (now(), now(first)) == ([("visit-1", "Zufrieden.")], [("visit-1", "Wartet.")])
    visit(2, "Neu.", "m3")
    visit(1, "Verärgert.", "m4")
    assert now() == [("visit-1", "Verärgert."), ("visit-2", "Neu.")]
    assert here.drain().events == 2
    assert (now(), now(first)) == ([("visit-1", "Verärgert."), ("visit-2", "Neu.")], [("visit-1", "Wartet.")])

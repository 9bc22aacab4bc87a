"""Twenty playbooks while a thousand events a second arrive: from the event to what it sets off, and timers that come due together.

`python -m benchmarks.firing FOLDER CUSTOMERS SECONDS TIMERS` runs it at another size and prints the figures.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from random import Random

from benchmarks.life import company
from benchmarks.ratio import Ratio

CUSTOMERS = 1_000_000
SECONDS = 60
TIMERS = 20_000
RATE = 1_000
TICK = 0.1
HOUR = 3600
A_MILLION = 1_000_000
KINDS = ("visit", "visit", "visit", "usage", "usage", "order", "delivery", "payment", "feedback", "case_opened", "complaint", "message_in", "contract", "case_resolved", "milestone", "post")
TASK = [{"task": {"department": "service", "title": "Call"}}]
MORE = {
    "ordered_thrice": {"when": {"happened": {"event": "order", "times": 3, "within": "90 days"}}, "again": "90 days"},
    "milestone_met": {"when": {"happened": {"event": "milestone"}}, "again": "always"},
    "wrote_and_complained": {"when": {"all": [{"happened": {"event": "message_in"}}, {"happened": {"event": "complaint"}}], "within": "7 days"}, "again": "30 days"},
    "promoter": {"when": {"scored": {"metric": "nps", "group": "promoter"}}, "again": "180 days"},
}
"""Beside the sixteen that come with kundig."""


@dataclass(frozen=True)
class Found:
    """What was measured.

    Attributes:
        delays: seconds from each event to the row it set off.
        missing: posts that set nothing off in time; each ought to.
        adding: seconds that each hundred events took to be on the disk.
    """

    delays: list[float]
    missing: int
    adding: list[float]


def measured(folder: Path) -> Iterator[Ratio]:
    """From event to firing, and timers, at a million customers."""
    yield from figures(folder, CUSTOMERS, SECONDS, TIMERS)


def figures(folder: Path, customers: int, seconds: int, timers: int) -> Iterator[Ratio]:
    """The figures at a size."""
    now = datetime.now(timezone.utc).replace(microsecond=0)
    workspace = company(folder / "firing", customers * 10, lambda of: _lives(of, now), lives=customers)
    (workspace / "kundig.yaml").write_text("company: {name: Nordwind}\nlive: {flush: 10}\n", encoding="utf-8")
    _set_up(workspace)
    worker = _working(workspace)
    try:
        _warm(worker, workspace, customers)
        found = _fired(workspace, customers, seconds)
        name = f"{customers:,} customers, 20 playbooks, {RATE:,} events a second"
        print(f"  {name}: {len(found.delays):,} fired, half within {statistics.median(found.delays or [float('inf')]):.2f} s, {found.missing} posts set nothing off", file=sys.stderr)
        yield Ratio(f"{name}: from the event to its firing, p99", _p99(found.delays), 5, "s")
        yield Ratio(f"{name}: posts that set nothing off", float(found.missing), 0, "")
        _overslept(workspace, timers)
        beside, rate, ordered, left = _timers(workspace, customers, timers)
        yield Ratio("timers that had not fired after ten minutes", float(left), 0, "")
        yield Ratio("timers of a million due within the hour: how many times as quickly as they come due", rate / (A_MILLION / HOUR), 1, at_least=True)
        yield Ratio("timers that fired out of their order", float(ordered), 0, "")
        yield Ratio("a hundred events onto the disk while timers fire / before, p99", _p99(beside) / _p99(found.adding), 3)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()


def _p99(values: list[float]) -> float:
    return sorted(values)[min(len(values) * 99 // 100, len(values) - 1)] if values else float("inf")


def _lives(customers: int, now: datetime) -> Mapping[str, str]:
    """Ten events a customer within the last two years."""
    at = f"TIMESTAMPTZ '{now:%Y-%m-%d %H:%M:%S}+00' - INTERVAL 1 SECOND * (60 + hash(i + 17) % 63072000)::BIGINT"
    kind = f"([{', '.join(map(repr, KINDS))}])[1 + (hash(i * 13 + 5) % {len(KINDS)})::INT]"
    return {
        "event_id": "lpad(i::VARCHAR, 24, '0')", "occurred_at": at, "known_at": at, "source": "'shop'", "subject": f"'crm:' || (i % {customers})::VARCHAR", "kind": kind, "channel": "'web'",
        "touchpoint": "'touchpoint ' || (hash(i * 7) % 30)::VARCHAR", "case_id": f"'order ' || (hash(i * 31 + 7) % {customers * 2})::VARCHAR",
        "metric": f"CASE WHEN {kind} = 'feedback' THEN 'nps' END", "score": f"CASE WHEN {kind} = 'feedback' THEN (hash(i * 3) % 11)::DOUBLE END",
        "outcome": f"CASE WHEN {kind} = 'contract' THEN 'started' END", "amount": f"CASE WHEN {kind} = 'order' THEN 20 END", "currency": f"CASE WHEN {kind} = 'order' THEN 'EUR' END",
    }  # fmt: skip


def _set_up(workspace: Path) -> None:
    os.environ |= {"KUNDIG_WORKSPACE": str(workspace), "DJANGO_SETTINGS_MODULE": "kundig.web.settings"}
    import django

    django.setup()
    from kundig.playbooks.playbook import Playbook, ready
    from kundig.state.playbooks import applied
    from kundig.web.opening import migrated
    from kundig.web.place import Place

    migrated(Place(workspace))
    texts = {"title": "Bench", "why": "To be measured", "owner": "ada", "steps": TASK}
    playbooks = {**ready(), **{name: Playbook.model_validate({**texts, **of}) for name, of in MORE.items()}}
    assert len(playbooks) == 20
    for name, of in playbooks.items():
        applied(name, of.model_copy(update={"on": True, "limits": of.limits.model_copy(update={"ask_above": 10_000_000})}), "ada", datetime.now(timezone.utc))


def _child(*words: str | Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-W", "ignore", "-m", "benchmarks.firing", *map(str, words)], cwd=Path(__file__).parents[1], stdout=subprocess.PIPE)


def _working(workspace: Path) -> subprocess.Popen[bytes]:
    """The worker as it always is, tied to this process."""
    return subprocess.Popen([sys.executable, "-W", "ignore", "-m", "kundig", "worker", "--workspace", str(workspace), "--tied"], stdin=subprocess.PIPE)


def _warm(worker: subprocess.Popen[bytes], workspace: Path, customers: int) -> None:
    """What a process loads and takes in when it starts is there as soon as it has fired once."""
    from kundig.state.enrolments import Enrolment

    sender = _child("send", workspace, str(customers), "1")
    ends = time.time() + 600
    while not Enrolment.objects.filter(playbook="milestone_met").exists() and time.time() < ends:
        assert worker.poll() is None, "the worker has died"
        time.sleep(0.5)
    sender.wait()


def _send(workspace: Path, customers: int, seconds: int) -> None:
    """Add events as the door does, and print when each was there, and how long it took."""
    from kundig.store.inbox import inbox
    from kundig.store.inbox.kept import Arrival, key

    box, dice, batch = inbox("sqlite:///kundig.sqlite3", workspace), Random(7), int(RATE * TICK)
    assert box is not None
    sent, took, began = {}, [], time.time()
    for turn in range(int(seconds / TICK)):
        time.sleep(max(began + turn * TICK - time.time(), 0))
        at, items, keys, names = round(time.time() * 1e6), [], [], []
        for place in range(batch):
            kind, name = dice.choice(KINDS), f"s{began:.0f}-{turn}-{place}"
            event = {"event_id": name, "occurred_at": at, "subject": f"crm:{dice.randrange(customers)}", "kind": kind, "touchpoint": "touchpoint 1", "channel": "web", "metric": "nps" if kind == "feedback" else None, "score": dice.randint(0, 10) if kind == "feedback" else None}
            items.append(json.dumps({"at": at, "id": name, "type": "event", "e": {of: value for of, value in event.items() if value is not None}}).encode())
            keys.append(key(box.secret, f"kundig {name}"))
            names.append(kind)
            if kind in {"post", "milestone"}:
                sent[name] = at / 1e6
        clock = time.perf_counter()
        box.add([Arrival(at, "shop", "kundig", items, keys, names)])
        took.append(time.perf_counter() - clock)
    sys.stdout.write(json.dumps({"sent": sent, "took": took}))


def _fired(workspace: Path, customers: int, seconds: int) -> Found:
    """Send for so long, and see when what each sets off stands there."""
    from kundig.state.enrolments import Enrolment

    sender = _child("send", workspace, str(customers), str(seconds))
    seen: dict[str, float] = {}
    last, ends = 0, time.time() + seconds + 30
    while time.time() < ends:
        rows = list(Enrolment.objects.filter(pk__gt=last, playbook__in=["social_post_to_answer", "milestone_met"]).order_by("pk").values_list("pk", "cause"))
        now = time.time()
        for pk, cause in rows:
            seen.setdefault(cause, now)
            last = pk
        time.sleep(0.1)
    assert sender.stdout is not None
    told = json.loads(sender.stdout.read())
    sender.wait()
    return Found([seen[name] - at for name, at in told["sent"].items() if name in seen], sum(name not in seen for name in told["sent"]), told["took"])


def _overslept(workspace: Path, timers: int) -> None:
    """So many enrolments whose timers are due one after the other within the next moments."""
    from kundig.playbooks.playbook import Playbook
    from kundig.state.enrolments import Enrolment
    from kundig.state.playbooks import applied

    now = datetime.now(timezone.utc)
    of = Playbook.model_validate({"title": "Wait", "why": "To be measured", "owner": "ada", "on": True, "when": {"happened": {"event": "never"}}, "steps": [{"wait": "1 day"}, *TASK]})
    version, _ = applied("waits", of, "ada", now)
    came = now - timedelta(days=1)
    rows = [Enrolment(version=version, playbook="waits", row=f"crm:{n}\x1fw{n}", customer=f"crm:{n}", cause=f"w{n}", at=came, due_at=came + timedelta(milliseconds=n), held_out=False, until=now + timedelta(milliseconds=n)) for n in range(timers)]
    Enrolment.objects.bulk_create(rows, batch_size=500)


def _timers(workspace: Path, customers: int, timers: int) -> tuple[list[float], float, int, int]:
    """How long adding takes while they fire, how many fire a second, how many of them out of order, and how many had not fired."""
    from kundig.state.enrolments import Enrolment
    from kundig.state.outbox import Outbox

    sender = _child("send", workspace, str(customers), "30")
    began, ends = time.time(), time.time() + 600
    while Enrolment.objects.filter(playbook="waits", state="running").exists() and time.time() < ends:
        time.sleep(0.2)
    length = time.time() - began
    assert sender.stdout is not None
    told = json.loads(sender.stdout.read())
    sender.wait()
    fired = list(Outbox.objects.filter(enrolment__playbook="waits").order_by("pk").values_list("at", flat=True))
    return told["took"], len(fired) / length, sum(later < before for before, later in pairwise(fired)), timers - len(fired)


if __name__ == "__main__":
    if sys.argv[1] == "send":
        _send(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        from benchmarks.ratio import drawn

        drawn(list(figures(Path(sys.argv[1]), *map(int, sys.argv[2:5]))))

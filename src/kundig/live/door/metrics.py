"""What the door and the worker tell Prometheus."""

from __future__ import annotations

import hmac
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from kundig.store.inbox.kept import Inbox

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
LOCAL = {"127.0.0.1", "::1"}


class Metrics:
    """Counters of one process, and gauges of the inbox, which all processes share.

    Args:
        token: who shows it as a bearer may read from elsewhere.
        proxied: whether all readers come through a proxy, so that none is known to be on this machine.
    """

    def __init__(self, *, token: str = "", proxied: bool = False) -> None:
        self._token, self._proxied = token, proxied
        registry = self._registry = CollectorRegistry()
        self._answers = Counter("kundig_answers", "Answers of the door, by status.", ["status"], registry=registry)
        self._seconds = Histogram("kundig_answer_seconds", "From a request's head to its answer.", buckets=SECONDS, registry=registry)
        self._events = Counter("kundig_events", "Events that arrived, by source and what became of them.", ["source", "became"], registry=registry)
        self._queue = Gauge("kundig_queue_events", "Events that wait for the lake.", registry=registry)
        self._lag = Gauge("kundig_lake_lag_seconds", "How long the oldest of them has waited; answers know it nonetheless.", registry=registry)
        self._dead = Gauge("kundig_dead_letters", "Dead letters.", registry=registry)
        self._timers = Gauge("kundig_timer_lag_seconds", "How late the last run of each job began.", ["job"], registry=registry)
        self._runs = Gauge("kundig_job_seconds", "How long the last run of each job took.", ["job"], registry=registry)
        self._failed = Gauge("kundig_job_failed", "1 where the last run of a job failed.", ["job"], registry=registry)
        self._by_status: dict[int, Any] = {}

    def allowed(self, scope: dict[str, Any]) -> bool:
        """Whether whoever asks may know: somebody on this machine, or with the token."""
        given = dict(scope["headers"]).get(b"authorization", b"")
        if self._token and hmac.compare_digest(given, f"Bearer {self._token}".encode()):
            return True
        client = scope.get("client")
        return not self._proxied and client is not None and client[0] in LOCAL

    def answered(self, status: int, seconds: float) -> None:
        """Count an answer."""
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = self._answers.labels(str(status))
        counter.inc()
        self._seconds.observe(seconds)

    def events(self, source: str, accepted: int, duplicates: int, rejected: int) -> None:
        """Count events of a request."""
        for became, count in (("accepted", accepted), ("duplicate", duplicates), ("rejected", rejected)):
            if count:
                self._events.labels(source, became).inc(count)

    def text(self, inbox: Inbox, now: float) -> bytes:
        """All of it, as Prometheus reads it."""
        standing, told = inbox.standing(), inbox.told()
        self._queue.set(standing.events)
        self._lag.set(max(now - standing.oldest / 1e6, 0) if standing.oldest is not None else 0)
        self._dead.set(standing.dead)
        for name, ran in told.items():
            if name.startswith("job:"):
                job = name.removeprefix("job:")
                self._timers.labels(job).set(ran["late"])
                self._runs.labels(job).set(ran["seconds"])
                self._failed.labels(job).set(1 if ran["error"] else 0)
        return bytes(generate_latest(self._registry))

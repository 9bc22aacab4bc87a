"""What the door and the worker tell Prometheus."""

from __future__ import annotations

import hmac
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.utils import floatToGoString

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
        # Kept as plain numbers, which one thread alone changes: they are counted far oftener than they are asked for.
        self._answers: Counter[int] = Counter()
        self._took = [0] * (len(SECONDS) + 1)
        self._seconds = 0.0
        self._events: Counter[tuple[str, str]] = Counter()
        registry.register(self)
        self._queue = Gauge("kundig_queue_events", "Events that wait for the lake.", registry=registry)
        self._lag = Gauge("kundig_lake_lag_seconds", "How long the oldest of them has waited; answers know it nonetheless.", registry=registry)
        self._dead = Gauge("kundig_dead_letters", "Dead letters.", registry=registry)
        self._timers = Gauge("kundig_timer_lag_seconds", "How late the last run of each job began.", ["job"], registry=registry)
        self._runs = Gauge("kundig_job_seconds", "How long the last run of each job took.", ["job"], registry=registry)
        self._failed = Gauge("kundig_job_failed", "1 where the last run of a job failed.", ["job"], registry=registry)

    def allowed(self, scope: dict[str, Any]) -> bool:
        """Whether whoever asks may know: somebody on this machine, or with the token."""
        given = dict(scope["headers"]).get(b"authorization", b"")
        if self._token and hmac.compare_digest(given, f"Bearer {self._token}".encode()):
            return True
        client = scope.get("client")
        return not self._proxied and client is not None and client[0] in LOCAL

    def answered(self, status: int, seconds: float) -> None:
        """Count an answer."""
        self._answers[status] += 1
        self._took[bisect_left(SECONDS, seconds)] += 1
        self._seconds += seconds

    def events(self, source: str, accepted: int, duplicates: int, rejected: int) -> None:
        """Count events of a request."""
        self._events[source, "accepted"] += accepted
        if duplicates:
            self._events[source, "duplicate"] += duplicates
        if rejected:
            self._events[source, "rejected"] += rejected

    def collect(self) -> Iterator[Metric]:
        """The counters, as Prometheus' registry asks for them."""
        answers = CounterMetricFamily("kundig_answers", "Answers of the door, by status.", labels=["status"])
        for status, count in sorted(self._answers.copy().items()):
            answers.add_metric([str(status)], count)
        events = CounterMetricFamily("kundig_events", "Events that arrived, by source and what became of them.", labels=["source", "became"])
        for words, count in sorted(self._events.copy().items()):
            events.add_metric(words, count)
        ends = [*map(floatToGoString, SECONDS), "+Inf"]
        took = HistogramMetricFamily("kundig_answer_seconds", "From a request's head to its answer.", buckets=list(zip(ends, accumulate(self._took), strict=True)), sum_value=self._seconds)
        yield from (answers, took, events)

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

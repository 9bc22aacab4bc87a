"""When an event happened, by what its sender says and by the clock of the door."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
SKEW = 5 * 60 * 1_000_000
"""Microseconds by which a sender's clock must be wrong before it is corrected."""
EARLIEST = -62_000_000_000_000_000
LATEST = 250_000_000_000_000_000
"""The years from about 6 to 9892: what every engine can hold, and correct."""
MILLISECONDS_FROM = 100_000_000_000


def micros(value: Any) -> int:
    """A time as senders write it, in microseconds since 1970.

    ISO 8601 text, of a day at least, without a zone in UTC; or seconds or milliseconds since 1970 as a number. A leap
    second is the second after.

    >>> micros("1970-01-01T00:00:01.5Z"), micros(1.5), micros(1_700_000_000_000)
    (1500000, 1500000, 1700000000000000)
    >>> micros("2016-12-31T23:59:60Z") == micros("2017-01-01T00:00:00Z")
    True

    Raises:
        ValueError: it is no time, or outside the years 6 to 9892.
    """
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            text = value.strip()
            try:
                parsed = datetime.fromisoformat(text.replace(":60", ":59", 1)) + timedelta(seconds=":60" in text)
            except ValueError:
                raise ValueError(f"not an ISO 8601 time: {text[:40]!r}") from None
        if parsed.tzinfo is None:
            parsed = parsed.replace(tzinfo=timezone.utc)
        found = since(parsed)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LATEST:
        found = round(value * (1_000 if abs(value) >= MILLISECONDS_FROM else 1_000_000))
    else:
        raise ValueError(f"not an ISO 8601 time: {str(value)[:40]!r}")
    if not EARLIEST < found < LATEST:
        raise ValueError(f"outside the years 6 to 9892: {str(value)[:40]!r}")
    return found


def since(moment: datetime) -> int:
    """Microseconds since 1970."""
    passed = moment - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def occurred(original: int, sent: int | None, received: int) -> int:
    """When it happened, by the door's clock: Segment's `receivedAt - (sentAt - originalTimestamp)`.

    Without a time of sending nothing is known of the sender's clock, and where it differs by less than five minutes the
    way it travelled is as good an explanation: then it happened when the sender says.

    >>> hour = 3_600_000_000
    >>> occurred(10 * hour, 12 * hour, 20 * hour) // hour, occurred(10 * hour, None, 20 * hour) // hour
    (18, 10)
    """
    if sent is None or abs(received - sent) < SKEW:
        return original
    return min(max(received - (sent - original), EARLIEST), LATEST)

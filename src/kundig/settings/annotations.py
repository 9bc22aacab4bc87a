"""What happened when: dates that stand beside a trend, so that nobody has to remember them."""

from __future__ import annotations

from datetime import date

from kundig.definition import Definition


class Annotation(Definition):
    """Something that may show in the figures from a day on: a launch, a price change, an outage.

    With a touchpoint or a department it stands beside that group's figures only. With `words` it is a launch: posts that
    hold one of them, from that day on, tell how it is received.
    """

    on: date
    text: str
    touchpoint: str | None = None
    department: str | None = None
    words: tuple[str, ...] = ()

"""All answers of a question, one bar an answer."""

from __future__ import annotations

from collections.abc import Mapping

from kundig.report.formats import Formats
from kundig.report.svg import Markup, picture, tag, words


def distribution(counts: Mapping[int, int], *, title: str, formats: Formats, low: int = 6, top: int = 9, width: float = 260, height: float = 96) -> Markup:
    """A bar for each answer, coloured by what it counts as: up to `low` against, from `top` on in favour.

    Shares stand above the bars, answers below; an answer that nobody gave keeps its place.
    """
    answers = range(min(counts, default=0), max(counts, default=10) + 1)
    total = sum(counts.values())
    highest = max(counts.values(), default=0) or 1
    step = width / len(answers)
    drawn = []
    for position, answer in enumerate(answers):
        count = counts.get(answer, 0)
        tall = (height - 38) * count / highest
        middle = position * step + step / 2
        token = "s1" if answer <= low else "s5" if answer >= top else "s3"
        drawn.append(tag("rect", x=middle - step * 0.38, y=height - 18 - tall, width=step * 0.76, height=max(tall, 1.0 if count else 0.0), rx=1.5, fill=f"var(--{token})"))
        if total and count:
            drawn.append(words(formats.percent(count / total, 0).replace("\u00a0", ""), middle, height - 22 - tall, size=11, fill="ink-2", anchor="middle"))
        drawn.append(words(str(answer), middle, height - 4, size=12, anchor="middle"))
    drawn.append(tag("line", x1=0, x2=width, y1=height - 17.5, y2=height - 17.5, stroke="var(--rule-2)"))
    return picture(drawn, width=width, height=height, title=title, class_="distribution")

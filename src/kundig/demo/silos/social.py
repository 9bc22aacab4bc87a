"""Posts and reviews in public, by customers under handles and by strangers; fetched some minutes later."""

from __future__ import annotations

import numpy as np

from kundig.demo.block import Block
from kundig.demo.chance import Texts, either, pick, sigmoid, texts
from kundig.demo.files import append, arrow, joined, json_lines, stamps, taken
from kundig.demo.people import arrayed, plain
from kundig.demo.period import Moments, at, within_month
from kundig.demo.phrases import THEMES
from kundig.demo.words import written

BAD_LAUNCH, LOUD_LAUNCH = np.datetime64("2025-05-14T10:00:00", "s"), np.datetime64("2025-11-05T10:00:00", "s")
TURNS_AFTER_HOURS = 6
CHATTER = tuple(theme for theme in THEMES if not theme.startswith("launch"))


def write(block: Block) -> None:
    """Posts and reviews as JSON lines, times with their offset."""
    people, rng = block.people, block.stream("social")
    n = len(people)
    talkers = rng.random(n) < 0.3
    customer, m = np.nonzero(block.life.active & talkers[:, None] & (rng.random(block.life.active.shape) < 0.02))
    usual = at(within_month(m, rng), rng, 7, 23)
    review = rng.random(len(customer)) < 0.3
    good = rng.random(len(customer)) < sigmoid(0.3 + 1.2 * block.life.mood[customer, m])
    theme = np.where(review, "app", pick(rng, CHATTER, len(customer))).astype(object)
    bad = launched(rng, BAD_LAUNCH, max(20, round(n * 0.035)))
    loud = launched(rng, LOUD_LAUNCH, max(30, round(n * 0.06)))
    hours = (bad - BAD_LAUNCH).astype(np.int64) / 3600
    turned = np.where(hours < TURNS_AFTER_HOURS, 0.86, 0.14)
    crowd = rng.integers(0, n, len(bad) + len(loud))
    who = np.concatenate([customer, crowd])
    moment = np.concatenate([usual, bad, loud])
    good = np.concatenate([good, rng.random(len(bad)) < turned, rng.random(len(loud)) < 0.7]).astype(np.int64)
    theme = np.concatenate([theme, texts(["launch_box"] * len(bad) + ["launch_watch"] * len(loud))])
    review = np.concatenate([review, np.zeros(len(crowd), bool)])
    stranger = (np.arange(len(who)) >= len(customer)) & (rng.random(len(who)) < 0.5)
    handle = np.where(stranger, arrayed(joined("@gast", rng.integers(10_000, 99_999, len(who)))), handles(block)[who])
    stars = np.where(review, np.clip(np.rint(1.6 + 2.9 * good + rng.normal(0, 0.6, len(who))), 1, 5), np.nan)
    product = either(theme == "launch_box", "Fiber Box", either(theme == "launch_watch", "Nordwind Watch", either(review, "Nordwind App", None)))
    order = np.argsort(moment, kind="stable")
    order = order[(moment[order] < np.datetime64("2026-07-01"))]
    fetched = moment + rng.integers(120, 3000, len(who)).astype("timedelta64[s]")
    english = ~stranger & people.english[who]
    text = written(rng, theme, good, english.astype(np.int64))
    columns = {
        "id": joined("p", block.number * 10_000_000 + np.arange(len(who))), "created": joined(stamps(moment), offsets(moment)), "fetched": joined(stamps(fetched), offsets(fetched)),
        "network": np.where(review, "appstore", pick(rng, ("mastodon", "forum", "instagram"), len(who))).astype(object), "handle": handle, "city": np.where(stranger, None, people.city[who]),
        "likes": rng.negative_binomial(1, 0.15, len(who)).astype(str), "stars": arrow(stars).cast("int64").cast("string"), "product": product,
        "text": text,
    }  # fmt: skip
    file = block.file("social", "posts.jsonl")
    block.count("social", json_lines(file, taken(columns, order)))
    block.wrote("social", text[order], theme[order], good[order], english[order])
    block.known("social", "social", either(stranger, None, handle)[order], who[order])
    if block.number == 0:
        append(file, ['{"id": "p-1", "created": "2026-01-01T12:00:00+01:00", "handle": "@kaputt", "text": "abge'])
        block.break_rows("social", 1)


def launched(rng: np.random.Generator, begin: np.datetime64, n: int) -> Moments:
    """Posts after a launch: most of them on the first day."""
    return begin + (rng.exponential(13 * 3600, n)).astype(np.int64).clip(0, 4 * 86400).astype("timedelta64[s]")


def handles(block: Block) -> Texts:
    """What each person is called in public: something of the name, something of the year, a number."""
    people = block.people
    year = people.born.astype("datetime64[Y]").astype(np.int64) + 1970
    return arrayed(joined("@", plain(people.given), "_", year % 100, "_", people.person % 997, "x", people.person // 997))


def offsets(moments: Moments) -> Texts:
    """The offset of the clocks in Germany at each moment."""
    summer = np.zeros(len(moments), bool)
    for begin, end in (("2024-03-31", "2024-10-27"), ("2025-03-30", "2025-10-26"), ("2026-03-29", "2026-10-25")):
        summer |= (moments >= np.datetime64(begin + "T03:00:00")) & (moments < np.datetime64(end + "T03:00:00"))
    return np.where(summer, "+02:00", "+01:00").astype(object)

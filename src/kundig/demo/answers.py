"""What customers answer when they are asked, who is asked, and who keeps silent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kundig.demo.block import Block
from kundig.demo.cases import DEPARTMENTS, NOWHERE, SERVICE
from kundig.demo.chance import Texts, sigmoid, texts
from kundig.demo.contracts import BAD_ROUTER, ROUTERS
from kundig.demo.period import DAYS, Days, Flags, Numbers, day, within_month
from kundig.demo.staff import MOODY, felt, moods

WAVES = ("2024-05-06", "2024-11-04", "2025-05-05", "2025-11-03", "2026-05-04")
STAND, STAND_ANSWERS, STAND_DAY = "event.harbour_stand", 12, "2025-05-10"
FEW_PRODUCT, FEW_RATINGS = "Powerline P1", (1, 2, 1, 2, 2)
_STARS = (3.9, 4.2, 1.6, 4.3)
_THEMES = {"billing": "billing", "technology": "network", "service": "service", "logistics": "delivery", "porting": "porting"}


@dataclass
class Answers:
    """One entry an answer."""

    customer: Days
    asked: Days
    day: Days
    metric: Texts
    touchpoint: Texts
    score: Days
    good: Flags
    theme: Texts
    product: Texts


@dataclass
class _Round:
    """Who was asked what, before it is known who answers; `likely` is the share of answers in a usual mood."""

    metric: str
    touchpoint: Texts
    customer: Days
    asked: Days
    score: Numbers
    good_from: int
    low: int
    high: int
    likely: float
    theme: Texts
    product: Texts | None = None


def asked(block: Block) -> Answers:
    """All answers of a block. The happier, the likelier an answer: silence is not chance."""
    rng = block.stream("answers")
    rounds = [*_nps(block, rng), _tickets(block, rng), _porting(block, rng), _shops(block, rng), _calls(block, rng), _onboarding(block, rng), _devices(block, rng)]
    parts = [_answered(block, one, rng) for one in rounds]
    if block.number == 0:
        parts += [_stand(block), _few(block)]
    return Answers(*(np.concatenate([getattr(part, name) for part in parts]) for name in Answers.__annotations__))


def shop_visits(block: Block) -> tuple[Days, Days, Texts]:
    """Who was in a shop, when, and in which; in the first block also the visitors of the harbour stand."""
    rng, of = block.stream("shop visits"), block.contracts
    customer, m = np.nonzero(block.life.active & (rng.random(block.life.active.shape) < 0.014))
    buying = np.flatnonzero(of.new & (rng.random(len(of.new)) < 0.3))
    who, days = np.concatenate([customer, buying]), np.concatenate([within_month(m, rng), of.start[buying]])
    kept = (days < DAYS) & (days >= of.start[who])
    who, days = who[kept], days[kept]
    place = np.full(len(who), "shop.advice", dtype=object)
    if block.number == 0:
        visitors = _first(block, STAND_ANSWERS)
        who, days = np.concatenate([who, visitors]), np.concatenate([days, np.full(len(visitors), day(STAND_DAY))])
        place = np.concatenate([place, np.full(len(visitors), STAND, dtype=object)])
    return who, days, place


def _answered(block: Block, one: _Round, rng: np.random.Generator) -> Answers:
    n = len(one.customer)
    mood = block.mood(one.customer, one.asked)
    likely = sigmoid(np.log(one.likely / (1 - one.likely)) + 0.5 * mood)
    days = one.asked + rng.geometric(0.45, n) - 1
    kept = (rng.random(n) < likely) & (one.asked >= 0) & (days < DAYS)
    score = np.clip(np.rint(one.score), one.low, one.high).astype(np.int64)
    product = np.full(n, None) if one.product is None else one.product
    whole = Answers(one.customer, one.asked, days, texts([one.metric] * n), one.touchpoint, score, score >= one.good_from, one.theme, product)
    return Answers(*(getattr(whole, name)[kept] for name in Answers.__annotations__))


def _same(word: str, n: int) -> Texts:
    return texts([word] * n)


def _nps(block: Block, rng: np.random.Generator) -> list[_Round]:
    """Twice a year everybody is asked. Advocates say nine or ten, unless much went wrong."""
    found = []
    for wave in WAVES:
        who = np.flatnonzero(block.there(np.arange(len(block.people)), np.full(len(block.people), day(wave))))
        mood, noise = block.mood(who, np.full(len(who), day(wave))), rng.normal(0, 1.3, len(who))
        usual = np.where(rng.random(len(who)) < 0.04, 9, np.minimum(6.2 + 1.4 * mood + noise, 8.4))
        loyal = np.where((mood > -1.4) & (rng.random(len(who)) < 0.95), 9 + (rng.random(len(who)) < 0.5), np.minimum(7 + mood, 8))
        advocate = block.contracts.advocate[who]
        theme = np.where(rng.random(len(who)) < 0.5, "loyalty", np.where(rng.random(len(who)) < 0.5, "price", "network")).astype(object)
        found.append(_Round("nps", _same("relationship", len(who)), who, day(wave) + rng.integers(0, 10, len(who)), np.where(advocate, loyal, usual), 7, 0, 10, 0.33, theme))
    return found


def _tickets(block: Block, rng: np.random.Generator) -> _Round:
    of = block.cases
    n = len(of.customer)
    final = of.stops[np.arange(n), (of.stops != NOWHERE).sum(axis=1) - 1]
    base = np.array([3.5, 3.5, 3.55, 3.7, 3.1])[final] - 0.9 * of.handed
    base = base + np.where(final == SERVICE, felt(moods(block.seed)[MOODY], of.closed), 0)
    score = base + 0.2 * block.mood(of.customer, of.closed) + rng.normal(0, 0.75, n)
    names = texts(["support." + name for name in DEPARTMENTS])[final]
    themes = texts([_THEMES[name] for name in DEPARTMENTS])[final]
    return _Round("csat", names, of.customer, np.minimum(of.closed + 1, DAYS * 2), score, 4, 1, 5, 0.42, themes)


def _porting(block: Block, rng: np.random.Generator) -> _Round:
    who = np.flatnonzero(block.contracts.porting)
    score = np.where(block.contracts.slow[who], 1.6, 2.5) + rng.normal(0, 0.7, len(who))
    days = block.contracts.start[who] + block.contracts.porting_days[who] + 1
    return _Round("csat", _same("onboard.porting", len(who)), who, days, score, 4, 1, 5, 0.45, _same("porting", len(who)))


def _shops(block: Block, rng: np.random.Generator) -> _Round:
    who, days, place = shop_visits(block)
    who, days = who[place == "shop.advice"], days[place == "shop.advice"]
    score = 4.75 + 0.1 * block.mood(who, days) + rng.normal(0, 0.45, len(who))
    return _Round("csat", _same("shop.advice", len(who)), who, days + 1, score, 4, 1, 5, 0.4, _same("shop", len(who)))


def _calls(block: Block, rng: np.random.Generator) -> _Round:
    of = block.contacts
    sampled = np.flatnonzero(rng.random(len(of.customer)) < 0.3)
    who, days = of.customer[sampled], of.day[sampled]
    score = 3.9 - 0.15 * of.wait[sampled] / 100 + 0.2 * block.mood(who, days) + rng.normal(0, 0.8, len(who))
    return _Round("csat", _same("hotline.call", len(who)), who, days + 1, score, 4, 1, 5, 0.3, _same("service", len(who)))


def _onboarding(block: Block, rng: np.random.Generator) -> _Round:
    who = np.flatnonzero(block.contracts.new)
    days = block.contracts.activated[who] + 30
    score = 5.4 - 1.6 * block.contracts.slow[who] - 0.8 * block.contracts.silent[who] + rng.normal(0, 1.1, len(who))
    return _Round("ces", _same("onboard.activation", len(who)), who, days, score, 5, 1, 7, 0.35, _same("app", len(who)))


def _devices(block: Block, rng: np.random.Generator) -> _Round:
    n = len(block.people)
    who = np.flatnonzero(rng.random(n) < 0.75)
    days = rng.integers(0, DAYS, len(who))
    there = block.there(who, days)
    who, days = who[there], days[there]
    product = block.contracts.router[who]
    usual = np.zeros(len(who))
    for name, stars in zip(ROUTERS, _STARS, strict=True):
        usual[product == name] = stars
    score = usual + rng.normal(0, np.where(product == ROUTERS[BAD_ROUTER], 0.55, 0.8))
    return _Round("stars", _same("use.device", len(who)), who, days, score, 4, 1, 5, 0.45, _same("router", len(who)), product)


def _first(block: Block, n: int) -> Days:
    """Some customers of the block, always the same, who are there on the day of the festival."""
    there = np.flatnonzero(block.there(np.arange(len(block.people)), np.full(len(block.people), day(STAND_DAY))))
    return there[:n] if len(there) >= n else np.resize(there, n)


def _stand(block: Block) -> Answers:
    """Twelve answers, most of them bad, whatever the size of the company."""
    who, days = _first(block, STAND_ANSWERS), np.full(STAND_ANSWERS, day(STAND_DAY))
    score = np.array([1, 2, 1, 2, 1, 3, 1, 2, 2, 1, 3, 2])
    return Answers(who, days, days + 1, _same("csat", len(who)), _same(STAND, len(who)), score, score >= 4, _same("shop", len(who)), np.full(len(who), None))


def _few(block: Block) -> Answers:
    """A product with five ratings."""
    who, days = _first(block, 5), np.full(5, day(STAND_DAY)) + 20
    score = np.array(FEW_RATINGS)
    return Answers(who, days, days, _same("stars", 5), _same("use.device", 5), score, score >= 4, _same("router", 5), _same(FEW_PRODUCT, 5))


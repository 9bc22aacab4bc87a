"""Who the customers are: names, homes, and the families that look like one person and are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from kundig.demo.chance import Texts, either, pick, stream, texts
from kundig.demo.files import joined
from kundig.demo.names import CITIES, COMPANIES, FAMILY, FEMALE, MALE, STREETS
from kundig.demo.period import DAYS, Days, Flags, Moments, Numbers

REGIONS = ("Nord", "West", "Süd", "Ost")


@dataclass
class People:
    """One block of true persons; every array has one entry a person."""

    person: Days
    male: Flags
    given: Texts
    family: Texts
    born: Moments
    age: Numbers
    street: Texts
    postcode: Texts
    city: Texts
    region: Texts
    email: Texts
    phone: Texts
    company: Texts
    business: Flags
    english: Flags
    brothers: Days
    namesakes: Days
    couples: Days

    def __len__(self) -> int:
        return len(self.person)


@dataclass
class Doubles:
    """Second CRM records of a person: whose, why, since which day, and what they say instead."""

    of: Days
    why: Texts
    since: Days
    given: Texts
    family: Texts
    street: Texts
    postcode: Texts
    city: Texts


def people(seed: int, block: int, first: int, n: int) -> People:
    """So many persons, from the number `first` on."""
    rng = stream(seed, "people", block)
    male = rng.random(n) < 0.5
    age = np.clip(rng.gamma(9, 5.2, n), 18, 92)
    towns = rng.choice(len(CITIES), n, p=np.array([town[3] for town in CITIES]) / sum(town[3] for town in CITIES))
    business = rng.random(n) < 0.12
    given = np.where(male, pick(rng, MALE, n), pick(rng, FEMALE, n))
    family = pick(rng, FAMILY, n)
    street = arrayed(joined(pick(rng, STREETS, n), " ", rng.integers(1, 140, n)))
    person = first + np.arange(n)
    born = np.datetime64("2026-06-30") - (age * 365.25).astype(np.int64).astype("timedelta64[D]")
    of = People(
        person=person, male=male, given=given, family=family, born=born, age=age, street=street,
        postcode=texts([town[1] for town in CITIES])[towns], city=texts([town[0] for town in CITIES])[towns],
        region=texts([town[2] for town in CITIES])[towns], email=texts([""] * n), phone=arrayed(joined("01999", person + 100000)),
        company=either(business, arrayed(joined(pick(rng, FAMILY, n), " ", pick(rng, COMPANIES, n))), None),
        business=business, english=rng.random(n) < 0.08, brothers=pairs(0), namesakes=pairs(0), couples=pairs(0),
    )  # fmt: skip
    _families(of, rng)
    hosts = pick(rng, ("post.example", "mail.example", "funk.example", "brief.example"), n)
    of.email = arrayed(joined(plain(of.given), ".", plain(of.family), person + 11, "@", hosts))
    of.email[of.couples[:, 1]] = of.email[of.couples[:, 0]]
    return of


def pairs(n: int) -> Days:
    """Room for n pairs."""
    return np.empty((n, 2), dtype=np.int64)


def _families(of: People, rng: np.random.Generator) -> None:
    """Decoys for identity resolution: two people each who share what one person would."""
    n = len(of)
    order = rng.permutation(np.flatnonzero(~of.business))
    sizes = [max(1, round(n * share)) for share in (0.008, 0.004, 0.015)]
    cuts = np.cumsum([2 * size for size in sizes])
    of.brothers, of.namesakes, of.couples = (part.reshape(-1, 2) for part in np.split(order[: cuts[-1]], cuts[:-1]))
    for both in (of.brothers, of.namesakes, of.couples):
        one, two = both[:, 0], both[:, 1]
        for shared in (of.family, of.street, of.postcode, of.city, of.region):
            shared[two] = shared[one]
    men = np.concatenate([of.brothers.ravel(), of.namesakes.ravel()])
    of.male[men] = True
    of.given[men] = pick(rng, MALE, len(men))
    one, two = of.brothers.T
    same = of.given[one] == of.given[two]
    of.given[two[same]] = np.where(of.given[one[same]] == "Jonas", "Malte", "Jonas")
    of.born[two] = of.born[one] + rng.integers(330, 1500, len(one)).astype("timedelta64[D]")
    one, two = of.namesakes.T
    of.given[two] = of.given[one]
    of.born[one] = of.born[two] - rng.integers(24 * 365, 33 * 365, len(one)).astype("timedelta64[D]")
    one, two = of.couples.T
    of.male[one], of.male[two] = True, False
    of.given[one], of.given[two] = pick(rng, MALE, len(one)), pick(rng, FEMALE, len(two))


def doubles(of: People, seed: int, block: int) -> Doubles:
    """Six in a hundred people stand in the CRM twice: mistyped, under a married name, or with an older address."""
    rng = stream(seed, "doubles", block)
    families = np.concatenate([of.brothers.ravel(), of.namesakes.ravel(), of.couples.ravel()])
    free = np.setdiff1d(np.arange(len(of)), families)
    who = np.sort(rng.choice(free, min(len(free), max(3, round(len(of) * 0.06))), replace=False))
    why = pick(rng, ("typing error", "married name", "moved"), len(who), (0.5, 0.2, 0.3))
    why[:3] = ("typing error", "married name", "moved")
    towns = rng.choice(len(CITIES), len(who))
    moved, married, typed = why == "moved", why == "married name", why == "typing error"
    half = rng.random(len(who)) < 0.5
    family, given = of.family[who].copy(), of.given[who].copy()
    family[typed & half] = mistyped(family[typed & half], rng)
    given[typed & ~half] = mistyped(given[typed & ~half], rng)
    family[married] = pick(rng, FAMILY, int(married.sum()))
    street, postcode, city = of.street[who].copy(), of.postcode[who].copy(), of.city[who].copy()
    street[moved] = arrayed(joined(pick(rng, STREETS, int(moved.sum())), " ", rng.integers(1, 140, int(moved.sum()))))
    postcode[moved] = texts([town[1] for town in CITIES])[towns[moved]]
    city[moved] = texts([town[0] for town in CITIES])[towns[moved]]
    return Doubles(who, why, rng.integers(20, DAYS - 60, len(who)), given, family, street, postcode, city)


def mistyped(names: Texts, rng: np.random.Generator) -> Texts:
    """Names with two neighbouring letters swapped, or the second letter left out."""
    if not len(names):
        return names
    letters = names.astype("U24").view("U1").reshape(len(names), 24).copy()
    swapped = letters.copy()
    swapped[:, [1, 2]] = letters[:, [2, 1]]
    dropped = np.concatenate([letters[:, :2], letters[:, 3:], letters[:, :1]], axis=1)
    dropped[:, -1] = ""
    alike = letters[:, 1] == letters[:, 2]
    chosen = np.where(((rng.random(len(names)) < 0.5) & ~alike)[:, None], swapped, dropped)
    return np.ascontiguousarray(chosen).view("U24").ravel().astype(object)


def plain(names: Texts) -> Texts:
    """Names as they stand in e-mail addresses."""
    column: Any = pc.utf8_lower(joined(names))
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), (" ", "-")):
        column = pc.replace_substring(column, letter, written)
    return arrayed(column)


def arrayed(column: Any) -> Texts:
    """A column of texts as an array of objects."""
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=object)

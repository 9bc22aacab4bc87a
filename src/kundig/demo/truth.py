"""What was planted: each truth with its size, where it shows, and the decoy beside it.

`size` is what was planted, `realised` what came out of this run: counted from the true persons, for reasons to leave
from their true hazards.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from kundig.demo import answers, cases, contacts, contracts, letters, life, period, staff
from kundig.demo.block import Block
from kundig.demo.people import REGIONS
from kundig.demo.period import Flags
from kundig.demo.silos import calls, exits, social, usage

Tally = Counter[str]


def counted(block: Block) -> Tally:
    """Sums over a block from which realised sizes are formed."""
    of, alive, tally = block.contracts, block.life, Counter[str]()
    causes = {"slow porting": alive.porting_cause, "repeated errors": alive.errors_cause, "handed around": alive.handed_cause, "silent start": alive.silence_cause}
    calm = alive.active & ~np.logical_or.reduce(list(causes.values()))
    _ratio(tally, "left: calm", alive.hazard, calm)
    for name, flags in causes.items():
        others = np.logical_or.reduce([other for key, other in causes.items() if key != name])
        _ratio(tally, f"left: {name}", alive.hazard, alive.active & flags & ~others)
    rise = alive.active.copy()
    rise[:, : contracts.PRICE_RISE_MONTH] = False
    rise[:, contracts.PRICE_RISE_MONTH + 3 :] = False
    _ratio(tally, "left: price rise", alive.hazard, rise & (of.tariff == contracts.M)[:, None])
    _ratio(tally, "left: no price rise", alive.hazard, rise & (of.tariff == contracts.S)[:, None])
    drawn = (alive.trial != life.NO_ONE) & (alive.left != alive.trial)
    stays = (alive.left - alive.trial) > 6
    _ratio(tally, "stays: called", stays, drawn & alive.called)
    _ratio(tally, "stays: held out", stays, drawn & ~alive.called)
    now, last = alive.active[:, -1], of.tenure[:, -1]
    for index, name in enumerate(contracts.TARIFFS[:3]):
        for word, group in (("old", last > contracts.LOYAL_AFTER), ("new", last <= 12)):
            chosen = now & (of.tariff == index) & group
            tally[f"price: {name}, {word}, n"] += int(chosen.sum())
            tally[f"price: {name}, {word}, sum"] += round(float(of.price[chosen, -1].sum() * 100))
    return tally


def _ratio(tally: Tally, name: str, hit: Any, among: Flags) -> None:
    """Add a share, or a mean hazard, which is a share without the chance in it. Counted in whole ten-thousandths."""
    tally[f"{name}, n"] += int(among.sum())
    tally[f"{name}, hits"] += round(float(hit[among].sum()) * 10_000)


def _share(tally: Tally, name: str) -> float:
    return round(tally[f"{name}, hits"] / 10_000 / max(tally[f"{name}, n"], 1), 6)


def _times(tally: Tally, name: str, base: str) -> float | None:
    usual = _share(tally, base)
    return round(_share(tally, name) / usual, 2) if usual else None


def _penalty(tally: Tally, tariff: str) -> float | None:
    old, new = (tally[f"price: {tariff}, {word}, sum"] / max(tally[f"price: {tariff}, {word}, n"], 1) for word in ("old", "new"))
    return round(old / new - 1, 3) if new else None


def truths(tally: Tally) -> dict[str, Any]:
    """The fifteen planted truths."""
    hazards = "truth/hazards.parquet"
    return {
        "1_identity": {
            "claim": "Six in a hundred people stand in the CRM twice, and everybody appears under other names in every silo.",
            "size": {"doubled": 0.06, "kinds": ["typing error", "married name", "moved"]},
            "where": {"subjects": "truth/subjects.parquet", "doubles": "truth/doubles.parquet", "persons": "truth/persons.parquet"},
            "decoy": "truth/decoys.parquet: two brothers at one address, father and son of one name, couples who share one e-mail address; each is two people. "
            "A shared e-mail address stands in subjects.parquet once for each of its two people.",
        },
        "2_reasons_for_leaving": {
            "claim": "Slow porting, repeated invoice errors and cases handed around make customers leave; in exit interviews they say it is the price.",
            "size": {"slow porting": 2.5, "repeated invoice errors": 2.9, "handed around": 2.35, "says price": exits.SAYS_PRICE},
            "hazard_times": {"slow porting": life.SLOW_PORTING, "repeated invoice errors": life.REPEATED_ERRORS, "handed around": life.HANDED_AROUND},
            "note": "`size` is how much oftener customers with this cause alone leave; the hazard itself is raised more, since retention calls win some of them back",
            "where": {
                "slow porting": "milestones of onboard.porting more than ten days apart; for twelve months after",
                "repeated invoice errors": "two or more invoice_correction within six months; for the months that follow",
                "handed around": "two handovers in one case; for four months after",
                "says price": "text of exit_interview", "hazards": hazards,
            },
            "realised": {name: _times(tally, f"left: {name}", "left: calm") for name in ("slow porting", "repeated errors", "handed around")},
            "decoy": {"claim": "The price rise of July 2025 in tariff M brings complaints, and hardly anybody leaves.", "size": life.PRICE_RISE_EFFECT, "complaints": contacts.RISE_COMPLAINTS,
                      "realised": _times(tally, "left: price rise", "left: no price rise")},
        },
        "3_loyalty_penalty": {
            "claim": "In tariff L customers of more than 36 months pay 18 % more than new ones.",
            "size": contracts.LOYALTY_PENALTY, "where": "latest amount of contract by product, tenure from outcome started; over 36 months against up to 12",
            "realised": _penalty(tally, "Nordwind L"),
            "decoy": {"Nordwind S": "no difference", "Nordwind M": "a difference that is all the hardware plan (property hardware)",
                      "realised": {name: _penalty(tally, name) for name in ("Nordwind S", "Nordwind M")}},
        },
        "4_moments_that_matter": {
            "claim": "Number porting is the worst moment, advice in the shop the best.", "where": "csat by touchpoint", "worst": "onboard.porting", "best": "shop.advice",
            "size": {"onboard.porting": "mean about 2.3", "shop.advice": "mean about 4.7"},
            "decoy": {"touchpoint": answers.STAND, "answers": answers.STAND_ANSWERS, "claim": "lower still, from twelve answers only"},
        },
        "5_interlocks": {
            "claim": "Every third billing case goes to technology and back to billing, and lies there for nine days (median).",
            "size": {"share": 0.35, "median_days": cases.PING_PONG_DAYS}, "where": "flows of cases by department: technology to billing",
            "decoy": {"flow": ["service", "logistics"], "claim": "takes three days by the clock since four in five cases come on a Friday and logistics rests at weekends; hardly one working day"},
        },
        "6_launches": {
            "claim": "The Fiber Box is praised for six hours and damned from then on.",
            "where": {"product": "Fiber Box", "since": f"{social.BAD_LAUNCH}+02:00", "turns_after_hours": social.TURNS_AFTER_HOURS}, "size": {"good before": 0.86, "good after": 0.14},
            "decoy": {"product": "Nordwind Watch", "since": f"{social.LOUD_LAUNCH}+01:00", "claim": "louder still, and the mood stays as it was: 0.7 good"},
        },
        "7_router": {
            "claim": "One router is below two stars, with enough ratings to say so.", "where": "stars by product", "product": contracts.ROUTERS[contracts.BAD_ROUTER], "size": "mean about 1.6",
            "decoy": {"product": answers.FEW_PRODUCT, "ratings": len(answers.FEW_RATINGS), "claim": "lower or alike, from five ratings"},
        },
        "8_jargon": {
            "claim": "Letters with words that only the company uses make twice as many readers call within a week.", "words": letters.JARGON,
            "size": {"calls after plain letters": letters.CALLS_PLAIN, "calls after jargon": letters.CALLS_JARGON}, "where": "text of letter and message_out; calls of concern letter within seven days",
            "decoy": {"word": letters.RARE, "claim": "rare, but customers use it too, and no more calls follow"},
        },
        "9_onboarding_silence": {
            "claim": "Customers who have not used the service 14 days after activation leave 2.5 times as often within the first year.",
            "size": 2.5, "hazard_times": life.SILENT_START, "where": f"no usage within 14 days of the contract's start; {hazards}", "realised": _times(tally, "left: silent start", "left: calm"),
            "decoy": {"claim": "Two to three weeks without use in the holidays mean nothing.", "begins": usage.HOLIDAYS},
        },
        "10_self_service": {
            "claim": "For three concerns self-service solves as well as the telephone; for one it only delays the call.",
            "where": "a call of the same concern within a week after self_service, or after a call",
            "size": {"calls again": contacts.CALLS_AGAIN, contacts.ONLY_DELAYED: contacts.CALLS_AFTER_SELF_SERVICE},
            "decoy": [name for name in contacts.CONCERNS if name != contacts.ONLY_DELAYED],
        },
        "11_advocates": {
            "claim": "Advocates spend 27 % more; 15 points of that are their tariff and age.", "size": {"all": 0.27, "explained": 0.15, "own": 0.12},
            "where": "amount of invoice, by the latest nps (9 and 10 against the others); advocates are in truth/persons.parquet",
            "decoy": "the raw difference",
        },
        "12_retention_call": {
            "claim": "A retention call keeps six more of a hundred customers at risk for six months.", "size": 0.06,
            "where": "campaign events of retention.call, group Anruf against Kontrolle; no cancellation within 6 months",
            "realised": round(_share(tally, "stays: called") - _share(tally, "stays: held out"), 4), "n": [tally["stays: called, n"], tally["stays: held out, n"]],
            "decoy": {"campaign": "Newsletter", "claim": "its readers stay more often, since it goes to those who would have stayed; it does nothing"},
        },
        "13_silent_source": {
            "claim": "The call centre's log is empty for nine days: an outage of the export.", "source": "calls", "from": calls.OUTAGE_FROM, "days": calls.OUTAGE_DAYS, "size": calls.OUTAGE_DAYS,
            "where": "no event of the source, while tickets that came by phone go on",
            "decoy": {"source": "field", "claim": "silent around each turn of the year: nobody works then", "holidays": ["23 December to 6 January"]},
        },
        "14_waiting_time": {
            "claim": "From one week on, waiting times in one region are 2.2 times as long.", "size": contacts.ANOMALY_TIMES, "where": "quantity of calls by property region",
            "region": contacts.ANOMALY_REGION, "from": contacts.ANOMALY_FROM, "regions": REGIONS, "decoy": {"claim": "each December they are longer everywhere", "size": contacts.DECEMBER_TIMES},
        },
        "15_employee_mood": {
            "claim": "The mood of the service team is felt by customers three weeks later.", "department": staff.MOODY, "lead_weeks": staff.LEAD_WEEKS,
            "size": {"csat points per standard deviation of mood": staff.MOOD_EFFECT}, "where": "weekly enps of staff.service and csat of support.service; answers come one to five days after the case was closed",
            "decoy": {"department": staff.CALM, "claim": "its mood swings as much, and customers do not feel it"},
        },
    }  # fmt: skip


def meta(seed: int, customers: int, rows: Tally, broken: Tally) -> dict[str, Any]:
    """How the company was made, and what its exports hold."""
    return {
        "company": "Nordwind Mobil", "seed": seed, "customers": customers, "from": str(period.START), "to": str(period.END), "time_zone": "Europe/Berlin",
        "rows": dict(sorted(rows.items())), "quarantine": dict(sorted(broken.items())),
        "persons": "truth/persons.parquet", "texts": "truth/texts.parquet: theme, mood and language of every text that customers wrote", "hazards": "truth/hazards.parquet: the true probability that a customer gives notice in a month",
    }  # fmt: skip

"""Segments of customers described in words, in the company's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kundig.value.depth import FEATURES

APART = 0.5
"""Standard deviations from all customers from which on a feature is told."""


@dataclass(frozen=True)
class Words:
    """How one language tells of a segment: names of both of its halves, features above and below, and what its customers write about."""

    depth: Mapping[str, str]
    recommends: Mapping[str, str]
    features: Mapping[str, tuple[str, str]]
    usual: str
    aspects: Mapping[str, str]
    against: str


WORDS = {
    "en": Words(
        {"engaged": "Close", "distant": "Loosely tied"},
        {
            "promoters": "promoters", "passives": "passives", "detractors": "detractors", "satisfied": "satisfied customers who were not asked whether they recommend",
            "neutral": "customers neither satisfied nor dissatisfied who were not asked whether they recommend", "dissatisfied": "dissatisfied customers who were not asked whether they recommend",
            "not asked": "customers who were not asked whether they recommend",
        },
        {
            "recency": ("not seen for long", "seen lately"), "frequency": ("often there", "seldom there"), "breadth": ("at more touchpoints than most", "at fewer touchpoints than most"),
            "tenure": ("customers for long", "customers since lately"), "answers": ("answer often", "answer seldom"),
        },
        "much like all customers",
        {"pain": "What pains them more than others", "driver": "What they praise more than others", "topic": "What they write about more than others"},
        "{theme} ({share:.0%} of those who wrote, against {others:.0%})",
    ),
    "de": Words(
        {"engaged": "Eng verbundene", "distant": "Lose verbundene"},
        {
            "promoters": "Fürsprecher", "passives": "Unentschiedene", "detractors": "Kritiker", "satisfied": "zufriedene Kunden, die nicht nach ihrer Empfehlung gefragt wurden",
            "neutral": "weder zufriedene noch unzufriedene Kunden, die nicht nach ihrer Empfehlung gefragt wurden", "dissatisfied": "unzufriedene Kunden, die nicht nach ihrer Empfehlung gefragt wurden",
            "not asked": "Kunden, die nicht nach ihrer Empfehlung gefragt wurden",
        },
        {
            "recency": ("lange nicht gesehen", "kürzlich gesehen"), "frequency": ("oft da", "selten da"), "breadth": ("an mehr Kontaktpunkten als die meisten", "an weniger Kontaktpunkten als die meisten"),
            "tenure": ("seit langem Kunden", "seit kurzem Kunden"), "answers": ("antworten oft", "antworten selten"),
        },
        "den Kunden im Ganzen ähnlich",
        {"pain": "Was sie öfter plagt als andere", "driver": "Was sie öfter loben als andere", "topic": "Worüber sie öfter schreiben als andere"},
        "{theme} ({share:.0%} derer, die schrieben, gegen {others:.0%})",
    ),
}  # fmt: skip


def portrait(profile: Mapping[str, Any], themes: Mapping[str, Sequence[Mapping[str, Any]]], language: str) -> str:
    """A segment in words: who they are, in what they differ from all customers, what pains and drives them.

    Args:
        profile: a row of `profiles`.
        themes: for each of pain, driver and topic, what stands out, with `theme`, `share` and `share_others`.
        language: `de`, or else English.
    """
    words = WORDS.get(language, WORDS["en"])
    depth, _, recommends = profile["segment"].partition(" ")
    apart = sorted((-abs(away), FEATURES.index(name), name, away) for name in FEATURES if (away := profile[f"away_{name}"]) is not None and abs(away) >= APART)
    told = ", ".join(words.features[name][away < 0] for _, _, name, away in apart) or words.usual
    parts = [f"{words.depth[depth]} {words.recommends[recommends]}: {told}."]
    for aspect, of in words.aspects.items():
        if themes.get(aspect):
            listed = "; ".join(words.against.format(theme=row["theme"], share=row["share"], others=row["share_others"]) for row in themes[aspect])
            parts.append(f"{of}: {listed}.")
    return " ".join(parts).replace("%", " %") if language == "de" else " ".join(parts)

"""Signals in words, in both languages: what a reason is called, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """How a signal is told: `{}` is its value, `[day|days]` what stands beside one and beside any other number."""

    en: str
    de: str
    play: str = ""


PLAYS = {
    "case": ("Solve the open case with one person in charge, and call back.", "Den Fall mit einer verantwortlichen Person lösen und zurückrufen."),
    "invoice": ("Check the invoices together, and apologise for the errors.", "Die Rechnungen gemeinsam durchgehen und sich für Fehler entschuldigen."),
    "start": ("Help with the first use.", "Bei der ersten Nutzung helfen."),
    "silence": ("Ask whether something is missing.", "Nachfragen, ob etwas fehlt."),
    "price": ("Review the tariff before the customer does.", "Den Tarif prüfen, bevor der Kunde es tut."),
    "mood": ("Call about the bad score or the angry words.", "Wegen der schlechten Bewertung oder der verärgerten Worte anrufen."),
    "project": ("Finish the project, and name a date.", "Das Projekt abschließen und einen Termin nennen."),
    "payment": ("Settle the failed payment kindly.", "Die Rücklastschrift freundlich klären."),
}
"""What usually helps, by the subject of the strongest reason; English and German."""


def _counts(name: str, en: str, de: str, windows: tuple[int, ...], play: str = "") -> dict[str, Word]:
    return {f"{name}_{days}d": Word(f"{{}} {en} in {days} days", f"{{}} {de} in {days} Tagen", play) for days in windows}


ALL = (30, 90, 365)
WORDS: dict[str, Word] = {
    **_counts("events", "[event|events]", "[Ereignis|Ereignisse]", ALL, "silence"),
    "days_since_event": Word("{} [day|days] since the last event", "{} [Tag|Tage] seit dem letzten Ereignis", "silence"),
    "days_known": Word("known for {} [day|days]", "seit {} [Tag|Tagen] bekannt"),
    "events_rhythm": Word("{} times as many events as usual", "{}-mal so viele Ereignisse wie sonst", "silence"),
    "events_against_alike": Word("{} [event|events] more than alike customers (30 days)", "{} [Ereignis|Ereignisse] mehr als ähnliche Kunden (30 Tage)", "silence"),
    **_counts("usage", "[use|uses]", "[Nutzung|Nutzungen]", ALL, "silence"),
    "days_since_usage": Word("{} [day|days] since the last use", "{} [Tag|Tage] seit der letzten Nutzung", "silence"),
    "usage_rhythm": Word("{} times as much use as usual", "{}-mal so viel Nutzung wie sonst", "silence"),
    "usage_against_alike": Word("{} [use|uses] more than alike customers (30 days)", "{} [Nutzung|Nutzungen] mehr als ähnliche Kunden (30 Tage)", "silence"),
    "quantity_30d": Word("a quantity of {} used in 30 days", "eine Menge von {} in 30 Tagen genutzt", "silence"),
    "quantity_rhythm": Word("{} times the usual quantity", "{}-mal die übliche Menge", "silence"),
    "first_usage_days": Word("{} [day|days] until the first use", "{} [Tag|Tage] bis zur ersten Nutzung", "start"),
    **_counts("visits", "[visit|visits]", "[Besuch|Besuche]", ALL),
    "days_since_visit": Word("{} [day|days] since the last visit", "{} [Tag|Tage] seit dem letzten Besuch", "silence"),
    **_counts("orders", "[order|orders]", "[Bestellung|Bestellungen]", ALL, "silence"),
    "days_since_order": Word("{} [day|days] since the last order", "{} [Tag|Tage] seit der letzten Bestellung", "silence"),
    "orders_overdue": Word("{} times the usual time since the last order", "seit {}-mal der üblichen Zeit keine Bestellung", "silence"),
    "spent_365d": Word("orders of {} in 365 days", "Bestellungen über {} in 365 Tagen"),
    **_counts("returns", "[return|returns]", "[Rücksendung|Rücksendungen]", (365,)),
    **_counts("contacts", "[contact|contacts]", "[Kontakt|Kontakte]", ALL, "case"),
    "days_since_contact": Word("{} [day|days] since the last contact", "{} [Tag|Tage] seit dem letzten Kontakt"),
    "contacts_rhythm": Word("{} times as many contacts as usual", "{}-mal so viele Kontakte wie sonst", "case"),
    "contacts_against_alike": Word("{} [contact|contacts] more than alike customers (90 days)", "{} [Kontakt|Kontakte] mehr als ähnliche Kunden (90 Tage)", "case"),
    **_counts("complaints", "[complaint|complaints]", "[Beschwerde|Beschwerden]", (90, 365), "case"),
    **_counts("calls", "[call|calls]", "[Anruf|Anrufe]", (90,), "case"),
    **_counts("cases", "[case|cases] opened", "[eröffneter Fall|eröffnete Fälle]", (90, 365), "case"),
    "open_cases": Word("{} open [case|cases]", "{} [offener Fall|offene Fälle]", "case"),
    "oldest_open_days": Word("a case open for {} [day|days]", "ein Fall seit {} [Tag|Tagen] offen", "case"),
    "repeated_cases_365d": Word("{} repeated [case|cases] in 365 days", "{} [wiederholter Fall|wiederholte Fälle] in 365 Tagen", "case"),
    "reopened_cases_365d": Word("{} [case|cases] opened again in 365 days", "{} [wieder geöffneter Fall|wieder geöffnete Fälle] in 365 Tagen", "case"),
    "handovers_365d": Word("{} [handover|handovers] in 365 days", "{} [Übergabe|Übergaben] in 365 Tagen", "case"),
    "handovers_worst_120d": Word("a case with {} [handover|handovers] in 120 days", "ein Fall mit {} [Übergabe|Übergaben] in 120 Tagen", "case"),
    **_counts("violations", "broken [rule|rules] of the target journey", "[gebrochene Regel|gebrochene Regeln] der Soll-Reise", (90, 365), "case"),
    "waiting_days": Word("{} [day|days] of waiting on average", "im Mittel {} [Tag|Tage] Wartezeit", "case"),
    "longest_wait_days": Word("{} [day|days] for the longest case", "{} [Tag|Tage] für den längsten Fall", "case"),
    "project_days": Word("{} [day|days] from the first to the last step of a project", "{} [Tag|Tage] vom ersten bis zum letzten Schritt eines Projekts", "project"),
    "project_against_usual": Word("a project of {} times the usual length", "ein Projekt von {}-mal der üblichen Dauer", "project"),
    **_counts("letters", "[letter or message|letters and messages]", "[Brief oder Nachricht|Briefe und Nachrichten]", ALL),
    "days_since_letter": Word("{} [day|days] since the last letter", "{} [Tag|Tage] seit dem letzten Brief"),
    **_counts("answers", "[answer or post|answers and posts]", "[Antwort oder Beitrag|Antworten und Beiträge]", (90, 365)),
    "days_since_answer": Word("{} [day|days] since the last answer", "{} [Tag|Tage] seit der letzten Antwort"),
    "score_365d": Word("a mean score of {} (1 is best)", "eine mittlere Bewertung von {} (1 ist am besten)", "mood"),
    "loyalty": Word("a willingness to recommend of {} over the years (1 is best)", "eine Weiterempfehlung von {} über die Jahre (1 ist am besten)", "mood"),
    **_counts("low_scores", "low [score|scores]", "schlechte [Bewertung|Bewertungen]", (365,), "mood"),
    **_counts("negative_texts", "negative [text|texts]", "[negativer Text|negative Texte]", (90, 365), "mood"),
    "mood_365d": Word("a mean mood of {} in texts (1 is best, -1 worst)", "eine mittlere Stimmung von {} in Texten (1 ist am besten, -1 am schlechtesten)", "mood"),
    "days_since_negative": Word("{} [day|days] since the last negative text", "{} [Tag|Tage] seit dem letzten negativen Text", "mood"),
    **_counts("payments", "[payment|payments]", "[Zahlung|Zahlungen]", (365,)),
    **_counts("failed_payments", "failed [payment|payments]", "fehlgeschlagene [Zahlung|Zahlungen]", (365,), "payment"),
    **_counts("credits", "[credit or corrected invoice|credits or corrected invoices]", "[Gutschrift oder korrigierte Rechnung|Gutschriften oder korrigierte Rechnungen]", (90, 180, 365), "invoice"),
    "contracts": Word("{} running [contract|contracts]", "{} [laufender Vertrag|laufende Verträge]"),
    "price": Word("a price of {} a month", "ein Preis von {} im Monat", "price"),
    "price_change_365d": Word("a price changed by a share of {} in a year", "ein um den Anteil {} geänderter Preis in einem Jahr", "price"),
    "price_against_alike": Word("pays {} a month more than alike customers", "zahlt {} im Monat mehr als ähnliche Kunden", "price"),
    **_counts("contract_changes", "contract [change|changes]", "[Vertragsänderung|Vertragsänderungen]", (365,), "price"),
    "tenure_days": Word("a customer for {} [day|days]", "seit {} [Tag|Tagen] Kunde"),
    "days_to_anniversary": Word("{} [day|days] to the contract's next full year", "{} [Tag|Tage] bis zum nächsten vollen Vertragsjahr", "price"),
    "days_since_renewal": Word("{} [day|days] since the contract began or changed", "{} [Tag|Tage] seit Beginn oder Änderung des Vertrags", "price"),
    "products": Word("{} [product|products]", "{} [Produkt|Produkte]"),
    "breadth": Word("{} of six ways of contact in a year", "{} von sechs Arten des Kontakts in einem Jahr"),
}


def play(signal: str, language: str) -> str | None:
    """What usually helps against a reason; None where nobody can act on it."""
    texts = PLAYS.get(WORDS[signal].play)
    return texts[language == "de"] if texts else None


MISSING = {"en": "unknown: ", "de": "unbekannt: "}
LESS = {"en": (" more than ", " less than "), "de": (" mehr als ", " weniger als ")}
"""Below zero a comparison is told the other way round."""


def told(signal: str, language: str, *, one: bool = False) -> str:
    """The signal's phrase with `{}` for its value, or for 1.

    >>> told("open_cases", "en"), told("open_cases", "de", one=True)
    ('{} open cases', '{} offener Fall')
    """
    word = WORDS[signal]
    return re.sub(r"\[(.*?)\|(.*?)\]", r"\1" if one else r"\2", word.de if language == "de" else word.en)


def unknown(signal: str, language: str) -> str:
    """The signal's phrase where its value is not known.

    >>> unknown("oldest_open_days", "en"), unknown("open_cases", "de")
    ('unknown: a case open for days', 'unbekannt: offene Fälle')
    """
    return MISSING[language] + " ".join(told(signal, language).replace("{}", "").split())

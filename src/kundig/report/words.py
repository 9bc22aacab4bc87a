"""Words that several pages and pictures share."""

from __future__ import annotations

from collections.abc import Mapping

from kundig.kinds import NOUNS
from kundig.report.phrases import Counted, Language, Phrase

METRICS: Mapping[str, Phrase] = {
    "nps": Phrase("NPS", "NPS"),
    "enps": Phrase("eNPS", "eNPS"),
    "csat": Phrase("Satisfaction (CSAT)", "Zufriedenheit (CSAT)"),
    "ces": Phrase("Ease (CES)", "Leichtigkeit (CES)"),
    "stars": Phrase("Stars", "Sterne"),
}
STEPS: Mapping[int, Phrase] = {
    1: Phrase("very low", "sehr niedrig"),
    2: Phrase("low", "niedrig"),
    3: Phrase("middling", "mittel"),
    4: Phrase("good", "gut"),
    5: Phrase("very good", "sehr gut"),
}
VERDICTS: Mapping[str, Phrase] = {
    "better": Phrase("better", "besser"),
    "worse": Phrase("worse", "schlechter"),
    "may be chance": Phrase("may be chance", "kann Zufall sein"),
}
STAGES: Mapping[str, Phrase] = {
    "discover": Phrase("Discover", "Entdecken"),
    "consider": Phrase("Consider", "Abwägen"),
    "evaluate": Phrase("Evaluate", "Prüfen"),
    "buy": Phrase("Buy", "Kaufen"),
    "onboard": Phrase("Onboard", "Einführen"),
    "use": Phrase("Use", "Nutzen"),
    "pay": Phrase("Pay", "Bezahlen"),
    "help": Phrase("Get help", "Hilfe holen"),
    "renew": Phrase("Renew", "Verlängern"),
    "recommend": Phrase("Recommend", "Empfehlen"),
    "leave": Phrase("Leave", "Gehen"),
}
DEPARTMENTS: Mapping[str, Phrase] = {
    "marketing": Phrase("Marketing", "Marketing"),
    "sales": Phrase("Sales", "Vertrieb"),
    "success": Phrase("Customer Success", "Kundenerfolg"),
    "product": Phrase("Product", "Produkt"),
    "service": Phrase("Service", "Service"),
    "finance": Phrase("Finance", "Finanzen"),
    "billing": Phrase("Billing", "Rechnung"),
    "logistics": Phrase("Logistics", "Logistik"),
    "technology": Phrase("Technology", "Technik"),
    "digital": Phrase("Digital", "Digital"),
    "porting": Phrase("Porting", "Portierung"),
}
KINDS: Mapping[str, Phrase] = {kind: Phrase(*(noun[:1].upper() + noun[1:] for noun in nouns)) for kind, nouns in NOUNS.items()}
COLUMNS: Mapping[str, Phrase] = {
    "group": Phrase("group", "Gruppe"),
    "period": Phrase("period", "Zeitraum"),
    "n": Phrase("n", "n"),
    "customers": Phrase("customers", "Kunden"),
    "cases": Phrase("journeys", "Reisen"),
    "score": Phrase("score", "Bewertung"),
    "mean": Phrase("mean", "Mittel"),
    "share": Phrase("share", "Anteil"),
    "overall_share": Phrase("overall share", "Anteil an allen"),
    "source": Phrase("from", "von"),
    "target": Phrase("to", "nach"),
    "step": Phrase("step", "Schritt"),
    "stage": Phrase("stage", "Phase"),
    "end": Phrase("end", "Ende"),
    "rule": Phrase("rule", "Regel"),
    "variant": Phrase("variant", "Variante"),
    "difference": Phrase("difference", "Abstand"),
    "change": Phrase("change", "Änderung"),
    "amount": Phrase("amount", "Betrag"),
    "median_seconds": Phrase("median, in days", "Median, in Tagen"),
    "touchpoint": Phrase("touchpoint", "Kontaktpunkt"),
    "moment": Phrase("moment", "Moment"),
    "department": Phrase("department", "Abteilung"),
    "nrr": Phrase("net revenue retention", "Netto-Umsatzbindung"),
    "grr": Phrase("gross revenue retention", "Brutto-Umsatzbindung"),
    "logo_churn": Phrase("customers lost", "verlorene Kunden"),
    "revenue_churn": Phrase("revenue lost", "verlorener Umsatz"),
    "survival": Phrase("still there", "noch da"),
    "rate": Phrase("rate", "Quote"),
}
ANSWERS = Counted(Phrase("{n} answer", "{n} Antwort"), Phrase("{n} answers", "{n} Antworten"))
CONTACTS = Counted(Phrase("{n} contact", "{n} Kontakt"), Phrase("{n} contacts", "{n} Kontakte"))
CUSTOMERS = Counted(Phrase("{n} customer", "{n} Kunde"), Phrase("{n} customers", "{n} Kunden"))
TOO_FEW = Phrase("too few answers", "zu wenige Antworten")
NO_SCORE = Phrase("no score", "keine Bewertung")


def named(words: Mapping[str, Phrase], name: str | None, language: Language) -> str:
    """A company's own name for a stage or department: in the reader's language where it is a usual word, else as it is written.

    >>> named(STAGES, "onboard", "de"), named(STAGES, "wear_in", "de")
    ('Einführen', 'Wear in')
    """
    if name is None:
        return "–"
    if name in words:
        return words[name].said(language)
    plain = name.replace("_", " ").replace(".", " ")
    return plain[:1].upper() + plain[1:]

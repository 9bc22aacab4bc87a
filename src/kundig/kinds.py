"""What happened, as a person says it: kinds of events by a noun, with how it went, in English and German."""

from __future__ import annotations

from collections.abc import Mapping

NOUNS: Mapping[str, tuple[str, str]] = {
    "visit": ("visit", "Besuch"),
    "inquiry": ("inquiry", "Anfrage"),
    "lead": ("prospect", "Interessent"),
    "quote": ("quote", "Angebot"),
    "deal": ("deal", "Abschluss"),
    "order": ("order", "Bestellung"),
    "delivery": ("delivery", "Lieferung"),
    "return": ("return", "Rücksendung"),
    "payment": ("payment", "Zahlung"),
    "usage": ("use", "Nutzung"),
    "contract": ("contract", "Vertrag"),
    "cancellation": ("notice", "Kündigung"),
    "message_in": ("message to the company", "Nachricht an das Unternehmen"),
    "message_out": ("message to the customer", "Nachricht an den Kunden"),
    "call": ("call", "Anruf"),
    "case_opened": ("case opened", "Vorgang eröffnet"),
    "case_handover": ("case handed over", "Vorgang übergeben"),
    "case_resolved": ("case resolved", "Vorgang gelöst"),
    "case_reopened": ("case opened again", "Vorgang wieder eröffnet"),
    "complaint": ("complaint", "Beschwerde"),
    "invitation": ("invitation to answer", "Einladung zur Umfrage"),
    "feedback": ("feedback", "Bewertung"),
    "post": ("public post", "öffentlicher Beitrag"),
    "training": ("training", "Schulung"),
    "milestone": ("milestone", "Meilenstein"),
    "points": ("points", "Punkte"),
    "visit_onsite": ("on-site visit", "Besuch vor Ort"),
    "letter": ("letter", "Brief"),
    "invoice": ("invoice", "Rechnung"),
    "invoice_correction": ("corrected invoice", "korrigierte Rechnung"),
    "self_service": ("self-service", "Selbstbedienung"),
    "exit_interview": ("exit interview", "Abschiedsgespräch"),
    "entry_interview": ("entry interview", "Einstiegsgespräch"),
    "campaign": ("campaign", "Kampagne"),
    "handover": ("handover", "Übergabe"),
}
"""The kinds that analyses understand, and words that many sources use."""
ENDINGS: Mapping[str, tuple[str, str]] = {
    "won": ("won", "gewonnen"),
    "lost": ("lost", "verloren"),
    "started": ("began", "begonnen"),
    "renewed": ("renewed", "verlängert"),
    "expanded": ("expanded", "erweitert"),
    "reduced": ("reduced", "verkleinert"),
    "ended": ("ended", "beendet"),
    "resolved": ("resolved", "gelöst"),
    "failed": ("failed", "fehlgeschlagen"),
    "below zero": ("below zero", "unter null"),
}
"""How it went."""


def called(what: str, language: str) -> str:
    """A kind, or a kind and how it went, in words; a source's own word as it is written, with blanks.

    >>> called("case_opened", "de"), called("payment failed", "en"), called("site_survey", "de")
    ('Vorgang eröffnet', 'payment failed', 'site survey')
    >>> called("contract started, EUR", "de")
    'Vertrag begonnen, EUR'
    """
    plain, comma, currency = what.partition(", ")
    kind, blank, ending = plain.partition(" ")
    said = _in(NOUNS, kind, language) + (blank + _in(ENDINGS, ending, language) if blank else "")
    return said + comma + currency


def _in(words: Mapping[str, tuple[str, str]], word: str, language: str) -> str:
    found = words.get(word)
    return word.replace("_", " ") if found is None else found[1 if language == "de" else 0]

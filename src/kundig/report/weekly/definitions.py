"""How the report's figures are defined, in the reader's language; the same words every week."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from kundig.analysis import analysis
from kundig.report.phrases import Language, Phrase

METHOD = Phrase(
    "All figures are over the 13 weeks that end with the week of the report, as far as they were known at its moment. "
    "Each has its 95% interval and its n. Compared with the 13 weeks before, or with the last before those in which the question was asked, "
    "a figure counts as changed only if the difference stands among all differences told together (false discovery rate 5%, Benjamini and Hochberg); otherwise it may be chance.",
    "Alle Zahlen umfassen die 13 Wochen bis zum Ende der Berichtswoche, soweit sie zum Stand des Berichts bekannt waren. "
    "Jede hat ihren 95-%-Bereich und ihr n. Gegen die 13 Wochen davor, oder die letzten davor, in denen gefragt wurde, "
    "gilt eine Zahl nur dann als verändert, wenn der Unterschied unter allen gemeinsam erzählten besteht (Falscherkennungsrate 5 %, Benjamini und Hochberg); sonst kann er Zufall sein.",
)
TEXTS: Mapping[str, Phrase] = {
    "feedback.scores": Phrase(
        "NPS: share of answers 9 and 10 less share of 0 to 6, from −100 to 100 (adjusted Wald interval). CSAT: share of answers 4 and 5 of 5. CES: share of 5 to 7 of 7 (both Wilson's interval). Stars: mean of 1 to 5 (Student's interval). With fewer than 5 answers there is no figure.",
        "NPS: Anteil der Antworten 9 und 10 abzüglich des Anteils von 0 bis 6, von −100 bis 100 (angepasstes Wald-Intervall). CSAT: Anteil der Antworten 4 und 5 von 5. CES: Anteil von 5 bis 7 von 7 (beide Wilson-Intervall). Sterne: Mittel von 1 bis 5 (Student-Intervall). Unter 5 Antworten steht keine Zahl.",
    ),
    "journeys.flows": Phrase(
        "A path is two neighbouring contacts of one customer in the order in which they occurred. Use that is only measured is no contact.",
        "Ein Weg sind zwei aufeinanderfolgende Kontakte eines Kunden. Nutzung, die nur gemessen wird, ist kein Kontakt.",
    ),
    "journeys.entries_exits": Phrase(
        "The last step so far is a customer's newest contact; somebody who has only just come has one as well. It is not the same as leaving.",
        "Der bisher letzte Schritt ist der neueste Kontakt eines Kunden; auch wer eben erst kam, hat einen. Er ist nicht dasselbe wie eine Kündigung.",
    ),
    "journeys.interlocks": Phrase(
        "A handover is two neighbouring events of one case in different departments. The wait is the time between them by the calendar, its interval from order statistics. Sent back means that the case went straight back.",
        "Eine Übergabe sind zwei aufeinanderfolgende Ereignisse eines Vorgangs in verschiedenen Abteilungen. Die Wartezeit ist die Kalenderzeit dazwischen, ihr Bereich stammt aus Ordnungsstatistiken. Zurückgegeben heißt: der Vorgang ging sogleich zurück.",
    ),
    "journeys.deviations": Phrase(
        "Rules are DECLARE constraints. A case counts as decided once no later event can change it; the share is of the decided ones, with Wilson's interval.",
        "Regeln sind DECLARE-Bedingungen. Ein Fall gilt als entschieden, sobald kein späteres Ereignis ihn ändern kann; der Anteil bezieht sich auf die entschiedenen, mit Wilson-Intervall.",
    ),
    "journeys.funnel": Phrase(
        "Each stage is measured against the journeys that reached the required stage before it, the first against all journeys; Wilson's interval.",
        "Jede Stufe wird an den Reisen gemessen, die die verlangte Stufe davor erreichten, die erste an allen Reisen; Wilson-Intervall.",
    ),
    "value.retention": Phrase(
        "Of the customers with a contract as the period begins: NRR is what they pay as the next begins, GRR the same without expansion, as shares of what they paid.",
        "Von den Kunden mit Vertrag zu Beginn des Zeitraums: NRR ist, was sie zu Beginn des nächsten zahlen, GRR dasselbe ohne Ausbau, als Anteil dessen, was sie zahlten.",
    ),
    "value.renewals": Phrase(
        "Running contracts whose term ends within 90 days, with the recurring amount per month.",
        "Laufende Verträge, deren Laufzeit in den nächsten 90 Tagen endet, mit dem wiederkehrenden Betrag je Monat.",
    ),
    "feedback.moments": Phrase(
        "A moment matters if answers given there differ from the same customers' own level by more than the margin, for certain (false discovery rate). It goes with that level; it need not cause it.",
        "Ein Moment ist entscheidend, wenn Antworten dort sicher um mehr als die Spanne vom eigenen Maß derselben Kunden abweichen (Falscherkennungsrate). Das geht damit einher; es muss nicht die Ursache sein.",
    ),
}

NAMES: Mapping[str, Phrase] = {
    "feedback.scores": Phrase("Scores", "Bewertungen"),
    "journeys.flows": Phrase("Paths and contacts", "Wege und Kontakte"),
    "journeys.entries_exits": Phrase("Last step so far", "Bisher letzter Schritt"),
    "journeys.interlocks": Phrase("Handovers", "Übergaben"),
    "journeys.deviations": Phrase("Target journey", "Zielreise"),
    "journeys.funnel": Phrase("Stages reached", "Erreichte Stufen"),
    "value.retention": Phrase("Revenue retention", "Umsatzbindung"),
    "value.renewals": Phrase("Renewals", "Verlängerungen"),
    "feedback.moments": Phrase("Moments that matter", "Entscheidende Momente"),
}


def title(name: str, language: Language) -> str:
    """What a definition is called, with the analysis behind it."""
    return f"{NAMES[name].said(language)} ({name})" if name in NAMES else name


def definition(name: str, language: Language) -> str:
    """The definition that stands under a figure; that of the analysis itself where the report has no words of its own."""
    return TEXTS[name].said(language) if name in TEXTS else analysis(name).definition


def fingerprint(name: str) -> str:
    """Changes when an analysis is defined otherwise, or the report says it otherwise."""
    return sha256("\n".join([analysis(name).definition, *TEXTS.get(name, ())]).encode()).hexdigest()[:16]

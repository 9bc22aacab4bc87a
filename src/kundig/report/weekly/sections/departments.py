"""How satisfied customers are with what each department does."""

from __future__ import annotations

from kundig.report.figures import Bar, shares
from kundig.report.phrases import Phrase
from kundig.report.weekly.figure import Figure
from kundig.report.weekly.inquiry import Inquiry
from kundig.report.weekly.section import Drawing, LeftOut, Section
from kundig.report.words import DEPARTMENTS, TOO_FEW, named

KEY = "departments"
TITLE = Phrase("Satisfaction by department", "Zufriedenheit nach Abteilung")
_NONE = Phrase("No department has enough answers.", "Keine Abteilung hat genug Antworten.")
_SENTENCE = Phrase(
    "Customers are least satisfied with {worst} ({low}, n {low_n}) and most with {best} ({high}, n {high_n}).",
    "Am wenigsten zufrieden sind Kunden mit {worst} ({low}, n {low_n}), am meisten mit {best} ({high}, n {high_n}).",
)
_ONE = Phrase("Only {best} has enough answers: {high} are satisfied (n {high_n}).", "Nur {best} hat genug Antworten: {high} sind zufrieden (n {high_n}).")
_GOALS = Phrase("The ring marks the department's own target.", "Der Ring zeigt das eigene Ziel der Abteilung.")


def departments(inquiry: Inquiry) -> Section | LeftOut:
    """CSAT of each department as bars, the lowest first."""
    formats, language = inquiry.formats, inquiry.formats.language
    rows = [row for row in inquiry.rows("feedback.scores", metric="csat", by="department") if row["group"] is not None]
    ok = sorted((row for row in rows if row["state"] == "ok"), key=lambda row: (row["score"], row["group"]))
    if not ok:
        return LeftOut(KEY, TITLE.said(language), _NONE.said(language))
    steps = inquiry.workspace.config.satisfaction
    targets = getattr(inquiry.workspace.config, "targets", ())
    goals = {one.department: one.score / 100 for one in targets if one.metric == "csat" and one.department is not None}
    few = [row for row in rows if row["state"] != "ok"]
    bars = [
        Bar(named(DEPARTMENTS, row["group"], language), row["score"] / 100, row["low"] / 100, row["high"] / 100, int(row["n"]), step=steps.step("csat", row["score"]), goal=goals.get(row["group"]))
        for row in ok
    ] + [Bar(named(DEPARTMENTS, row["group"], language), None, n=int(row["n"])) for row in few]
    worst, best = ok[0], ok[-1]
    said = (_SENTENCE if len(ok) > 1 else _ONE).said(
        language,
        best=named(DEPARTMENTS, best["group"], language), high=formats.percent(best["score"] / 100, 0), high_n=formats.number(best["n"]),
        **({"worst": named(DEPARTMENTS, worst["group"], language), "low": formats.percent(worst["score"] / 100, 0), "low_n": formats.number(worst["n"])} if len(ok) > 1 else {}),
    )  # fmt: skip
    figures = tuple(Figure(f"departments.csat/{row['group']}", "percent", row["score"], row["low"], row["high"], int(row["n"])) for row in ok)
    svg = shares(bars, title=TITLE.said(language), formats=formats, few=TOO_FEW.said(language), width=640, most=1.0)
    note = _GOALS.said(language) if goals else ""
    return Section(KEY, TITLE.said(language), said, figures, Drawing(svg, f"{TITLE.said(language)}. {said}"), note=note)

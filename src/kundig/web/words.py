"""Words that pages share, in the reader's language: kinds of events, verdicts, columns, states."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kundig.web.german import german

KINDS: dict[str, Promise] = {
    "visit": _("visited"),
    "inquiry": _("asked before buying"),
    "lead": _("became a prospect"),
    "quote": _("received an offer"),
    "deal": _("offer decided"),
    "order": _("ordered"),
    "delivery": _("delivery"),
    "return": _("sent it back"),
    "payment": _("payment"),
    "usage": _("used it"),
    "contract": _("contract"),
    "cancellation": _("gave notice"),
    "message_in": _("wrote to us"),
    "message_out": _("we wrote"),
    "call": _("called"),
    "case_opened": _("case opened"),
    "case_handover": _("case handed over"),
    "case_resolved": _("case resolved"),
    "complaint": _("complained"),
    "feedback": _("answered"),
    "post": _("wrote in public"),
    "training": _("training"),
    "milestone": _("milestone"),
    "points": _("points"),
    "visit_onsite": _("was visited"),
    "letter": _("we sent a letter"),
    "invoice": _("invoice"),
    "invoice_correction": _("invoice corrected"),
    "self_service": _("helped themselves"),
    "exit_interview": _("exit interview"),
    "campaign": _("was in a campaign"),
}

OUTCOMES: dict[str, Promise] = {
    "won": _("won"),
    "lost": _("lost"),
    "started": _("began"),
    "renewed": _("renewed"),
    "expanded": _("expanded"),
    "reduced": _("reduced"),
    "ended": _("ended"),
    "resolved": _("resolved"),
    "failed": _("failed"),
}

VERDICTS: dict[str, Promise] = {"better": _("better"), "worse": _("worse"), "may be chance": _("may be chance")}

METRICS: dict[str, Promise] = {
    "nps": _("NPS"),
    "csat": _("Satisfaction (CSAT)"),
    "ces": _("Ease (CES)"),
    "stars": _("Stars"),
    "enps": _("Employees (eNPS)"),
}

COLUMNS: dict[str, Promise] = {
    "group": _("Group"),
    "period": _("Period"),
    "metric": _("Question"),
    "state": _("State"),
    "n": _("n"),
    "customers": _("Customers"),
    "customer_id": _("Customer"),
    "score": _("Score"),
    "low": _("from"),
    "high": _("to"),
    "mean": _("Mean"),
    "change": _("Change"),
    "change_low": _("Change from"),
    "change_high": _("Change to"),
    "verdict": _("Verdict"),
    "z": _("z"),
    "source": _("From"),
    "target": _("To"),
    "cases": _("Journeys"),
    "median_seconds": _("Half within"),
    "p90_seconds": _("Nine in ten within"),
    "end": _("End"),
    "step": _("Step"),
    "share": _("Share"),
    "rank": _("Rank"),
    "variant": _("Way"),
    "rule": _("Rule"),
    "stage": _("Stage"),
    "department": _("Department"),
    "touchpoint": _("Touchpoint"),
    "kind": _("Kind"),
    "case_id": _("Case"),
    "journey": _("Journey"),
    "at": _("When"),
    "deadline": _("Deadline"),
    "before": _("Before"),
    "product": _("Product"),
    "segment": _("Segment"),
    "channel": _("Channel"),
    "language": _("Language"),
    "theme": _("Theme"),
    "text": _("Text"),
    "amount": _("Amount"),
    "level": _("Level"),
    "steps": _("Steps"),
    "event_id": _("Event"),
    "since": _("Since"),
}

VALUES: dict[str, Promise] = {
    **VERDICTS,
    "ok": _("ok"),
    "too few answers": _("too few answers"),
    "entry": _("entry"),
    "exit": _("exit"),
    "open": _("open"),
    "score": _("score"),
    "fact": _("fact"),
    "violated": _("broken"),
    "pending": _("can still be kept"),
    "satisfied": _("kept"),
    "customer": _("customer"),
    "case": _("case"),
    "touchpoint": _("touchpoint"),
    "stage": _("stage"),
    "department": _("department"),
    "kind": _("kind"),
    "day": _("day"),
    "week": _("week"),
    "month": _("month"),
    "quarter": _("quarter"),
    "year": _("year"),
}

ROOMS: dict[str, Promise] = {"feedback": _("Voice"), "journeys": _("Journeys"), "value": _("Value"), "foresight": _("Foresight")}


TRAITS: dict[str, Promise] = {
    "title": _("Title"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "name": _("Name"),
    "email": _("E-mail"),
    "phone": _("Telephone"),
    "birth_date": _("Born"),
    "street": _("Street"),
    "postcode": _("Postcode"),
    "city": _("Town"),
    "country": _("Country"),
    "company": _("Company"),
    "account": _("Account"),
    "segment": _("Segment"),
}

TIES: dict[str, Promise] = {
    "e-mail": _("The same e-mail"),
    "phone": _("The same telephone"),
    "resemblance": _("Resemble each other"),
}

RIGHT_WORDS: dict[str, Promise] = {
    "figures": _("Figures"),
    "customers": _("Customers"),
    "export": _("Export"),
    "notes": _("Notes"),
    "identity": _("Who is who"),
    "data": _("Data"),
    "import": _("Import"),
    "keys": _("Write keys"),
    "people": _("People"),
    "playbooks": _("Playbooks"),
}

PLAYBOOK_STATES: dict[str, tuple[Promise, Promise]] = {
    "in": (_("on the way"), _("%(customer)s is in, and on the way.")),
    "left alone": (_("left alone"), _("%(customer)s came in and is left alone by lot, so that the effect can be measured.")),
    "through": (_("through"), _("%(customer)s has been through it.")),
    "goal": (_("goal reached"), _("%(customer)s has reached the goal.")),
    "taken back": (_("taken back"), _("%(customer)s came in, and what let the customer in turned out not to be so.")),
    "not again": (_("not again yet"), _("%(customer)s fulfils the condition, but does not come in again yet.")),
    "not who is meant": (_("not who is meant"), _("%(customer)s fulfils the condition, but is not one of those who are meant.")),
    "condition not met": (_("condition not fulfilled"), _("%(customer)s has not fulfilled the condition.")),
    "nobody known": (_("not known"), _("%(customer)s is not known.")),
}
"""How a customer stands to a playbook: in short, and as a sentence."""

INVITATION_STATES: dict[str, Promise] = {
    "waiting": _("waits to be asked"), "not sampled": _("not drawn by lot"), "suppressed": _("not asked"), "bounced": _("came back"), "asked": _("asked"), "begun": _("begun to answer"), "answered": _("answered"), "closed": _("closed without an answer"),
}  # fmt: skip
"""Where an invitation stands."""

CLOSING_STATES: dict[str, Promise] = {"waiting": _("waits to be told"), "sent": _("told"), "withheld": _("not told"), "failed": _("came back")}
"""Where the letter about a change stands."""

PROJECT_STATES: dict[str, Promise] = {"planned": _("planned"), "running": _("running"), "done": _("done"), "dropped": _("dropped")}
"""How far a project is."""

PROJECT_FIELDS: dict[str, Promise] = {
    "title": _("Title"), "owner": _("Owner"), "departments": _("Departments"), "state": _("State"), "expected": _("Expected effect"), "until": _("Done by"),
    "since": _("Met customers since"), "product": _("Customers of the product"), "campaign": _("Campaign"), "control": _("Group held out by lot"),
}  # fmt: skip
"""What a project says of itself."""

WORK_LEVELS: dict[str, Promise] = {"lead": _("the lead"), "cco": _("the Chief Customer Officer"), "ceo": _("the CEO")}
"""Whose list work is on that has gone higher up."""

ARGUMENTS: dict[str, Promise] = {
    "metric": _("Question"),
    "by": _("Split by"),
    "every": _("Every"),
    "floor": _("Fewest answers"),
    "confidence": _("Confidence"),
    "unit": _("A journey is"),
    "level": _("Level"),
    "most": _("Most"),
    "journey": _("Journey"),
    "rules": _("Rules"),
    "stages": _("Stages"),
    "within": _("Within"),
    "show": _("Show"),
    "shown": _("Show"),
    "between": _("Between"),
}


def argument(name: str) -> str:
    """The label of an argument."""
    if name in ARGUMENTS:
        return str(ARGUMENTS[name])
    return german(_plain(name)) or _plain(name)


def kind(name: str) -> str:
    """What an event is; a source's own word as it is written."""
    return str(KINDS.get(name) or _plain(name))


def outcome(name: str) -> str:
    """How it went."""
    return str(OUTCOMES.get(name) or _plain(name))


def verdict(name: str) -> str:
    """What a comparison says."""
    return str(VERDICTS.get(name) or german(name) or name)


def column(name: str) -> str:
    """The heading of a column."""
    if name in COLUMNS:
        return str(COLUMNS[name])
    plain = _plain(name.removesuffix("_seconds"))
    return german(plain) or _composed(name) or plain


def _composed(name: str) -> str:
    """A heading of another and what is said of it: an end of its interval, days, points; empty where it is none."""
    if ends := re.fullmatch(r"(.+)_(low|high)(?:_seconds)?", name):
        return str((_("%(what)s from") if ends[2] == "low" else _("%(what)s to")) % {"what": column(ends[1])})
    if days := re.fullmatch(r"(.+)_(\d+)d", name):
        return str(_("%(what)s, %(days)s days") % {"what": column(days[1]), "days": days[2]})
    if points := re.fullmatch(r"(.+)_(points|auc)", name):
        return str(_("%(what)s, points") % {"what": column(points[1])}) if points[2] == "points" else f"{column(points[1])}, AUC"
    return ""


def value(name: str) -> str:
    """A value that an analysis gives as a code."""
    return str(VALUES.get(name) or METRICS.get(name) or german(name) or name)


def metric(name: str) -> str:
    """The name of a score."""
    return str(METRICS.get(name) or name.upper())


def tie(how: str) -> str:
    """What joins two records; a key of the company's own as it is written."""
    if how.startswith("merge by "):
        return str(_("decided"))
    return str(TIES.get(how) or _plain(how))


def _plain(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


JOB_WORDS: dict[str, Promise] = {
    "drain": _("Bring events into the lake"),
    "texts": _("Read texts"),
    "identity": _("Settle who is who"),
    "compaction": _("Put files together"),
    "ordering": _("Put known events in order"),
    "ageing": _("Forget old ids"),
    "imports": _("Scheduled imports"),
    "reports": _("Scheduled reports"),
    "playbooks": _("Playbooks of whom was heard of"),
    "rounds": _("Playbooks as a whole"),
}
"""The worker's jobs in words."""

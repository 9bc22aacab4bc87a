"""Asking: whoever is to be asked is asked by letter, or it is kept why not; reminders; invitations that close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kundig.playbooks.recipients import Recipient, recipients
from kundig.playbooks.wording import worded
from kundig.sending.allowed import Held
from kundig.sending.letter import Choice, Draft
from kundig.sending.outside import Outside
from kundig.sending.post import Post
from kundig.sending.webhook import Answer
from kundig.sending.writing import FullError, Wanted, written
from kundig.settings.contact import SURVEY
from kundig.settings.languages import said
from kundig.state.invitations import OPEN, Invitation, InvitationState, answered_since, rested, tell_asked
from kundig.state.outbox import Outbox, OutboxState
from kundig.surveys.survey import Survey
from kundig.touchpoints import span

BATCH = 100
PAUSE = timedelta(minutes=30)
MOST_TRIES = 8
ANSWER = {"de": "Zur Umfrage", "en": "To the survey"}
REMINDER = {"de": "Erinnerung: {subject}", "en": "Reminder: {subject}"}


def asked(outside: Outside, post: Post | None, now: datetime) -> Counter[str]:
    """Ask whoever waits, remind whoever has not answered, close what is over; how many of each.

    An invitation is claimed before it is sent, by counting its tries.
    """
    done = Counter[str]()
    due = list(Invitation.objects.filter(next_at__lte=now).select_related("version", "act__enrolment").order_by("next_at", "pk")[:BATCH])
    if not due:
        return done
    people = recipients(outside.journal.as_of(now), {one.customer for one in due})
    elsewhere = _asked_elsewhere(outside, {one.customer for one in due}, now)
    for one in due:
        if not Invitation.objects.filter(pk=one.pk, state=one.state, tries=one.tries).update(tries=one.tries + 1, next_at=now + PAUSE):
            continue
        try:
            done[_moved(one, people[one.customer], outside, post, now, elsewhere)] += 1
        except FullError:
            Invitation.objects.filter(pk=one.pk).update(tries=one.tries, next_at=now + timedelta(minutes=1))
    return done


def _moved(one: Invitation, to: Recipient, outside: Outside, post: Post | None, now: datetime, elsewhere: Mapping[str, datetime]) -> str:  # noqa: PLR0913 -- an invitation, and what is known
    survey = one.version.survey
    if one.state == InvitationState.WAITING:
        why = _gates(one, survey, to, now, elsewhere)
        if why is not None:
            return _kept(one, *why, now)
        one.part = _part(survey, to)
        return _settled(one, survey, _sent(one, survey, to, outside, post, now), now)
    closes = (one.asked_at or now) + span(survey.closes)
    if now >= closes or one.state not in OPEN:
        state = InvitationState.ANSWERED if one.answers else InvitationState.CLOSED
        Invitation.objects.filter(pk=one.pk, state__in=OPEN).update(state=state, next_at=None, tries=0)
        Invitation.objects.filter(pk=one.pk).exclude(state__in=OPEN).update(next_at=None)
        return str(state)
    if one.state == InvitationState.ASKED and one.reminded < len(survey.reminders):
        came = _sent(one, survey, to, outside, post, now)
        if isinstance(came, Held) and came.until is not None:
            Invitation.objects.filter(pk=one.pk).update(next_at=came.until, tries=0)
            return "waiting"
        one.reminded += 1
        Invitation.objects.filter(pk=one.pk).update(reminded=one.reminded, next_at=_next(one, survey, one.asked_at or now), tries=0, reason=came.reason[:200])
        return "reminded" if isinstance(came, Answer) and came.done else "not reminded"
    Invitation.objects.filter(pk=one.pk).update(next_at=closes, tries=0)
    return "waiting"


def _part(survey: Survey, to: Recipient) -> str:
    """The group that the quota counts a customer in."""
    return "" if survey.quota is None or survey.quota.by is None else to.fields.get(survey.quota.by, "")


def _gates(one: Invitation, survey: Survey, to: Recipient, now: datetime, elsewhere: Mapping[str, datetime]) -> tuple[InvitationState, str] | None:
    """Why somebody is not asked, by the survey itself."""
    if not survey.on:
        return InvitationState.SUPPRESSED, "the survey is off"
    if not survey.drawn(one.survey, one.key):
        return InvitationState.NOT_SAMPLED, f"the lot did not fall on it; {100 * survey.sample:g} % are asked"
    quota, group = survey.quota, _part(survey, to)
    if quota is not None and answered_since(one.survey, now - span(quota.within), None if quota.by is None else group) >= quota.of(group):
        where = "" if quota.by is None else f" with {quota.by} {group}" if group else f" of whom {quota.by} is not known"
        return InvitationState.SUPPRESSED, f"enough have answered{where}: {quota.of(group)} within {quota.within}"
    if rested(one.survey, one.customer, now - span(survey.rest), one.pk):
        return InvitationState.SUPPRESSED, f"asked this survey within {survey.rest}"
    last = elsewhere.get(one.customer)
    if rested("", one.customer, now - span(survey.rest_of_all), one.pk) or (last is not None and last > now - span(survey.rest_of_all)):
        return InvitationState.SUPPRESSED, f"asked another survey within {survey.rest_of_all}"
    return None


def _asked_elsewhere(outside: Outside, customers: set[str], now: datetime) -> dict[str, datetime]:
    """When each was last asked by another system, as the journal has it."""
    events = outside.journal.as_of(now).known
    rows = events.filter(events.customer_id.isin(sorted(customers)) & (events.kind == "invitation") & (events.source != "surveys"))
    return {row["customer_id"]: row["last_at"] for row in rows.group_by("customer_id").agg(last_at=rows.occurred_at.max()).to_pyarrow().to_pylist()}


def _sent(one: Invitation, survey: Survey, to: Recipient, outside: Outside, post: Post | None, now: datetime) -> Answer | Held:  # noqa: PLR0913 -- an invitation, and how it goes out
    mail = outside.mail
    if mail is None or post is None:
        return Answer(done=False, again=True, reason="kundig.yaml has no `mail:`, so nobody is asked by letter")
    reminder = one.state == InvitationState.ASKED
    link = f"{mail.address}/s/{one.token}/"
    values: dict[str, Any] = {**to.values, "day": f"{one.at:%Y-%m-%d}"}
    if one.act is not None:
        values |= {"cause": one.act.enrolment.cause, "key": one.act.enrolment.key, "playbook": one.act.enrolment.playbook}

    def draft(leave: str | None) -> Draft:
        subject = worded(survey.invitation.subject, values, to.language)
        subject = REMINDER[to.language].format(subject=subject) if reminder else subject
        return Draft(to.language, subject, worded(survey.invitation.text, values, to.language), _choices(survey, link, to.language), leave)

    key = f"{one.key}:reminder{one.reminded + 1}" if reminder else one.key
    asked_at = max(one.at, one.next_at or one.at) if reminder else one.at
    return written(outside, post, Wanted(key, to, SURVEY, asked_at, survey.touchpoint, draft, counted=not reminder), now)


def _choices(survey: Survey, link: str, language: str) -> list[Choice]:
    """The answers to the first question, each a link that chooses it; the page asks to confirm, so that a robot that looks answers nothing."""
    first = survey.questions[0]
    if first.metric:
        return [Choice(str(score), f"{link}?a={score}") for score in first.scale]
    if first.kind == "single":
        return [Choice(said(words, language), f"{link}?a={key}") for key, words in first.options.items()]
    return [Choice(ANSWER[language], link)]


def _settled(one: Invitation, survey: Survey, came: Answer | Held, now: datetime) -> str:
    if isinstance(came, Held):
        if came.until is None:
            return _kept(one, InvitationState.SUPPRESSED, came.reason, now)
        Invitation.objects.filter(pk=one.pk).update(next_at=came.until, tries=one.tries, reason=came.reason[:200])
        return "waiting"
    if not came.done:
        if came.again and one.tries < MOST_TRIES:
            Invitation.objects.filter(pk=one.pk).update(reason=came.reason[:200])
            return "waiting"
        return _kept(one, InvitationState.BOUNCED, came.reason, now)
    with transaction.atomic():
        one.state, one.asked_at, one.reason = InvitationState.ASKED, now, ""
        one.next_at, one.tries = _next(one, survey, now), 0
        one.save(update_fields=["state", "part", "asked_at", "reason", "next_at", "tries"])
        tell_asked(one, now)
    return str(InvitationState.ASKED)


def _next(one: Invitation, survey: Survey, asked_at: datetime) -> datetime:
    """When the invitation is looked at again: for a reminder, or to be closed."""
    return asked_at + span(survey.reminders[one.reminded] if one.reminded < len(survey.reminders) else survey.closes)


def _kept(one: Invitation, state: InvitationState, reason: str, now: datetime) -> str:
    """Why somebody is not asked is kept in the ledger, and where a playbook asked, there too."""
    Invitation.objects.filter(pk=one.pk).update(state=state, reason=reason[:200], next_at=None)
    if one.act is not None:
        failed = state == InvitationState.BOUNCED
        Outbox.objects.filter(pk=one.act.pk).update(state=OutboxState.FAILED if failed else OutboxState.WITHHELD, reason=reason[:200], done_at=now)
    return str(state)

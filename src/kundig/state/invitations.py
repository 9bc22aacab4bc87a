"""Invitations: who was asked, who was not and why, and what was answered; one answer to each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.core.signing import BadSignature, Signer
from django.db import models, transaction

from kundig.state.marks import drawn_mark
from kundig.state.outbox import Outbox
from kundig.state.surveys import SurveyVersion
from kundig.state.told import tell
from kundig.surveys.question import Answer, Question
from kundig.surveys.survey import Quota, Survey
from kundig.touchpoints import span


class InvitationState(models.TextChoices):
    """Where an invitation stands."""

    WAITING = "waiting", "waiting"
    NOT_SAMPLED = "not sampled", "not sampled"
    SUPPRESSED = "suppressed", "suppressed"
    BOUNCED = "bounced", "bounced"
    ASKED = "asked", "asked"
    BEGUN = "begun", "begun"
    ANSWERED = "answered", "answered"
    CLOSED = "closed", "closed"


OPEN = (InvitationState.ASKED, InvitationState.BEGUN)
DAILY = timedelta(days=1)


class Invitation(models.Model):
    """Somebody who is to be asked, once under its key; without a customer, who came by a link for everybody."""

    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="invitations")
    survey = models.CharField(max_length=80)
    key = models.CharField(max_length=700, unique=True)
    mark = models.CharField(max_length=32, default=drawn_mark, unique=True)
    """What its events are called by; drawn, so that a database that was set back calls no other invitation by it."""
    act = models.OneToOneField(Outbox, on_delete=models.SET_NULL, null=True, related_name="invitation")
    customer = models.CharField(max_length=240, blank=True)
    channel = models.CharField(max_length=10)
    panel = models.CharField(max_length=80, blank=True)
    by = models.CharField(max_length=120, blank=True)
    part = models.CharField(max_length=240, blank=True)
    """The group of customers for which the quota counts; empty where it has none."""
    state = models.CharField(max_length=12, choices=InvitationState.choices, default=InvitationState.WAITING)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    reminded = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    turns = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], name="to_be_asked", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["customer", "asked_at"], name="asked_when"),
            models.Index(fields=["survey", "state"], name="of_a_survey"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.state}"

    @property
    def token(self) -> str:
        """What stands in its link; nobody can make one for another invitation."""
        return _signer().sign(str(self.pk))


def _signer() -> Signer:
    return Signer(salt="kundig.survey")


def invitation_of(token: str) -> Invitation | None:
    """The invitation of a link; None if the link was not made here."""
    try:
        return Invitation.objects.select_related("version").filter(pk=int(_signer().unsign(token))).first()
    except (BadSignature, ValueError):
        return None


def open_token(survey: str, channel: str) -> str:
    """What stands in a link for everybody, such as that of a QR code."""
    return Signer(salt="kundig.survey.open").sign(f"{survey}~{channel}")


def opened_by(token: str) -> tuple[str, str] | None:
    """The survey and channel of a link for everybody; None if it was not made here."""
    try:
        survey, _, channel = Signer(salt="kundig.survey.open").unsign(token).partition("~")
    except BadSignature:
        return None
    return survey, channel


def invited(version: SurveyVersion, key: str, now: datetime, **more: Any) -> Invitation:
    """The invitation of a key, made if there is none; it waits to be asked."""
    made, _ = Invitation.objects.get_or_create(key=key, defaults={"version": version, "survey": version.name, "channel": "email", "at": now, "next_at": now, **more})
    return made


def rested(survey: str, customer: str, since: datetime, but: int) -> bool:
    """Whether a customer was asked this survey after a moment; with an empty name, any."""
    found = Invitation.objects.filter(customer=customer, asked_at__gt=since).exclude(pk=but)
    return (found.filter(survey=survey) if survey else found).exists()


def answered_since(survey: str, since: datetime, part: str | None = None) -> int:
    """How many answers a survey got after a moment, those that are not whole among them; of all customers, or of a group."""
    found = Invitation.objects.filter(survey=survey, answered_at__gt=since)
    return (found if part is None else found.filter(part=part)).count()


def filled(survey: str, quota: Quota, now: datetime) -> list[tuple[str, int, int]]:
    """How full the quota of a survey is: by group how many have answered, and how many are enough."""
    since = now - span(quota.within)
    if quota.by is None:
        return [("", answered_since(survey, since), quota.most)]
    counts = dict(Invitation.objects.filter(survey=survey, answered_at__gt=since).values_list("part").annotate(n=models.Count("pk")).order_by("part"))
    return [(group, counts.get(group, 0), quota.of(group)) for group in sorted({*counts, *quota.each})]


def tell_asked(invitation: Invitation, now: datetime) -> None:
    """The journal hears that a customer was asked."""
    survey = invitation.version.survey
    event = {"event_id": f"invitation:{invitation.mark}", "occurred_at": now, "subject": invitation.customer, "kind": "invitation", "touchpoint": survey.touchpoint, "channel": "email", "metric": survey.metric, "properties": _about(invitation, survey)}
    tell(f"invitation:{invitation.mark}", "surveys", "event", event, now)


def _about(invitation: Invitation, survey: Survey) -> dict[str, str]:
    return {"asked_by": invitation.survey, **({"survey": survey.about} if survey.about else {}), **({"panel": invitation.panel} if invitation.panel else {})}


class ClosedError(Exception):
    """The invitation cannot be answered any more: it is answered, closed, or was never sent."""


@transaction.atomic
def answer(invitation: Invitation, question: Question, given: Answer | None, now: datetime, *, language: str) -> Invitation:
    """Keep the answer to one question, and tell the journal at once; answered again before the end, it is corrected.

    Raises:
        ClosedError: it cannot be answered any more.
    """
    one = Invitation.objects.select_for_update().select_related("version").get(pk=invitation.pk)
    survey = one.version.survey
    if one.state not in OPEN or (one.asked_at is not None and now > one.asked_at + span(survey.closes)):
        raise ClosedError
    before = one.answers.get(question.key)
    one.turns += 1
    if given is not None or before is not None:
        one.answers = {**one.answers, question.key: {"value": given, "at": (before or {}).get("at") or now.isoformat()}}
        one.answered_at = one.answered_at or now
        one.state = InvitationState.BEGUN
        _told(one, survey, question, now, language)
    if question.key == survey.questions[-1].key:
        one.state = InvitationState.ANSWERED if one.answers else InvitationState.CLOSED
        one.next_at = None
    one.save()
    return one


def _told(one: Invitation, survey: Survey, question: Question, now: datetime, language: str) -> None:
    """One event for each answer; a text belongs to the score before it, where there is one."""
    scored = next((of for of in reversed(survey.questions[: survey.questions.index(question) + 1]) if of.metric and one.answers.get(of.key, {}).get("value") is not None), None)
    about = scored if question.kind == "text" and scored is not None else question
    kept = one.answers[about.key]
    texts = [one.answers[of.key]["value"] for of in survey.questions if of.kind == "text" and one.answers.get(of.key, {}).get("value") and _belongs(survey, of, about, one)]
    text = "\n\n".join(texts) or None
    chosen = kept["value"] if about.options else None
    event: dict[str, Any] = {
        "event_id": f"answer:{one.mark}:{about.key}", "occurred_at": datetime.fromisoformat(kept["at"]), "subject": one.customer or f"survey:{one.mark}",
        "kind": "feedback" if about.metric or about.kind == "text" else "answer", "touchpoint": survey.touchpoint, "channel": "email" if one.channel == "email" else "web",
        "metric": about.metric if kept["value"] is not None else None, "score": kept["value"] if about.metric else None, "text": text, "language": language if text else None,
        "properties": {**_about(one, survey), "question": about.key, **({"answer": ", ".join(chosen) if isinstance(chosen, list) else str(chosen)} if chosen is not None else {})},
    }  # fmt: skip
    tell(f"answer:{one.mark}:{one.turns}", "surveys", "event", event, now)


def _belongs(survey: Survey, text: Question, about: Question, one: Invitation) -> bool:
    """Whether a text belongs to a question: it is that question, or the last answered scale before it is."""
    if text.key == about.key:
        return True
    before = [of for of in survey.questions[: survey.questions.index(text)] if of.metric and one.answers.get(of.key, {}).get("value") is not None]
    return bool(before) and before[-1].key == about.key


def counted(survey: str) -> list[tuple[str, str, int]]:
    """How many invitations of a survey stand where, with the reason; the most first."""
    rows = Invitation.objects.filter(survey=survey).values_list("state", "reason").annotate(n=models.Count("pk")).order_by("-n", "state", "reason")
    return [(str(state), str(reason), int(n)) for state, reason, n in rows]

"""Closing the loop: whoever raised a matter is told what was changed, or it is kept why not."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from kundig.playbooks.recipients import Recipient, recipients
from kundig.sending.allowed import Held
from kundig.sending.letter import Draft
from kundig.sending.outside import Outside
from kundig.sending.post import Post
from kundig.sending.webhook import Answer
from kundig.sending.writing import FullError, Wanted, written
from kundig.settings.languages import said
from kundig.state.changes import Change, Closing, ClosingState

BATCH = 100
PAUSE = timedelta(minutes=30)
MOST_TRIES = 8
TOUCHPOINT = "change"
SUBJECT = {"de": "Was wir geändert haben", "en": "What we have changed"}
TEXT = {
    "de": "Guten Tag {name},\n\nSie haben uns am {day} etwas gesagt:\n{said}\n\nDas haben wir seither getan:\n{did}\n\nDanke, dass Sie es uns gesagt haben.",
    "en": "Dear {name},\n\non {day} you told us something:\n{said}\n\nThis is what we have done since:\n{did}\n\nThank you for telling us.",
}


def drafted(change: Change, to: Recipient, raised_at: datetime, zone: str, leave: str | None) -> Draft:
    """The letter about a change to one customer, in the customer's language; the day is that of the company's clock."""
    language = to.language
    # What a value holds is text and names no variable: each is put in once.
    day = format_date(raised_at.astimezone(ZoneInfo(zone)), "long", locale=language)
    values = {"name": to.values["name"], "day": day, "said": said(change.said, language), "did": said(change.did, language)}
    return Draft(language, SUBJECT[language], TEXT[language].format(**values), leave=leave)


def closed(outside: Outside, post: Post | None, now: datetime) -> Counter[str]:
    """Tell whoever waits; how many were told, or were not.

    A letter is claimed before it is sent, by counting its tries.
    """
    done = Counter[str]()
    due = list(Closing.objects.filter(state=ClosingState.WAITING, next_at__lte=now).select_related("change").order_by("next_at", "pk")[:BATCH])
    people = recipients(outside.journal.as_of(now), {one.customer for one in due}) if due else {}
    for one in due:
        if not Closing.objects.filter(pk=one.pk, state=ClosingState.WAITING, tries=one.tries).update(tries=one.tries + 1, next_at=now + PAUSE):
            continue
        try:
            done[_settled(one, _sent(one, people[one.customer], outside, post, now), now)] += 1
        except FullError:
            Closing.objects.filter(pk=one.pk).update(tries=one.tries, next_at=now + timedelta(minutes=1))
    return done


def _sent(one: Closing, to: Recipient, outside: Outside, post: Post | None, now: datetime) -> Answer | Held:
    if post is None:
        return Answer(done=False, again=True, reason="kundig.yaml has no `mail:`, so no letter goes out")
    change = one.change
    wanted = Wanted(one.key, to, change.purpose, one.at, TOUCHPOINT, lambda leave: drafted(change, to, one.raised_at, outside.settings.company.timezone, leave), properties={"change": str(change.pk)})
    return written(outside, post, wanted, now)


def _settled(one: Closing, came: Answer | Held, now: datetime) -> str:
    if isinstance(came, Held) and came.until is not None:
        # Waiting for its hour is no failed try.
        Closing.objects.filter(pk=one.pk).update(tries=one.tries, next_at=came.until, reason=came.reason[:200])
        return "waiting"
    if isinstance(came, Answer) and came.again and one.tries + 1 < MOST_TRIES:
        Closing.objects.filter(pk=one.pk).update(reason=came.reason[:200])
        return "waiting"
    state = ClosingState.WITHHELD if isinstance(came, Held) else ClosingState.SENT if came.done else ClosingState.FAILED
    Closing.objects.filter(pk=one.pk).update(state=state, reason=came.reason[:200], next_at=None, done_at=now)
    return "told of a change" if state == ClosingState.SENT else str(state)

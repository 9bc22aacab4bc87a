"""Whether a rule of the schedule is due."""

from __future__ import annotations

from datetime import datetime, timezone

from kundig.live.work import Work
from kundig.settings.schedule import following


def scheduled(work: Work, name: str, rule: str | None) -> bool:
    """Whether it is due now; true once for each time, in whichever process asks first.

    Whoever asks has the lease of the job, so that nobody asks beside it. The first time after a rule was written or changed
    is the next, not one that is past.
    """
    if rule is None:
        return False
    now = work.now()
    planned = work.inbox.told().get(f"scheduled:{name}")
    zone = work.workspace.zone
    if planned is None or planned["rule"] != rule:
        work.inbox.tell(f"scheduled:{name}", {"rule": rule, "due": following(rule, datetime.fromtimestamp(now, timezone.utc), zone).timestamp()})
        return False
    if planned["due"] > now:
        return False
    work.inbox.tell(f"scheduled:{name}", {"rule": rule, "due": following(rule, datetime.fromtimestamp(now, timezone.utc), zone).timestamp()})
    return True

"""A round: what waits goes out, what came back is read, what is overdue goes higher up, and the journal is told of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from kundig.sending.asking import asked
from kundig.sending.closing import closed
from kundig.sending.emptying import emptied
from kundig.sending.outside import Outside
from kundig.sending.post import Post
from kundig.sending.returned import returned
from kundig.sending.telling import passed_on
from kundig.state.working import gone_higher
from kundig.store.inbox.kept import Inbox


def rounded(outside: Outside, inbox: Inbox | None, now: datetime) -> Counter[str]:
    """What was done, in a few counts.

    Args:
        outside: the way outside.
        inbox: where the journal is told; None where it cannot be yet, and what is to be told waits.
        now: the moment.

    Raises:
        ConfigError: the mailbox of what came back is none.
        InboxError: the inbox takes nothing now.
    """
    done = emptied(now, outside=outside)
    post = Post(outside.mail) if outside.mail is not None else None
    try:
        done += asked(outside, post, now)
        done += closed(outside, post, now)
    finally:
        if post is not None:
            post.close()
    done["higher up"] = gone_higher(now, outside.settings)
    if inbox is not None:
        done["told"] = passed_on(inbox)
    # Last, so that a mailbox that is none holds up nothing else.
    if outside.returned is not None:
        done["came back"] = returned(outside.returned, now)
    return Counter({name: count for name, count in done.items() if count})

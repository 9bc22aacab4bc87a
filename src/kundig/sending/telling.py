"""From the state into the journal: what was written down with a change is handed to the inbox, and is known to answers at once."""

from __future__ import annotations

import json

from kundig.state.told import Told
from kundig.store.inbox.kept import Arrival, Inbox, key

FORM = "kundig"
BATCH = 500


def passed_on(inbox: Inbox) -> int:
    """Hand over what waits, in order; how many.

    Whoever dies between the two has it handed over again, and the inbox knows it by its key.

    Raises:
        InboxError: the inbox takes nothing now; what waits goes on waiting.
    """
    done = 0
    while rows := list(Told.objects.order_by("pk")[:BATCH]):
        inbox.add([_arrival(row, inbox.secret) for row in rows])
        Told.objects.filter(pk__in=[row.pk for row in rows]).delete()
        done += len(rows)
    return done


def _arrival(row: Told, secret: bytes) -> Arrival:
    at = round(row.at.timestamp() * 1e6)
    item = {"at": at, "id": row.key, "type": row.what, "e": row.said}
    name = str(row.said.get("kind") or row.what)
    return Arrival(at, row.source, FORM, [json.dumps(item, ensure_ascii=False).encode()], [key(secret, f"kundig {row.key}")], [name])

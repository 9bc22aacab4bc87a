"""What has arrived and is not in the lake yet, for answers that are to know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kundig.ingest.arrivals import translated
from kundig.store.duckdb import Beside

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from kundig.settings.company import Company
    from kundig.sources.live.live import Live
    from kundig.store.inbox.kept import Inbox, Pending


@dataclass(frozen=True)
class Tail:
    """What waited in the inbox at a moment before the lake was looked at; so nothing is missing between the two.

    What the lake holds of it by then is told by the number that its files were entered with, and left out: nothing is double.

    Attributes:
        inbox: where it waits.
        pending: what waits, in order.
        live, home: how calls and payloads are meant.
    """

    inbox: Inbox
    pending: list[Pending]
    live: Live
    home: Company

    @property
    def reader(self) -> str:
        """Under which name the lake remembers how far the inbox was read."""
        return f"inbox-{self.inbox.identity}"

    def beside(self, con: DuckDBPyConnection, *, events: int, traits: int) -> Beside:
        """The rows that the lake does not hold, as tables of a connection.

        Args:
            con: the connection.
            events, traits: up to which number the lake's tables have them.
        """
        happened = translated(con, [each for each in self.pending if each.seq > events], self.live, self.home, self.inbox.secret)
        # The same trait may be said in requests of two forms.
        for name, selects, union in (("tail_events", happened.events, " UNION ALL "), ("tail_traits", happened.traits, " UNION ")):
            if selects:
                con.execute(f"CREATE OR REPLACE TABLE {name} AS {union.join(selects)}")
        said = happened.traits
        if traits > events and said:
            # Traits are entered before events: a drain is between the two just now.
            said = translated(con, [each for each in self.pending if each.seq > traits], self.live, self.home, self.inbox.secret).traits
            con.execute(f"CREATE OR REPLACE TABLE tail_traits AS {' UNION '.join(said)}") if said else None
        if happened.again:
            con.execute(f"CREATE OR REPLACE TABLE tail_again AS SELECT DISTINCT event_id FROM ({' UNION ALL '.join(happened.again)})")
        return Beside("tail_events" if happened.events else None, "tail_traits" if said else None, "tail_again" if happened.again else None)


"""Conditions that were put into the engine's words once give of a few customers what the whole journal gives of them, also of others and later."""

from __future__ import annotations

from datetime import datetime, timezone

from tests.playbooks.histories import rows


def test_words_of_before_give_what_the_whole_gives_of_these_customers(site):
    import ibis

    import kundig
    from kundig.playbooks.compiled import Compiled
    from kundig.playbooks.narrowed import narrowed, near, of
    from kundig.playbooks.playbook import ready
    from kundig.state.ticking import known_by

    compiled, own = Compiled(), {name: one for name, one in ready().items() if one.own}
    assert {"detractor_call_back", "handover_ping_pong", "renewal_at_risk", "jargon_found", "win_back"} <= set(own)
    found = dict.fromkeys(own, 0)
    for month, part in ((3, 0), (6, 1)):
        now = datetime(2026, month, 1, tzinfo=timezone.utc)
        # Another connection each time, as when more has arrived.
        journal = kundig.open(site).journal
        then = journal.as_of(now)
        who = sorted(set(then.known.customer_id.to_pyarrow().drop_null().to_pylist()))[part::2]
        few = narrowed(known_by(then, now), who, tabled=True)
        assert (near(few), near(then)) == (True, False)
        for name, one in own.items():
            expected = rows(of(one.when.matches(then), who))
            given = [row for row in rows(ibis.memtable(compiled.rows(one.when, few))) if row["customer_id"] in set(who) and row["due_at"] <= now]
            assert given == expected, name
            found[name] += len(given)
    assert sum(count > 0 for count in found.values()) > 6

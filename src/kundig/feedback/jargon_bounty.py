"""The jargon bounty: words that staff found, whether they are what they seem, and what became of each find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kundig.said import by_company, by_customers, words

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kundig.journal import Journal

FIND = "jargon_find"
_DECIDED = ("accepted", "declined", "rewarded")


def jargon_bounty(journal: Journal) -> ir.Table:
    """Which words has our staff found that customers do not understand, do the texts agree, and was the find rewarded?

    A find is an event of the kind `jargon_find` with the word in `properties.word` and a pseudonym in `staff`. What becomes
    of it is another such event for the word, with the outcome `accepted`, `declined` or `rewarded` and, for a reward, an
    amount. Whoever found a word first has found it; others are counted. Beside each stands in how many texts of the
    company and of customers the word occurs, in any form that begins with it: a find that customers write themselves is
    none, whatever was decided.

    Columns:
        word: as it was first told
        state: `open`, `accepted`, `declined` or `rewarded`
        found_by: pseudonym of who found it first; null if nobody is named
        found_at: when, on the company's clock
        finders: how many have found it
        decided_at: when it was last decided; null while open
        reward: amounts of its rewards together; null if none
        currency: of the reward
        n: texts of the company with the word
        customers_n: texts of customers with it
        verdict: `ours alone`, `customers say it too`, or `nobody says it`

    Order:
        open ones first, then by texts of the company with the word, most first, then by word

    Example:
        >>> from kundig.journal import told
        >>> journal = told([
        ...     {"subject": "ada", "kind": "letter", "occurred_at": "2026-03-01", "text": "Ihr Bereitstellungsentgelt ist fällig."},
        ...     {"subject": "s1", "kind": "jargon_find", "staff": "s1", "occurred_at": "2026-03-02", "properties": {"word": "Bereitstellungsentgelt"}},
        ...     {"subject": "s1", "kind": "jargon_find", "staff": "s1", "occurred_at": "2026-03-03", "outcome": "rewarded", "amount": 50, "properties": {"word": "Bereitstellungsentgelt"}},
        ... ])
        >>> jargon_bounty(journal).select("word", "state", "found_by", "reward", "n", "verdict").to_pyarrow().to_pylist()
        [{'word': 'Bereitstellungsentgelt', 'state': 'rewarded', 'found_by': 's1', 'reward': 50.0, 'n': 1, 'verdict': 'ours alone'}]
    """
    import ibis  # noqa: PLC0415 -- slow import

    told = _told(journal)
    found = told.filter(told.decision.isnull())
    first = _founders(told)
    finders = found.group_by("key").agg(finders=found.staff.nunique())
    decided = told.filter(told.decision.notnull())
    last = _first(decided.mutate(place=ibis.row_number().over(ibis.window(group_by="key", order_by=[ibis.desc("occurred_at"), ibis.desc("event_id")]))))
    last = last.select("key", state="decision", decided_at="local_at")
    paid = decided.filter(decided.decision == "rewarded")
    rewards = paid.group_by("key").agg(reward=paid.amount.cast("float64").sum(), currency=paid.currency.max())
    ours, theirs = _said(first, by_company(journal), "n"), _said(first, by_customers(journal), "customers_n")
    whole = first
    for part in (finders, last, rewards, ours, theirs):
        whole = whole.left_join(part, "key").drop("key_right")
    n, customers_n = whole.n.fill_null(0), whole.customers_n.fill_null(0)
    verdict = ibis.cases((customers_n > 0, "customers say it too"), (n > 0, "ours alone"), else_="nobody says it")
    rows = whole.select(
        "word", "found_by", "found_at", "decided_at", "reward", "currency",
        state=whole.state.fill_null("open"), finders=whole.finders.fill_null(0), n=n, customers_n=customers_n, verdict=verdict,
    )  # fmt: skip
    kept = rows.select("word", "state", "found_by", "found_at", "finders", "decided_at", "reward", "currency", "n", "customers_n", "verdict")
    return kept.order_by((kept.state != "open").cast("int8"), ibis.desc("n"), "word")


def behind(journal: Journal) -> ir.Table:
    """Who was written each word, and who wrote it.

    Keys: word
    Counts: n, customers_n
    """
    import ibis  # noqa: PLC0415 -- slow import

    first = _founders(_told(journal))
    one, none = ibis.literal(1, "int64"), ibis.literal(0, "int64")
    parts = []
    for texts, counts in ((by_company(journal), (one, none)), (by_customers(journal), (none, one))):
        both = _with(first, texts).inner_join(texts.select("event_id", "customer_id"), "event_id").inner_join(first.select("key", "word"), "key")
        parts.append(both.select("word", "customer_id", n=counts[0], customers_n=counts[1]))
    return ibis.union(*parts)


def _told(journal: Journal) -> ir.Table:
    """Finds and what was decided of them, each with the word as it is compared."""
    import ibis  # noqa: PLC0415 -- slow import

    events = journal.events
    told = events.filter(events.kind == FIND).mutate(spelled=events.properties.get("word", "").strip())
    return told.filter(told.spelled != "").mutate(key=told.spelled.lower(), decision=ibis.ifelse(told.outcome.isin(_DECIDED), told.outcome, ibis.null("string")))


def _founders(told: ir.Table) -> ir.Table:
    """Each word as it was first found; one that was decided without a find counts as found then."""
    import ibis  # noqa: PLC0415 -- slow import

    by_key = ibis.window(group_by="key", order_by=["occurred_at", "event_id"])
    return _first(told.mutate(place=ibis.row_number().over(by_key))).select("key", word="spelled", found_by="staff", found_at="local_at")


def _first(placed: ir.Table) -> ir.Table:
    return placed.filter(placed.place == 0)


def _said(found: ir.Table, texts: ir.Table, name: str) -> Any:
    """In how many texts each word occurs, in any form that begins with it."""
    both = _with(found, texts)
    return both.group_by("key").agg(**{name: both.event_id.nunique()})


def _with(found: ir.Table, texts: ir.Table) -> ir.Table:
    """Each word and each text in which it occurs."""
    spoken = words(texts.select("event_id", "text"))
    spoken = spoken.select("event_id", form=spoken.word.lower()).distinct()
    both = found.select("key").inner_join(spoken, spoken.form.startswith(found.key))
    return both.select("key", "event_id").distinct()

"""The tables of who is who: what somebody decided is a fact; all else is derived from facts and can be made anew."""

from __future__ import annotations

from collections.abc import Mapping

from kundig.events import Column

IDENTITIES = (
    Column("subject", "string", "who, as a source names them"),
    Column("customer_id", "string", "whose it was held to be: the name of the customer's first subject"),
    Column("how", "string", "what made it so: a key, resemblance, or a decision with name and date"),
    Column("probability", "float64", "how probable that link is; 1 for keys and decisions"),
    Column("since", "timestamp('UTC')", "since when it was known; null for always"),
    Column("until", "timestamp('UTC')", "until when it held; null for what holds now"),
)
LINKS = (
    Column("subject", "string", "one of the two"),
    Column("other", "string", "the other"),
    Column("how", "string", "the key, resemblance, or a decision with name and date"),
    Column("value", "string", "what both have, for a key"),
    Column("subjects", "int64", "how many have it"),
    Column("probability", "float64", "how probable it is that the two are one"),
    Column("since", "timestamp('UTC')", "since when it was known"),
)
REVIEW = (
    Column("subject", "string", "one of the two"),
    Column("other", "string", "the other"),
    Column("probability", "float64", "how probable it is that the two are one"),
)
SUBJECTS = (
    Column("subject", "string", "who, as a source names them"),
    Column("run", "timestamp('UTC')", "the run that first saw it"),
    Column("first", "timestamp('UTC')", "since when a source knew it, as of that run"),
)
DECISIONS = (
    Column("action", "string", "merge, split, or undo"),
    Column("subject", "string", "one of the two"),
    Column("other", "string", "the other"),
    Column("by", "string", "who decided"),
    Column("at", "timestamp('UTC')", "when"),
)
TABLES: Mapping[str, tuple[Column, ...]] = {"identities": IDENTITIES, "links": LINKS, "review": REVIEW, "subjects": SUBJECTS, "decisions": DECISIONS}
